// The end of a run: removals of people, if the state does not lose too many of them (design §6), and then those who
// belong to no school any more.
import { log } from "#lib/log/log.ts";
import { moveCursor } from "./cursor.ts";
import { holdKey, personRemoval, removesTooManyPeople, without } from "./guard.ts";
import { keyOf, readHolds, settleHolds, writeHolds } from "./holds.ts";
import { reportOf } from "./report.ts";
import type { Later } from "./later.ts";
import { failureOf, type Run } from "./run.ts";
import { addReport } from "./runs.ts";
import { countLeavers } from "./state.ts";
import { applyDifference, lockSchool, writeLeavers } from "./store.ts";
import { doneBy } from "./store-school.ts";

export async function storeRemovals(run: Run): Promise<void> {
  const waiting = [...run.later].filter(([, { difference }]) => difference.leaving.length > 0);
  if (waiting.length === 0) return;
  const removals = waiting.flatMap(([schoolId, later]) =>
    unreleased(later).map((personId) => ({ personId, schoolId })),
  );
  const { leaving, present } = await countLeavers(run.dependencies.db, [...removals, ...run.heldRemovals]);
  const tooMany = removesTooManyPeople(leaving, present);
  for (const [schoolId, later] of waiting) {
    try {
      await storeRemovalsOf(run, schoolId, later, tooMany);
    } catch (error) {
      run.failure ??= failureOf(error);
      run.problems.push({ recordType: "school", recordId: schoolId, reason: failureOf(error), schoolId });
      log.error({ err: error, schoolId }, "removals not stored");
    }
  }
}

function unreleased({ difference, holds }: Later): readonly string[] {
  const released = new Set(holds.flatMap((row) => (row.status === "released" ? [keyOf(row)] : [])));
  return difference.leaving.filter((item) => !released.has(holdKey({ kind: "personRemoved", item })));
}

async function storeRemovalsOf(run: Run, schoolId: string, later: Later, tooMany: boolean): Promise<void> {
  const { db, onSchoolChanged, onPeopleLeft } = run.dependencies;
  await db.$transaction(
    async (tx) => {
      await lockSchool(tx, schoolId);
      // somebody may have released them since the school was stored
      const holds = await readHolds(tx, [schoolId]);
      const unreleasedNow = tooMany ? unreleased({ ...later, holds }) : [];
      const held = unreleasedNow.map((personId) => personRemoval(personId, "peopleOfState"));
      const allowed = without(later.difference, held);
      const applied = await applyDifference(tx, schoolId, allowed, run.now());
      await writeHolds(tx, schoolId, run.id, held);
      const waited = new Set(later.difference.leaving);
      const isPersonOfThese = (row: { readonly kind: string; readonly item: string }): boolean =>
        row.kind === "personRemoved" && waited.has(row.item);
      await settleHolds(tx, holds, held, doneBy(allowed), isPersonOfThese);
      if (later.cursorAt !== null) await moveCursor(tx, schoolId, later.cursorAt);
      // whoever moved is at the other school already; who has left all is locked before anything else
      const left = await writeLeavers(tx, allowed.leaving);
      const jobs = (await onPeopleLeft(tx, left)) + (await onSchoolChanged(tx, applied));
      await addReport(tx, run.id, schoolId, reportOf(allowed, held, jobs));
      run.counts.peopleLeft += left.length;
      run.counts.affiliationsChanged += allowed.affiliations.removed.length;
      run.counts.groupsChanged += applied.groupIds.length;
      run.counts.membersChanged += allowed.members.removed.length;
      run.counts.held += held.length;
      run.counts.jobs += jobs;
    },
    { timeout: 120_000 },
  );
}

/** Whoever belongs to no school, for whatever reason, and is not known to have left. */
export async function storeLeavers(run: Run): Promise<void> {
  const { db, onPeopleLeft } = run.dependencies;
  await db.$transaction(async (tx) => {
    const left = await writeLeavers(tx, null);
    run.counts.peopleLeft += left.length;
    run.counts.jobs += await onPeopleLeft(tx, left);
  });
}
