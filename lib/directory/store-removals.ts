// The end of a run: removals of people, if the state does not lose too many of them (design §6), and then those who
// belong to no school any more.
import type { Transaction } from "#lib/db/client.ts";
import { log } from "#lib/log/log.ts";
import { moveCursor } from "./cursor.ts";
import { holdKey, personRemoval, removesTooManyPeople, without, type Held } from "./guard.ts";
import { keyOf, settleHolds, writeHolds } from "./holds.ts";
import { reportOf } from "./report.ts";
import { failureOf, type Later, type Run } from "./run.ts";
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
    const held = tooMany ? unreleased(later).map((personId) => personRemoval(personId, "peopleOfState")) : [];
    try {
      await storeRemovalsOf(run, schoolId, later, held);
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

async function storeRemovalsOf(run: Run, schoolId: string, later: Later, held: readonly Held[]): Promise<void> {
  const { db, onSchoolChanged } = run.dependencies;
  const allowed = without(later.difference, held);
  await db.$transaction(
    async (tx) => {
      await lockSchool(tx, schoolId);
      const applied = await applyDifference(tx, schoolId, allowed, run.now());
      await writeHolds(tx, schoolId, run.id, held);
      const waited = new Set(later.difference.leaving);
      const isPersonOfThese = (row: { readonly kind: string; readonly item: string }): boolean =>
        row.kind === "personRemoved" && waited.has(row.item);
      await settleHolds(tx, later.holds, held, doneBy(allowed), isPersonOfThese);
      if (later.cursorAt !== null) await moveCursor(tx, schoolId, later.cursorAt);
      // with the cursor: who has left would not be told again. Before the rooms: who has left all is locked first
      const removed = allowed.affiliations.removed.map(({ personId }) => personId);
      const leaverJobs = await storeLeaversAmong(run, tx, removed);
      const jobs = leaverJobs + (await onSchoolChanged(tx, applied));
      await addReport(tx, run.id, schoolId, reportOf(allowed, held, jobs));
      for (const { personId } of allowed.affiliations.removed) run.affected.add(personId);
      run.counts.affiliationsChanged += allowed.affiliations.removed.length;
      run.counts.groupsChanged += applied.groupIds.length;
      run.counts.membersChanged += allowed.members.removed.length;
      run.counts.held += held.length;
      run.counts.jobs += jobs;
    },
    { timeout: 120_000 },
  );
}

async function storeLeaversAmong(run: Run, tx: Transaction, personIds: readonly string[] | null): Promise<number> {
  const left = await writeLeavers(tx, personIds);
  run.counts.peopleLeft += left.length;
  return await run.dependencies.onPeopleLeft(tx, left);
}

/** @param everybody also those who lost their last school in a run that ended before this point */
export async function storeLeavers(run: Run, { everybody }: { readonly everybody: boolean }): Promise<void> {
  if (!everybody && run.affected.size === 0) return;
  await run.dependencies.db.$transaction(async (tx) => {
    run.counts.jobs += await storeLeaversAmong(run, tx, everybody ? null : [...run.affected]);
  });
}
