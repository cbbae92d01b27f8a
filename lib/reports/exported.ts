// What the file of an exported case holds of its evidence.
import type { EvidenceKind } from "#prisma/generated/enums.ts";

export type ExportedEvidence = {
  readonly reportId: string;
  readonly kind: EvidenceKind;
  readonly mediaType: string;
  /** Null if it cannot be opened (any more). */
  readonly content: Buffer | null;
};
