// The list of schools: new ones get their first policy version, and none disappears because of one broken answer.
import type { Transaction } from "#lib/db/client.ts";
import type { Pulled } from "#lib/oneroster/client.ts";
import type { OneRosterSchool } from "#lib/oneroster/records.ts";
import { holdFrame } from "#lib/policy/store.ts";
import { writeInitialVersions } from "#lib/policy/versions.ts";
import { cursorAfter, moveCursor, SCHOOL_LIST } from "./cursor.ts";
import { holdKey, removesTooManyPeople, removesTooManySchools, schoolRemoval } from "./guard.ts";
import { isKind, keyOf, readHolds, settleHolds, writeHolds } from "./holds.ts";
import { organisationsAfter, writeOrganisations } from "./organisation-store.ts";
import { readOrganisations } from "./organisations.ts";
import { clockOf, EmptyAnswerError, type Run } from "./run.ts";
import { countPeopleOfSchools } from "./state.ts";
import { findOtherSchools, lockSchools, removeSchools, writeSchools } from "./store.ts";

const SCHOOLS_AT_ONCE = 200;
const TIMEOUT_MS = 120_000;

export type SchoolList = {
  readonly schools: readonly OneRosterSchool[];
  /** Schools that are not there any more by this list. */
  readonly gone: (tx: Transaction) => Promise<readonly string[]>;
  /** Whether the list says anything of the school. */
  readonly judges: (schoolId: string) => boolean;
};

/** @param isWhole whether a school that the list does not name has gone */
export function readSchoolList(run: Run, pulled: Pulled<OneRosterSchool>, isWhole: boolean): SchoolList {
  const schools = pulled.records.filter((school) => school.active && school.isSchool);
  if (isWhole && schools.length === 0) throw new EmptyAnswerError("no school");
  run.problems.push(...pulled.problems);
  run.counts.schools = schools.length;
  run.organisations = organisationsAfter(run.organisations, pulled, isWhole);
  const { schoolOf, inCycles } = readOrganisations(run.organisations);
  run.schoolOf = schoolOf;
  const unreadable = pulled.problems.map((problem) => problem.recordId);
  const present = [...schools.map((school) => school.id), ...unreadable];
  const named = new Set(pulled.records.map((record) => record.id));
  run.problems.push(
    ...inCycles
      .filter((recordId) => named.has(recordId))
      .map((recordId) => ({ recordType: "school", recordId, reason: "organisationsInCircle" })),
  );
  return {
    schools,
    judges: (schoolId) => isWhole || named.has(schoolId),
    gone: async (tx) => {
      if (!isWhole) return await findNamed(tx, pulled);
      return unreadable.includes("") ? [] : await findOtherSchools(tx, present);
    },
  };
}

async function findNamed(tx: Transaction, pulled: Pulled<OneRosterSchool>): Promise<readonly string[]> {
  const deleted = pulled.records.filter((school) => !school.active).map((school) => school.id);
  const known = await tx.school.findMany({ where: { id: { in: deleted }, leftAt: null }, select: { id: true } });
  return known.map(({ id }) => id);
}

export async function storeSchoolList(run: Run, list: SchoolList): Promise<void> {
  const { db, serviceId, onSchoolsSwitched } = run.dependencies;
  const before = [...run.problems];
  // a state brings more than a thousand at once; what has been written when a run ends early, the next one finds
  for (let from = 0; from < list.schools.length; from += SCHOOLS_AT_ONCE) {
    await db.$transaction(
      async (tx) => {
        // before any school is locked, in the order in which a change of the frame locks them
        await holdFrame(tx);
        const written = await writeSchools(tx, list.schools.slice(from, from + SCHOOLS_AT_ONCE), serviceId);
        await writeInitialVersions(tx, written.unversioned);
        run.counts.jobs += await onSchoolsSwitched(tx, written.switched);
      },
      { timeout: TIMEOUT_MS },
    );
  }
  await db.$transaction(
    async (tx) => {
      await holdFrame(tx);
      await storeGoneSchools(run, tx, await list.gone(tx), list.judges);
      await writeOrganisations(tx, run.organisations);
      await moveCursor(tx, SCHOOL_LIST, cursorAfter(clockOf(run), before));
    },
    { timeout: TIMEOUT_MS },
  );
}

async function storeGoneSchools(
  run: Run,
  tx: Transaction,
  gone: readonly string[],
  judges: SchoolList["judges"],
): Promise<void> {
  const rows = await tx.syncHold.findMany({
    where: { kind: "schoolRemoved", status: { in: ["open", "released"] } },
    select: { schoolId: true },
  });
  const concerned = [...new Set([...gone, ...rows.map(({ schoolId }) => schoolId)])];
  // a release of just now would be lost otherwise
  await lockSchools(tx, concerned);
  const known = await readHolds(tx, concerned);
  const holds = known.filter((row) => isKind(row, "schoolRemoved"));
  const released = new Set(holds.flatMap((row) => (row.status === "released" ? [keyOf(row)] : [])));
  const unreleased = gone.filter((item) => !released.has(holdKey({ kind: "schoolRemoved", item })));
  const ofState = await tx.school.count({ where: { leftAt: null } });
  const { leaving, present } = await countPeopleOfSchools(tx, unreleased);
  const tooMany = removesTooManySchools(unreleased.length, ofState) || removesTooManyPeople(leaving, present);
  const held = tooMany ? unreleased : [];
  const removed = gone.filter((id) => !held.includes(id));
  run.counts.jobs += await run.dependencies.onSchoolsSwitched(tx, await removeSchools(tx, removed));
  for (const schoolId of held) await writeHolds(tx, schoolId, run.id, [schoolRemoval(schoolId)]);
  const done = new Set(removed.map((item) => holdKey({ kind: "schoolRemoved", item })));
  await settleHolds(tx, holds, held.map(schoolRemoval), done, (row) => judges(row.item));
  run.counts.schoolsRemoved = removed.length;
  run.counts.held += held.length;
}
