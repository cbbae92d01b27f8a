// For how long what a report says is kept (design §8): by category, from the closing of its case on, by the state's
// frame. Then evidence and content go; that there was a case, and who did what with it, stays.
import { z } from "zod";
import { STATE_SCOPE } from "#lib/audit/events.ts";
import { SYSTEM_ACTOR, writeAudit } from "#lib/audit/write.ts";
import type { Database, Transaction } from "#lib/db/client.ts";
import { correlationId, log } from "#lib/log/log.ts";
import type { ReportsApi } from "#lib/matrix/reports.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { ReportCategory } from "#prisma/generated/enums.ts";

const MOST_AT_ONCE = 200;

/** Days of the frame in effect, for raw SQL over `report_case` under the name `c`. */
const KEPT_DAYS = Prisma.sql`(SELECT CASE c.category
    WHEN 'bullying' THEN f.retain_bullying_days WHEN 'sexual' THEN f.retain_sexual_days
    WHEN 'violence' THEN f.retain_violence_days WHEN 'extremism' THEN f.retain_extremism_days
    WHEN 'spam' THEN f.retain_spam_days ELSE f.retain_other_days END
  FROM policy_frame f ORDER BY f.version DESC LIMIT 1)`;
/** When the content of a closed case goes. */
export const ERASE_AT = Prisma.sql`c.closed_at + make_interval(days => ${KEPT_DAYS})`;
export const TO_ERASE = Prisma.sql`c.state = 'resolved' AND c.erased_at IS NULL`;
/** The account is still locked or suspended because of this case: until that is lifted, it must be known why. */
export const STILL_IN_FORCE = Prisma.sql`EXISTS (
  SELECT FROM case_measure m WHERE m.case_id = c.id AND m.kind IN ('lock', 'suspend') AND m.state IN ('queued', 'done', 'confirmed', 'reverting')
    AND NOT EXISTS (SELECT FROM case_measure o WHERE o.target = m.target AND o.state = 'done' AND o.requested_at > m.requested_at
      AND o.kind = CASE m.kind WHEN 'lock' THEN 'unlock' ELSE 'liftSuspension' END::measure_kind))`;

/** By itself, or because it went on in a case that is held: then its timeline is that one's too. */
export const HELD = Prisma.sql`(c.hold_reason IS NOT NULL OR EXISTS (
  WITH RECURSIVE next AS (
    SELECT t.id, t.merged_into_id, t.hold_reason FROM report_case t WHERE t.id = c.merged_into_id
    UNION SELECT t.id, t.merged_into_id, t.hold_reason FROM next JOIN report_case t ON t.id = next.merged_into_id)
  SELECT FROM next WHERE next.hold_reason IS NOT NULL))`;

const dueRows = z.array(z.object({ id: z.string() }));
const lockedRows = z.array(
  z.object({ id: z.string(), number: z.bigint(), category: z.enum(ReportCategory), closed_at: z.date() }),
);

const isDue = (now: Date) =>
  Prisma.sql`${TO_ERASE} AND NOT ${HELD} AND ${ERASE_AT} <= ${now} AND NOT ${STILL_IN_FORCE}`;

/** Each case in a transaction of its own; doing it twice changes nothing. @returns how many were emptied */
export async function eraseDueCases(db: Database, now: Date, signal: AbortSignal): Promise<number> {
  const due = dueRows.parse(
    await db.$queryRaw`
      SELECT c.id FROM report_case c WHERE ${isDue(now)} ORDER BY c.closed_at LIMIT ${MOST_AT_ONCE}`,
  );
  let erased = 0;
  for (const { id } of due) {
    signal.throwIfAborted();
    if (await db.$transaction((tx) => eraseCase(tx, id, now))) erased += 1;
  }
  if (erased > 0) log.info({ erased }, "content of cases deleted");
  return erased;
}

async function eraseCase(tx: Transaction, caseId: string, now: Date): Promise<boolean> {
  // looked at again under the lock: somebody may have put a hold on it, or opened it again
  const [found] = lockedRows.parse(
    await tx.$queryRaw`
      SELECT c.id, c.number, c.category, c.closed_at FROM report_case c
      WHERE c.id = ${caseId}::uuid AND ${isDue(now)} FOR UPDATE OF c SKIP LOCKED`,
  );
  if (!found) return false;
  await tx.reportEvidence.deleteMany({ where: { report: { caseId } } });
  await tx.synapseReport.updateMany({ where: { report: { caseId } }, data: { toForget: true } });
  await tx.reportIntake.deleteMany({ where: { report: { caseId } } });
  // ids must stand, and an empty one stands for none
  await tx.$executeRaw`
    UPDATE report SET reason = '', snapshot = NULL, school_hint = '', reporter_user_id = NULL, repeats = 0,
      room_id = CASE WHEN room_id IS NULL THEN NULL ELSE '' END, event_id = CASE WHEN event_id IS NULL THEN NULL ELSE '' END,
      target_user_id = CASE WHEN target_user_id IS NULL THEN NULL ELSE '' END
    WHERE case_id = ${caseId}::uuid OR double_of_id IN (SELECT id FROM report WHERE case_id = ${caseId}::uuid)`;
  await tx.$executeRaw`
    UPDATE case_entry SET content = jsonb_build_object('type', 'erased', 'was', coalesce(content ->> 'was', content ->> 'type'))
    WHERE case_id = ${caseId}::uuid`;
  await tx.$executeRaw`UPDATE case_measure SET target = '', text = '', former = NULL WHERE case_id = ${caseId}::uuid`;
  await tx.$executeRaw`
    UPDATE case_escalation SET message = '', answer = CASE WHEN answer IS NULL THEN NULL ELSE '' END,
      reporter_released_reason = NULL, screenshot_released_reason = NULL
    WHERE case_id = ${caseId}::uuid`;
  await tx.caseReadMark.deleteMany({ where: { caseId } });
  // those of the state's own people stay: a party sees no trace of the case, now as before
  await tx.$executeRaw`
    DELETE FROM case_party p WHERE case_id = ${caseId}::uuid
      AND NOT EXISTS (SELECT FROM console_role_grant g WHERE g.person_id = p.person_id)`;
  await tx.reportCase.update({
    where: { id: caseId },
    data: { erasedAt: now, changedAt: now, roomId: null, roomName: null, reportedUserId: null, team: null },
  });
  await tx.$executeRaw`SELECT erase_case_reasons(${caseId}::uuid)`;
  const event = {
    type: "caseErased",
    caseId,
    number: Number(found.number),
    category: found.category,
    closedAt: found.closed_at.toISOString(),
  } as const;
  await writeAudit(tx, {
    scope: STATE_SCOPE,
    actor: SYSTEM_ACTOR,
    event,
    outcome: "done",
    correlationId: correlationId(),
  });
  return true;
}

/**
 * Synapse keeps its own row of a report, with reporter and reason: it goes too. Ours stays, as an id without content:
 * somebody may be reading Synapse's list at this moment. Doing it twice changes nothing.
 * @throws SynapseUnreachable or MatrixCallError; the rest waits for the next time
 */
export async function forgetAtSynapse(
  db: Database,
  reports: Pick<ReportsApi, "forget">,
  signal: AbortSignal,
): Promise<void> {
  const rows = await db.synapseReport.findMany({
    where: { toForget: true },
    orderBy: [{ kind: "asc" }, { synapseId: "asc" }],
    take: MOST_AT_ONCE,
  });
  for (const { kind, synapseId } of rows) {
    signal.throwIfAborted();
    await reports.forget(kind === "user" ? "user" : "event", Number(synapseId));
    await db.synapseReport.update({ where: { kind_synapseId: { kind, synapseId } }, data: { toForget: false } });
  }
}
