// What the calendar does to policies without anybody pressing a button. A step is one line of the list below; each of
// its items has a transaction of its own, so that one school's trouble keeps nobody else waiting.
import { SYSTEM_ACTOR, writeAudit } from "#lib/audit/write.ts";
import type { Database } from "#lib/db/client.ts";
import { STATE_SCOPE } from "#lib/audit/events.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { correlationId, log } from "#lib/log/log.ts";
import { noticeToolsOf } from "#lib/notify/outbox.ts";
import { endOpenings, schoolsWithEndedOpenings } from "./ending.ts";
import { expireOpenProposal } from "./frame-notices.ts";
import { remindersDue, writeReminder } from "./reminders.ts";
import { tellOfRequest } from "./request-notices.ts";
import { expireOpenRequest } from "./requests.ts";
import { lockSchoolPolicy } from "./store.ts";

export type CalendarTools = { readonly db: Database; readonly jobs: Pick<JobSender, "send"> };
export type CalendarStep = {
  readonly name: string;
  /** Ids of the schools for which something is due, or the state's scope, at most `limit`. */
  readonly due: (db: Database, now: Date, limit: number) => Promise<readonly string[]>;
  /** Does what is due at one school; doing it twice changes nothing. */
  readonly run: (tools: CalendarTools, schoolId: string, now: Date) => Promise<void>;
};

/** What is left over is done in the next round. */
const SCHOOLS_A_ROUND = 500;

const expireRequests: CalendarStep = {
  name: "expireRequests",
  due: async (db, now, limit) => {
    const where = { status: "pending", expiresAt: { lte: now } } as const;
    const rows = await db.changeRequest.findMany({ where, select: { schoolId: true }, take: limit });
    return rows.map(({ schoolId }) => schoolId);
  },
  run: async ({ db, jobs }, schoolId, now) => {
    await db.$transaction(async (tx) => {
      await lockSchoolPolicy(tx, schoolId);
      // looked at again under the lock: somebody may have decided meanwhile
      const expired = await expireOpenRequest(tx, schoolId, now);
      if (!expired) return;
      await writeAudit(tx, {
        scope: schoolId,
        actor: SYSTEM_ACTOR,
        event: { type: "requestExpired", requestId: expired.requestId, cells: [...expired.cells] },
        outcome: "done",
        correlationId: correlationId(),
      });
      await tellOfRequest(noticeToolsOf(tx, jobs), expired.requestId, "expired");
    });
  },
};

const expireProposals: CalendarStep = {
  name: "expireProposals",
  due: async (db, now) => {
    const overdue = await db.frameProposal.count({ where: { status: "pending", expiresAt: { lte: now } } });
    return overdue === 0 ? [] : [STATE_SCOPE];
  },
  run: (tools, _scope, now) => expireOpenProposal(tools, now),
};

const remind: CalendarStep = { name: "remind", due: remindersDue, run: writeReminder };

const endOpeningsStep: CalendarStep = { name: "endOpenings", due: schoolsWithEndedOpenings, run: endOpenings };

const CALENDAR: readonly CalendarStep[] = [expireRequests, expireProposals, endOpeningsStep, remind];

/** @throws {AggregateError} once every step has had its turn at every school, if any of them failed */
export async function followCalendar(
  tools: CalendarTools,
  now: Date,
  signal: AbortSignal,
  steps: readonly CalendarStep[] = CALENDAR,
): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) {
    for (const schoolId of await step.due(tools.db, now, SCHOOLS_A_ROUND)) {
      signal.throwIfAborted();
      try {
        await step.run(tools, schoolId, now);
        log.info({ step: step.name, schoolId }, "calendar followed");
      } catch (error) {
        log.error({ err: error, step: step.name, schoolId }, "calendar not followed");
        failures.push(error);
      }
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, "the calendar could not be followed everywhere");
}
