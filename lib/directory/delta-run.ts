// An incremental run: only what changed since the cursors. 4 requests where the lists of all schools can be filtered,
// otherwise 1 and 3 for each school that takes part. Absence means nothing, and a cursor is moved only past what is stored.
import type { Pages, Pulled } from "#lib/oneroster/client.ts";
import type { OneRosterClass, OneRosterEnrollment, OneRosterUser, RecordProblem } from "#lib/oneroster/records.ts";
import { ALL_SCHOOLS, cursorAfter, isUsable, moveCursor, readCursors, SCHOOL_LIST } from "./cursor.ts";
import { mapChanges, type ChangedRecords } from "./changes.ts";
import { attempt, pullOneSchool, storeContent } from "./full-run.ts";
import { atSchools } from "./organisations.ts";
import { organisationsOf } from "./role-mapping.ts";
import { clockOf, HOPELESS, NeedsFullRunError, type Run } from "./run.ts";
import { readSchoolList, storeSchoolList } from "./school-list.ts";
import { readKnownPlaces } from "./state.ts";
import type { CursorOf } from "./store-school.ts";

/** As many records are kept in memory at once. */
const MAX_CHANGES = 50_000;

/** @returns the source's clock from before the first record */
export async function pullChanges(run: Run): Promise<Date> {
  const cursors = await readCursors(run.dependencies.db);
  const ofAll = cursors.get(ALL_SCHOOLS);
  const ofList = ofAll ?? cursors.get(SCHOOL_LIST);
  if (ofList === undefined) throw new NeedsFullRunError("no cursor");
  const pulled = await run.pull.schools(ofList);
  const clock = clockOf(run);
  for (const cursor of cursors.values()) {
    if (!isUsable(cursor, clock)) throw new NeedsFullRunError("the source's clock was set back");
  }
  await storeSchoolList(run, readSchoolList(run, pulled, false));

  const unclear =
    ofAll === undefined ? await pullChangesBySchool(run, cursors, clock) : await pullAllChanges(run, ofAll);
  const { db } = run.dependencies;
  const fresh = await db.school.findMany({
    where: { firstSyncedAt: null, serviceEnabled: true, leftAt: null },
    select: { id: true },
  });
  for (const schoolId of new Set([...unclear, ...fresh.map(({ id }) => id)])) {
    if (run.failure !== null && HOPELESS.has(run.failure)) break;
    await pullOneSchool(run, schoolId);
  }
  return clock;
}

/** Cursors of what takes effect at several schools: after everything else, and only if nothing failed. */
export async function finishChanges(run: Run, clock: Date): Promise<void> {
  if (run.failure !== null) return;
  const { db } = run.dependencies;
  await db.$transaction(async (tx) => {
    const known = await tx.syncCursor.count({ where: { scope: ALL_SCHOOLS } });
    if (known > 0) await moveCursor(tx, ALL_SCHOOLS, cursorAfter(clock, run.problems));
    for (const [schoolId, cursorAt] of run.deferredCursors) {
      if (cursorAt !== null) await moveCursor(tx, schoolId, cursorAt);
    }
  });
}

async function pullAllChanges(run: Run, since: Date): Promise<ReadonlySet<string>> {
  const users = await collect(run.pull.allUsers(since));
  const classes = await collect(run.pull.allClasses(since));
  const enrollments = await collect(run.pull.allEnrollments(since));
  const changed = changedRecords(run, users, classes, enrollments);
  const { contents, unclear } = await mapKnown(run, changed);
  for (const [schoolId, content] of contents) {
    if (unclear.has(schoolId)) continue;
    await attempt(run, schoolId, async () => {
      await storeContent(run, schoolId, content, null);
    });
  }
  return unclear;
}

async function pullChangesBySchool(
  run: Run,
  cursors: ReadonlyMap<string, Date>,
  clock: Date,
): Promise<ReadonlySet<string>> {
  const schools = await run.dependencies.db.school.findMany({
    where: { firstSyncedAt: { not: null }, serviceEnabled: true, leftAt: null },
    select: { id: true },
    orderBy: { id: "asc" },
  });
  const allUnclear = new Set<string>();
  for (const { id } of schools) {
    const since = cursors.get(id);
    if (since === undefined) {
      allUnclear.add(id);
      continue;
    }
    await attempt(run, id, async () => {
      for (const schoolId of await pullChangesOf(run, id, since, clock)) allUnclear.add(schoolId);
    });
    if (run.failure !== null && HOPELESS.has(run.failure)) break;
  }
  return allUnclear;
}

/** @returns schools that are to be read whole */
async function pullChangesOf(run: Run, id: string, since: Date, clock: Date): Promise<ReadonlySet<string>> {
  const users = await run.pull.users(id, since);
  if (users === null) throw new NeedsFullRunError("no list of a school's users");
  const classes = await run.pull.classes(id, since);
  const enrollments = await run.pull.enrollments(id, since);
  const changed = changedRecords(run, users, classes, enrollments);
  if (Object.values(changed).every((records) => records.length === 0)) return new Set();
  const { contents, unclear, problems } = await mapKnown(run, changed);
  // the school itself last: its cursor goes with it, and somebody may have moved to another one
  const others = [...contents].filter(([schoolId]) => schoolId !== id && !unclear.has(schoolId));
  const unstored = [...problems];
  for (const [schoolId, content] of others) unstored.push(...(await storeContent(run, schoolId, content, null)));
  const cursorOf: CursorOf = (conflicts) => cursorAfter(clock, [...unstored, ...conflicts]);
  const own = contents.get(id);
  // what waits at other schools may fail or be cut off, and only these changes speak of it
  const waitsElsewhere =
    others.some(([schoolId]) => (run.later.get(schoolId)?.difference.leaving.length ?? 0) > 0) ||
    [...unclear].some((schoolId) => schoolId !== id);
  if (waitsElsewhere) run.deferredCursors.set(id, own === undefined && !unclear.has(id) ? cursorOf([]) : null);
  if (own !== undefined && !unclear.has(id)) await storeContent(run, id, own, cursorOf);
  return unclear;
}

function changedRecords(
  run: Run,
  users: Pulled<OneRosterUser>,
  classes: Pulled<OneRosterClass>,
  enrollments: Pulled<OneRosterEnrollment>,
): ChangedRecords {
  return {
    users: users.records.map((user) => atSchools(user, run.schoolOf)),
    classes: classes.records.map((group) => ({
      ...group,
      schoolId: run.schoolOf.get(group.schoolId) ?? group.schoolId,
    })),
    enrollments: enrollments.records,
    problems: [...users.problems, ...classes.problems, ...enrollments.problems],
  };
}

async function mapKnown(run: Run, changed: ChangedRecords) {
  const { users, classes, enrollments } = changed;
  const personIds = new Set([...users.map((user) => user.id), ...enrollments.map((one) => one.userId)]);
  const groupIds = new Set([...classes.map((group) => group.id), ...enrollments.map((one) => one.classId)]);
  const schoolIds = new Set([
    ...users.flatMap((user) => [...organisationsOf(user)]),
    ...classes.map((group) => group.schoolId),
  ]);
  const known = await readKnownPlaces(run.dependencies.db, [...personIds], [...groupIds], [...schoolIds]);
  const mapped = mapChanges(changed, known, { ...run.dependencies, now: run.now });
  run.problems.push(...mapped.problems);
  return mapped;
}

async function collect<T>(pages: Pages<T>): Promise<Pulled<T>> {
  const records: T[] = [];
  const problems: RecordProblem[] = [];
  for await (const page of pages) {
    records.push(...page.records);
    problems.push(...page.problems);
    if (records.length > MAX_CHANGES) throw new NeedsFullRunError("too many changes");
  }
  return { records, problems };
}
