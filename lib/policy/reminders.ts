// The reminder before a request or a proposal ends (design §4.8): to everybody who may approve, once.
import { STATE_SCOPE } from "#lib/audit/events.ts";
import type { Database } from "#lib/db/client.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { noticeToolsOf } from "#lib/notify/outbox.ts";
import { REMINDER_DAYS } from "#lib/notify/rules.ts";
import { tellOfProposal } from "./frame-notices.ts";
import { lockFrame, openProposal } from "./frame-store.ts";
import { tellOfRequest } from "./request-notices.ts";
import { lockSchoolPolicy } from "./store.ts";

const DAY_MS = 86_400_000;

/** Open, near its end, and nobody reminded yet. */
const dueAt = (now: Date) =>
  ({
    status: "pending",
    expiresAt: { gt: now, lte: new Date(now.getTime() + REMINDER_DAYS * DAY_MS) },
    notices: { none: { kind: "reminder" } },
  }) as const;

/** Schools with a request of which to remind, and the state's scope for its proposal; at most `limit`. */
export async function remindersDue(db: Database, now: Date, limit: number): Promise<readonly string[]> {
  const requests = await db.changeRequest.findMany({
    where: dueAt(now),
    orderBy: { expiresAt: "asc" },
    select: { schoolId: true },
    take: limit,
  });
  const proposals = await db.frameProposal.count({ where: dueAt(now) });
  return [...(proposals > 0 ? [STATE_SCOPE] : []), ...requests.map(({ schoolId }) => schoolId)];
}

/** @param scope a school, or the state; doing it twice changes nothing */
export async function writeReminder(
  { db, jobs }: { readonly db: Database; readonly jobs: Pick<JobSender, "send"> },
  scope: string,
  now: Date,
): Promise<void> {
  await db.$transaction(async (tx) => {
    const tools = noticeToolsOf(tx, jobs);
    // looked at again under the lock: somebody may have decided meanwhile
    if (scope === STATE_SCOPE) {
      await lockFrame(tx);
      const open = await openProposal(tx);
      if (open && (await tx.frameProposal.count({ where: { id: open.id, ...dueAt(now) } })) > 0) {
        await tellOfProposal(tools, open.id, "reminder");
      }
      return;
    }
    await lockSchoolPolicy(tx, scope);
    const request = await tx.changeRequest.findFirst({ where: { schoolId: scope, ...dueAt(now) } });
    if (request) await tellOfRequest(tools, request.id, "reminder");
  });
}
