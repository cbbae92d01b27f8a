// What becomes of the people of a school that the list has lost, once the guard let it go: their roles and memberships
// end as if the source named nobody there. Whoever has no other school is a leaver, and is locked and erased in time;
// the school's rooms follow its own end. If it comes back, it is read as a new one, and everything is there again.
import { z } from "zod";
import { log } from "#lib/log/log.ts";
import { forgetCursor } from "./cursor.ts";
import { differenceOf } from "./difference.ts";
import { isKind, readHolds, settleHolds } from "./holds.ts";
import { reportOf } from "./report.ts";
import { failureOf, type Run } from "./run.ts";
import { addReport } from "./runs.ts";
import { readState } from "./state.ts";
import { applyDifference, lockSchool, writeLeavers } from "./store.ts";
import { doneBy } from "./store-school.ts";
import type { SchoolContent } from "./types.ts";

const TIMEOUT_MS = 120_000;
const ids = z.array(z.object({ id: z.string() })).transform((rows) => rows.map((row) => row.id));

const NOBODY: SchoolContent = {
  people: [],
  affiliations: [],
  groups: [],
  members: [],
  problems: [],
  modified: { people: new Map(), groups: new Map() },
  unreadable: { people: [], groups: [], enrollments: [] },
  removable: { people: true, groups: true, enrollments: true },
};

/** Also those that a run which was cut off has left behind. After the other removals: these may have moved their people. */
export async function endGoneSchools(run: Run): Promise<void> {
  const rows: unknown = await run.dependencies.db.$queryRaw`
    SELECT id FROM school WHERE left_at IS NOT NULL AND EXISTS (SELECT FROM affiliation WHERE school_id = school.id)
    ORDER BY id`;
  for (const schoolId of ids.parse(rows)) {
    try {
      await endSchool(run, schoolId);
    } catch (error) {
      run.failure ??= failureOf(error);
      run.problems.push({ recordType: "school", recordId: schoolId, reason: failureOf(error), schoolId });
      log.error({ err: error, schoolId }, "people of a school that has gone not removed");
    }
  }
}

async function endSchool(run: Run, schoolId: string): Promise<void> {
  const { db, onSchoolChanged, onPeopleLeft } = run.dependencies;
  await db.$transaction(
    async (tx) => {
      await lockSchool(tx, schoolId);
      const { leftAt } = await tx.school.findUniqueOrThrow({ where: { id: schoolId }, select: { leftAt: true } });
      if (leftAt === null) return; // came back just now
      const state = await readState(tx, schoolId, NOBODY, { isFirst: false });
      const ended = differenceOf(state, NOBODY);
      // other than where a class ends in a school that goes on, nobody is left to whom its rooms could stay
      const difference = { ...ended, members: { ...ended.members, removed: state.members } };
      const applied = await applyDifference(tx, schoolId, difference, run.now());
      // so that its people come back with the next run, without a guard that would compare them with nobody
      await tx.school.update({ where: { id: schoolId }, data: { firstSyncedAt: null } });
      await forgetCursor(tx, schoolId);
      const holds = (await readHolds(tx, [schoolId])).filter((row) => !isKind(row, "schoolRemoved"));
      await settleHolds(tx, holds, [], doneBy(difference), () => true);
      const left = await writeLeavers(tx, difference.leaving);
      const jobs = (await onPeopleLeft(tx, left)) + (await onSchoolChanged(tx, applied));
      await addReport(tx, run.id, schoolId, reportOf(difference, [], jobs));
      run.counts.peopleLeft += left.length;
      run.counts.affiliationsChanged += difference.affiliations.removed.length;
      run.counts.groupsChanged += applied.groupIds.length;
      run.counts.membersChanged += difference.members.removed.length;
      run.counts.jobs += jobs;
    },
    { timeout: TIMEOUT_MS },
  );
}
