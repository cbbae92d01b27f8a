// Two rows that turn out to be the same report: shown apart while nobody knew who had sent them, or found by polling
// before the gate's own copy was verified. One goes on with everything that both had; the other stays, empty.
import { SYSTEM } from "./case-entries.ts";
import { leaveCase } from "./case-leaving.ts";
import type { Transaction } from "#lib/db/client.ts";
import { addEvidence } from "./evidence-store.ts";
import { open, type KeyRing } from "./sealing.ts";

/**
 * Evidence is sealed for its report, so it is opened and sealed again; if it cannot be, everything waits.
 * @returns whether a picture came along that the other did not have
 * @throws CannotOpenError
 */
export async function foldReport(tx: Transaction, keys: KeyRing, fromId: string, intoId: string): Promise<boolean> {
  const stored = await tx.reportEvidence.findMany({ where: { reportId: fromId }, orderBy: { id: "asc" } });
  const pieces = stored.map(({ kind, mediaType, keyId, sealed }) => ({
    kind,
    mediaType,
    content: open(keys, fromId, { keyId, bytes: Uint8Array.from(sealed) }),
  }));
  const hasPicture = await addEvidence(tx, keys, intoId, pieces);
  await tx.reportEvidence.deleteMany({ where: { reportId: fromId } });
  await tx.synapseReport.updateMany({ where: { reportId: fromId }, data: { reportId: intoId } });
  const [from, into] = await Promise.all([
    tx.report.findUniqueOrThrow({ where: { id: fromId } }),
    tx.report.findUniqueOrThrow({ where: { id: intoId } }),
  ]);
  await tx.report.update({
    where: { id: fromId },
    data: { caseId: null, doubleOfId: intoId, reason: "", schoolHint: "" },
  });
  if (from.caseId !== null && into.caseId !== null) await leaveCase(tx, from.caseId, into.caseId, [fromId], SYSTEM);
  return hasPicture;
}
