// Writes a report and sorts it into its case: one case for a person in a room (design §8). The same report, by whichever
// way and however often, is one row. Callers hold the transaction.
import { z } from "zod";
import type { Reader, Transaction } from "#lib/db/client.ts";
import type { ReportKind } from "#prisma/generated/enums.ts";
import { sortIntoCase } from "./case-sorting.ts";
import { addEvidence } from "./evidence-store.ts";
import type { FoundReport } from "./found-report.ts";
import { REASON_LENGTH } from "./intake.ts";
import { foldReport } from "./report-folding.ts";
import { lockFor } from "./report-lock.ts";
import type { KeyRing } from "./sealing.ts";

export type { FoundReport } from "./found-report.ts";

const DAY_MS = 86_400_000;

const sameRow = z.object({ id: z.string(), forwarded: z.boolean(), reason: z.string() });

/** @returns ids of the report's row and of its case */
export async function writeReport(
  tx: Transaction,
  keys: KeyRing,
  found: FoundReport,
): Promise<{ readonly reportId: string; readonly caseId: string }> {
  // two ways, or two workers, may bring the same report at the same moment
  await lockFor(tx, "report", found.reporterUserId, found.roomId, found.eventId ?? found.reportedUserId);
  const same = await findSame(tx, found);
  const isShown = same.some(({ id }) => id === found.id);
  const twinId = same.find(({ id }) => id !== found.id)?.id ?? null;
  const reportId = twinId ?? found.id;
  let isRepeat = false;
  let isNews = false;
  if (twinId === null && !isShown) await insertReport(tx, found);
  else ({ isRepeat, isNews } = await addToReport(tx, reportId, found));
  // shown on its own before anybody knew that it is the same
  const hasMoved = twinId !== null && isShown && (await foldReport(tx, keys, found.id, twinId));
  if (found.synapseId !== null) await rememberSynapseRow(tx, found.kind, found.synapseId, reportId);
  const hasPicture = await addEvidence(tx, keys, reportId, found.evidence);
  const isAdded = twinId !== null && (isNews || hasMoved || hasPicture);
  const caseId = await sortIntoCase(tx, reportId, found, { isTwin: twinId !== null, isRepeat, isNews: isAdded });
  return { reportId, caseId };
}

/**
 * Rows that this is the same report as: come by the other way, sent before, or this one itself, shown before it was
 * verified. One that has its reporter goes before: a second with the same reporter could not be kept beside it.
 */
async function findSame(reader: Reader, found: FoundReport): Promise<z.infer<typeof sameRow>[]> {
  const rows: unknown = await reader.$queryRaw`
    SELECT id, reason, forwarded_at IS NOT NULL OR by_poll_at IS NOT NULL AS forwarded FROM report
    WHERE id = ${found.id}::uuid
      OR (${found.standing} <> 'invalid' AND standing <> 'invalid' AND kind = ${found.kind}::report_kind
        AND reporter_user_id = ${found.reporterUserId} AND room_id IS NOT DISTINCT FROM ${found.roomId}
        AND CASE WHEN kind = 'event' THEN event_id = ${found.eventId}
          ELSE target_user_id IS NOT DISTINCT FROM ${found.reportedUserId} AND left(reason, 1000) = left(${found.reason}, 1000)
            AND received_at > ${new Date(found.receivedAt.getTime() - DAY_MS)} END)
    ORDER BY id = ${found.id}::uuid, received_at LIMIT 2`;
  return z.array(sameRow).parse(rows);
}

/** Synapse has been told exactly this, by this person, already: by an earlier try, or by the same report sent twice. */
export async function isForwarded(reader: Reader, found: FoundReport): Promise<boolean> {
  return (await findSame(reader, found)).some(({ forwarded, reason }) => forwarded && holds(reason, found.reason));
}

async function insertReport(tx: Transaction, found: FoundReport): Promise<void> {
  await tx.report.create({
    data: {
      id: found.id,
      kind: found.kind,
      standing: found.standing,
      problem: found.problem,
      schoolHint: found.schoolHint,
      reporterUserId: found.reporterUserId,
      roomId: found.roomId,
      eventId: found.eventId,
      targetUserId: found.reportedUserId,
      reason: found.reason,
      receivedAt: found.receivedAt,
      byGateAt: found.channel === "gate" ? found.receivedAt : null,
      byPollAt: found.channel === "poll" ? new Date() : null,
      forwardedAt: found.forwardedAt,
      ...(found.snapshot && { snapshot: found.snapshot }),
    },
  });
}

/** @returns whether it came again by the client's own way, and whether it says something that was not said before */
async function addToReport(tx: Transaction, id: string, found: FoundReport) {
  const known = await tx.report.findUniqueOrThrow({ where: { id } });
  const isOther = id !== found.id;
  // what is polled of a report that a gate has forwarded is the forwarded copy, not a repetition
  const isRepeat = isOther && found.channel === "gate" && known.byGateAt !== null;
  const isNews = isOther && !holds(known.reason, found.reason);
  await tx.report.update({
    where: { id },
    data: {
      reason: isOther ? joined(known.reason, found.reason) : found.reason,
      standing: known.standing === "verified" ? "verified" : found.standing,
      problem: found.problem ?? known.problem,
      reporterUserId: known.reporterUserId ?? found.reporterUserId,
      targetUserId: known.targetUserId ?? found.reportedUserId,
      schoolHint: known.schoolHint === "" ? found.schoolHint : known.schoolHint,
      byGateAt: known.byGateAt ?? (found.channel === "gate" ? found.receivedAt : null),
      byPollAt: known.byPollAt ?? (found.channel === "poll" ? new Date() : null),
      forwardedAt: known.forwardedAt ?? found.forwardedAt,
      repeats: { increment: isRepeat ? 1 : 0 },
      ...(known.snapshot === null && found.snapshot && { snapshot: found.snapshot }),
    },
  });
  return { isRepeat, isNews };
}

const holds = (before: string, added: string): boolean => before.includes(added);

/** A second text for the same message is a further one; what was said is never dropped. */
function joined(before: string, added: string): string {
  if (holds(before, added)) return before;
  return [before, added]
    .filter((text) => text !== "")
    .join("\n\n")
    .slice(0, REASON_LENGTH);
}

async function rememberSynapseRow(tx: Transaction, kind: ReportKind, synapseId: number, reportId: string) {
  await tx.synapseReport.createMany({ data: [{ kind, synapseId, reportId }], skipDuplicates: true });
}
