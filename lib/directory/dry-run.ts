// What a full sync would do, found out by doing it: the same code in transactions that are rolled back. Nothing stays
// but the run's own rows.
import type { Transaction } from "#lib/db/client.ts";
import { correlationId, log } from "#lib/log/log.ts";
import type { OneRosterSchool } from "#lib/oneroster/records.ts";
import { holdFrame } from "#lib/policy/store.ts";
import { writeInitialVersion } from "#lib/policy/versions.ts";
import { SOURCE } from "./difference.ts";
import { attempt, readSchool } from "./full-run.ts";
import { personRemoval, removesTooManyPeople, removesTooManySchools } from "./guard.ts";
import { reportOf, withoutRemovals } from "./report.ts";
import { rolledBack } from "./rolled-back.ts";
import { failureOf, HOPELESS, type Run, type SyncDependencies, type SyncFailure } from "./run.ts";
import { addReport, finishRun, startRun, trackSchools, type SyncCounts } from "./runs.ts";
import { readSchoolList, type SchoolList } from "./school-list.ts";
import type { StagedUsers } from "./staging.ts";
import { countLeavers, countPeopleOfSchools } from "./state.ts";
import { writeSchools } from "./store.ts";
import { storeSchool, type StoredSchool } from "./store-school.ts";
import { openRun } from "./sync.ts";
import type { SchoolContent, SchoolDifference } from "./types.ts";

export type DryRunRequest = {
  readonly schoolId: string | null;
  readonly requestedById: string | null;
  /** As if state and school had switched it on: what switching on would lead to. */
  readonly asServed?: boolean;
};

export type DryRunResult = {
  readonly runId: string;
  readonly failure: SyncFailure | null;
  readonly counts: SyncCounts;
};

/** What is kept of a school until all have been tried: not the records, which may be those of half a million people. */
type Outcome = Pick<StoredSchool, "held" | "report"> & {
  /** If people would leave: the state's limit may hold them. */
  readonly removing: SchoolDifference | null;
  /** New or changed. */
  readonly people: number;
};

export async function dryRun(dependencies: SyncDependencies, request: DryRunRequest): Promise<DryRunResult> {
  const { schoolId, requestedById } = request;
  const head = { source: SOURCE, schoolId, requestedById, kind: "dryRun", correlationId: correlationId() } as const;
  const run = await openRun(dependencies, await startRun(dependencies.db, head));
  try {
    await tryEverything(run, request);
  } catch (error) {
    run.failure = failureOf(error);
    log.error({ err: error, runId: run.id, failure: run.failure }, "dry run failed");
  }
  const { id: runId, failure, counts, problems } = run;
  counts.requests = run.pull.requests();
  await finishRun(dependencies.db, runId, { kind: "dryRun", failure, counts, problems });
  return { runId, failure, counts };
}

async function tryEverything(run: Run, request: DryRunRequest): Promise<void> {
  const list = readSchoolList(run, await run.pull.schools(), true);
  if (request.schoolId === null) await countGoneSchools(run, list);
  const schools = list.schools.filter(({ id }) => request.schoolId === null || id === request.schoolId);
  run.counts.schools = schools.length;
  const staged: { users?: StagedUsers } | null = request.schoolId === null ? {} : null;
  const outcomes = new Map<string, Outcome>();
  const progress = await trackSchools(run.dependencies.db, run.id, schools.length);
  for (const school of schools) {
    await attempt(run, school.id, async () => {
      const { content } = await readSchool(run, school.id, null, staged);
      const stored = await trySchool(run, school, content, request.asServed ?? false);
      run.problems.push(...content.problems, ...stored.problems);
      const { difference, held, report, applied } = stored;
      const leaves = difference.leaving.length > 0;
      outcomes.set(school.id, { removing: leaves ? difference : null, held, report, people: applied.personIds.length });
    });
    await progress.step();
    if (run.failure !== null && HOPELESS.has(run.failure)) return;
  }
  await writeReports(run, outcomes);
}

async function trySchool(
  run: Run,
  school: OneRosterSchool,
  content: SchoolContent,
  asServed: boolean,
): Promise<StoredSchool> {
  return await rolledBack(
    run.dependencies.db,
    async (tx) => {
      await bringSchool(run, tx, school, asServed);
      return await storeSchool(run, tx, school.id, content, { cursorOf: null, removals: "now" });
    },
    { timeout: 120_000 },
  );
}

/** A school that is new is not there yet: for the length of the transaction it is. */
async function bringSchool(run: Run, tx: Transaction, school: OneRosterSchool, asServed: boolean): Promise<void> {
  const known = await tx.school.findUnique({ where: { id: school.id }, select: { id: true } });
  if (known === null) {
    await holdFrame(tx);
    const { unversioned } = await writeSchools(tx, [school], run.dependencies.serviceId);
    for (const id of unversioned) await writeInitialVersion(tx, id);
  }
  if (!asServed) return;
  const data = { stateEnabled: true, schoolEnabled: true, serviceEnabled: true };
  await tx.school.update({ where: { id: school.id }, data });
}

async function countGoneSchools(run: Run, list: SchoolList): Promise<void> {
  await run.dependencies.db.$transaction(async (tx) => {
    const gone = await list.gone(tx);
    const { leaving, present } = await countPeopleOfSchools(tx, gone);
    const ofState = await tx.school.count({ where: { leftAt: null } });
    const isHeld = removesTooManySchools(gone.length, ofState) || removesTooManyPeople(leaving, present);
    run.counts.schoolsRemoved = isHeld ? 0 : gone.length;
    run.counts.held += isHeld ? gone.length : 0;
  });
}

/** With the limit of the state, which is known only now. */
async function writeReports(run: Run, outcomes: ReadonlyMap<string, Outcome>): Promise<void> {
  const { db } = run.dependencies;
  const removals = [...outcomes].flatMap(([schoolId, { removing, held }]) => [
    ...(removing?.leaving ?? []).map((personId) => ({ personId, schoolId })),
    ...held.flatMap(({ kind, personId }) =>
      kind === "personRemoved" && personId !== null ? [{ personId, schoolId }] : [],
    ),
  ]);
  const leavers = removals.length === 0 ? { leaving: 0, present: 0 } : await countLeavers(db, removals);
  const tooMany = removesTooManyPeople(leavers.leaving, leavers.present);
  const { counts } = run;
  for (const [schoolId, { removing, held, report, people }] of outcomes) {
    const isHeld = tooMany && removing !== null;
    const heldByState = isHeld ? removing.leaving.map((id) => personRemoval(id, "peopleOfState")) : [];
    const allHeld = [...held, ...heldByState];
    const shown = isHeld ? withoutRemovals(reportOf(removing, allHeld, report.jobs)) : report;
    counts.people += people;
    counts.peopleChanged += shown.peopleAdded.count + shown.peopleChanged.count;
    counts.peopleLeft += shown.peopleRemoved.count;
    counts.affiliationsChanged += shown.rolesAdded.count + shown.rolesRemoved.count;
    counts.groupsChanged += shown.groupsAdded.count + shown.groupsChanged.count + shown.groupsRemoved.count;
    counts.membersChanged += shown.membersAdded.count + shown.membersRemoved.count;
    counts.held += allHeld.length;
    counts.jobs += report.jobs;
    const changes = Object.values(shown).some((part) => (typeof part === "number" ? part > 0 : part.count > 0));
    if (changes) await db.$transaction((tx) => addReport(tx, run.id, schoolId, shown));
  }
}
