// Ends openings whose last day is over: the school's own cell is closed, and the version that says so is nobody's.
import { SYSTEM_ACTOR, writeAudit } from "#lib/audit/write.ts";
import type { Database } from "#lib/db/client.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { correlationId } from "#lib/log/log.ts";
import { withEdits, type CellEdit } from "./change.ts";
import { fromDay, hasEnded, schoolDay } from "./end-date.ts";
import { effectiveCells } from "./frame.ts";
import { cellKey } from "./roles.ts";
import { lockSchoolPolicy, parseCellKeys, writeOwnCell, writeVersion, type SchoolPolicy } from "./store.ts";

/** Schools with an opening that has ended and is not closed yet, at most `limit`. */
export async function schoolsWithEndedOpenings(db: Database, now: Date, limit: number): Promise<readonly string[]> {
  const rows = await db.policyCell.findMany({
    where: { endsOn: { lt: fromDay(schoolDay(now)) } },
    distinct: ["schoolId"],
    orderBy: { schoolId: "asc" },
    select: { schoolId: true },
    take: limit,
  });
  return rows.map(({ schoolId }) => schoolId);
}

function endedOpenings({ own, endings }: SchoolPolicy, now: Date): CellEdit[] {
  const keys = [...endings].filter(([key, day]) => own.get(key) === true && hasEnded(day, now)).map(([key]) => key);
  return parseCellKeys(keys).map((cell) => ({ cell, allowed: false }));
}

/** Closes what has ended at one school, in one transaction with audit entry and job; doing it twice changes nothing. */
export async function endOpenings(
  { db, jobs }: { readonly db: Database; readonly jobs: Pick<JobSender, "send"> },
  schoolId: string,
  now: Date,
): Promise<void> {
  await db.$transaction(async (tx) => {
    const policy = await lockSchoolPolicy(tx, schoolId);
    const edits = policy ? endedOpenings(policy, now) : [];
    if (!policy || edits.length === 0) return;
    // under a lock of the state nothing changes now, and the opening must not come back when the lock is lifted
    const isInEffect = effectiveCells(policy.frame, withEdits(policy.own, edits)) !== policy.cells;
    let version: { number: number; cells: string } | null = null;
    if (isInEffect) {
      version = await writeVersion(tx, { schoolId, kind: "expiry", policy, edits, authorId: null, reason: "" });
      await jobs.send(tx, "withdraw-invitations", { schoolId, version: version.number }, schoolId);
    } else {
      for (const edit of edits) await writeOwnCell(tx, schoolId, edit);
    }
    await writeAudit(tx, {
      scope: schoolId,
      actor: SYSTEM_ACTOR,
      event: {
        type: "openingEnded",
        version: version?.number ?? null,
        before: policy.cells,
        after: version?.cells ?? policy.cells,
        edits: edits.map(({ cell, allowed }) => ({ key: cellKey(cell), allowed })),
      },
      outcome: "done",
      correlationId: correlationId(),
    });
  });
}
