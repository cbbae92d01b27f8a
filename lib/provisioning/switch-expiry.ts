// Requests to switch something on that nobody has decided in time: the calendar ends them, so that they neither stand in
// the way of a new one nor look as if they were open.
import { SYSTEM_ACTOR, writeAudit } from "#lib/audit/write.ts";
import type { Database } from "#lib/db/client.ts";
import { correlationId } from "#lib/log/log.ts";

/** A round that finds more leaves the rest to the next one. */
const MOST_REQUESTS = 500;

/** Called at every round of the calendar; doing it twice changes nothing. @returns how many were ended */
export async function expireSwitchRequests(db: Database, now: Date): Promise<number> {
  const due = await db.switchRequest.findMany({
    where: { status: "pending", expiresAt: { lte: now } },
    select: { id: true, schoolId: true },
    orderBy: { expiresAt: "asc" },
    take: MOST_REQUESTS,
  });
  let ended = 0;
  for (const { id, schoolId } of due) {
    ended += await db.$transaction(async (tx) => {
      // in this order, as every decision locks them: somebody may be deciding at this moment
      await tx.$queryRaw`SELECT id FROM school WHERE id = ${schoolId} FOR UPDATE`;
      await tx.$queryRaw`SELECT id FROM switch_request WHERE id = ${id}::uuid FOR UPDATE`;
      const request = await tx.switchRequest.findFirst({ where: { id, status: "pending" } });
      if (request === null) return 0;
      await tx.switchRequest.update({ where: { id }, data: { status: "expired", decidedAt: now } });
      await writeAudit(tx, {
        scope: schoolId,
        actor: SYSTEM_ACTOR,
        event: { type: "switchExpired", requestId: id, switchName: request.switchName },
        outcome: "done",
        correlationId: correlationId(),
      });
      return 1;
    });
  }
  return ended;
}
