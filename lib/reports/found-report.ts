// A report as somebody found it: the gate's copy, verified or not yet, or a row of Synapse's own lists.
import type { EvidenceKind, ReportChannel, ReportKind, ReportStanding } from "#prisma/generated/enums.ts";
import type { Snapshot } from "./snapshot.ts";

export type FoundReport = {
  readonly id: string;
  readonly kind: ReportKind;
  readonly channel: ReportChannel;
  readonly standing: ReportStanding;
  readonly problem: string | null;
  readonly receivedAt: Date;
  readonly forwardedAt: Date | null;
  readonly reason: string;
  readonly schoolHint: string;
  /** Matrix ids; null while nobody could say. */
  readonly reporterUserId: string | null;
  readonly reportedUserId: string | null;
  readonly roomId: string | null;
  readonly eventId: string | null;
  readonly snapshot: Snapshot | null;
  readonly evidence: readonly { readonly kind: EvidenceKind; readonly mediaType: string; readonly content: Buffer }[];
  /** Of a row that was polled. */
  readonly synapseId: number | null;
};
