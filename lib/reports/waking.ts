// Ends the waiting of cases: on the day until which one was to wait it comes back, unread, with a new date, and whoever
// has it is told.
import { z } from "zod";
import type { Database } from "#lib/db/client.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { noticeToolsOf, writeCaseNotices } from "#lib/notify/outbox.ts";
import { CaseSeverity } from "#prisma/generated/enums.ts";
import { writeCaseEntry } from "./case-entries.ts";
import { dueAt } from "./case-life.ts";
import { recipients } from "./notices.ts";

const MOST_AT_ONCE = 200;
const idRows = z.array(z.object({ id: z.string() }));
const lockedRows = z.array(
  z.object({ severity: z.enum(CaseSeverity), assignee_id: z.string().nullable(), waiting_until: z.date() }),
);

type WakingWork = { readonly db: Database; readonly jobs: Pick<JobSender, "send"> };

/** Doing it twice changes nothing. @returns how many came back */
export async function wakeCases(work: WakingWork, now: Date): Promise<number> {
  const due: unknown = await work.db.$queryRaw`
    SELECT id FROM report_case WHERE waiting_until <= ${now} AND state = 'waiting'
    ORDER BY waiting_until LIMIT ${MOST_AT_ONCE}`;
  let woken = 0;
  for (const { id } of idRows.parse(due)) if (await wake(work, id, now)) woken += 1;
  return woken;
}

async function wake({ db, jobs }: WakingWork, caseId: string, now: Date): Promise<boolean> {
  return await db.$transaction(async (tx) => {
    // looked at again under the lock: somebody may have taken it up, or let it wait for longer
    const [found] = lockedRows.parse(
      await tx.$queryRaw`
        SELECT severity, assignee_id, waiting_until FROM report_case
        WHERE id = ${caseId}::uuid AND waiting_until <= ${now} AND state = 'waiting' FOR UPDATE SKIP LOCKED`,
    );
    if (!found) return false;
    await tx.reportCase.update({
      where: { id: caseId },
      data: {
        state: "inProgress",
        waitingUntil: null,
        dueAt: dueAt(now, found.severity),
        toldOverdueAt: null,
        changedAt: now,
        version: { increment: 1 },
      },
    });
    await writeCaseEntry(tx, caseId, { type: "woken" });
    const wanting = await recipients(tx, "woken", caseId, now);
    await writeCaseNotices(noticeToolsOf(tx, jobs), {
      kind: "caseWoken",
      caseId,
      cause: `case:${caseId}:woken:${found.waiting_until.toISOString()}`,
      recipients: wanting.filter((personId) => personId === found.assignee_id),
    });
    return true;
  });
}
