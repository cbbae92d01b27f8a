// Keeps what proves a report, encrypted: the message once, and a bounded number of pictures, each once.
import type { Transaction } from "#lib/db/client.ts";
import type { EvidenceKind } from "#prisma/generated/enums.ts";
import { CannotOpenError, open, seal, type KeyRing } from "./sealing.ts";

const SCREENSHOTS_PER_REPORT = 5;

export type Piece = { readonly kind: EvidenceKind; readonly mediaType: string; readonly content: Buffer };

/** @returns whether a picture was added that the report did not have */
export async function addEvidence(
  tx: Transaction,
  keys: KeyRing,
  reportId: string,
  pieces: readonly Piece[],
): Promise<boolean> {
  let hasPicture = false;
  for (const { kind, mediaType, content } of pieces) {
    const present = await tx.reportEvidence.findMany({ where: { reportId, kind } });
    if (present.length >= (kind === "event" ? 1 : SCREENSHOTS_PER_REPORT)) continue;
    const isKept = present.some(({ keyId, sealed }) => opened(keys, reportId, { keyId, sealed })?.equals(content));
    if (isKept) continue;
    const { keyId, bytes } = seal(keys, reportId, content);
    await tx.reportEvidence.create({
      data: { reportId, kind, mediaType, keyId, sealed: bytes, bytes: content.length },
    });
    hasPicture ||= kind === "screenshot";
  }
  return hasPicture;
}

type Sealed = { readonly keyId: string; readonly sealed: Uint8Array };

/** Null for what cannot be opened (any more). */
export function opened(keys: KeyRing, reportId: string, { keyId, sealed }: Sealed): Buffer | null {
  try {
    return open(keys, reportId, { keyId, bytes: Uint8Array.from(sealed) });
  } catch (error) {
    if (error instanceof CannotOpenError) return null;
    throw error;
  }
}
