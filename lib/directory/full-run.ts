// A full pull: every list of every school, and whatever is not there any more has gone. Each school is written in one
// transaction together with the jobs that follow from it; a school that could not be read as a whole stays as it was.
import type { Pulled } from "#lib/oneroster/client.ts";
import { isNotOffered } from "#lib/oneroster/errors.ts";
import type { OneRosterUser } from "#lib/oneroster/records.ts";
import { log } from "#lib/log/log.ts";
import { ALL_SCHOOLS, cursorAfter, forgetCursor, moveCursor, SCHOOL_LIST } from "./cursor.ts";
import { mergeLater } from "./later.ts";
import { atSchools } from "./organisations.ts";
import { mapSchool } from "./rules.ts";
import { clockOf, failureOf, HOPELESS, NeedsFullRunError, type Run } from "./run.ts";
import { trackSchools } from "./runs.ts";
import { readSchoolList, storeSchoolList } from "./school-list.ts";
import { filterUsers, stageUsers, type StagedUsers } from "./staging.ts";
import { storeSchool, type CursorOf } from "./store-school.ts";
import type { DirectoryProblem, SchoolContent } from "./types.ts";

const SCHOOL_TIMEOUT_MS = 120_000;

export async function pullEverything(run: Run): Promise<void> {
  const { db } = run.dependencies;
  const list = readSchoolList(run, await run.pull.schools(), true);
  const clock = clockOf(run);
  await storeSchoolList(run, list);
  const sizes = await db.affiliation.groupBy({ by: ["schoolId"], _count: true });
  const sizeOf = new Map(sizes.map((size) => [size.schoolId, size._count]));
  // those with the fewest known people first: a new school has its rooms soon, however large the others are
  const schoolIds = list.schools.map((school) => school.id).sort((a, b) => (sizeOf.get(a) ?? 0) - (sizeOf.get(b) ?? 0));
  const staged: { users?: StagedUsers } = {};
  const progress = await trackSchools(db, run.id, schoolIds.length);
  for (const schoolId of schoolIds) {
    const succeeded = await attempt(run, schoolId, async () => {
      await pullSchool(run, schoolId, clock, staged);
    });
    await progress.step();
    if (!succeeded && run.failure !== null && HOPELESS.has(run.failure)) return;
  }
  await decideAboutChanges(run, clock, schoolIds[0]);
}

/** One school, whole: on request, when it is new, or when changes alone do not say enough. */
export async function pullOneSchool(run: Run, schoolId: string): Promise<void> {
  await attempt(run, schoolId, async () => {
    await pullSchool(run, schoolId, run.pull.clock() ?? null, null);
  });
}

/** @returns whether the school was stored; otherwise the run says why */
export async function attempt(run: Run, schoolId: string, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof NeedsFullRunError) throw error;
    const failure = failureOf(error);
    run.failure = failure;
    run.problems.push({ recordType: "school", recordId: schoolId, reason: failure, schoolId });
    log.error({ err: error, schoolId, failure }, "school not synced");
    return false;
  }
}

export type MappedSchool = { readonly content: SchoolContent; readonly cursorOf: CursorOf };

/** @param staged holds the people of all schools if the server only has one list of them; null reads that list for one */
export async function readSchool(
  run: Run,
  schoolId: string,
  clock: Date | null,
  staged: { users?: StagedUsers } | null,
): Promise<MappedSchool> {
  const users = await readUsers(run, schoolId, staged);
  const classes = await run.pull.classes(schoolId);
  const enrollments = await run.pull.enrollments(schoolId);
  const located: Pulled<OneRosterUser> = {
    ...users,
    records: users.records.map((user) => atSchools(user, run.schoolOf)),
  };
  const atSchool = classes.records.map((group) => ({
    ...group,
    schoolId: run.schoolOf.get(group.schoolId) ?? group.schoolId,
  }));
  const records = { users: located, classes: { ...classes, records: atSchool }, enrollments };
  const content = mapSchool(schoolId, records, { ...run.dependencies, now: run.now });
  // the time before anything of it was read; where only one school is read, the server's first answer is the best we know
  const readAt = clock ?? clockOf(run);
  return { content, cursorOf: (problems) => cursorAfter(readAt, [...content.problems, ...problems]) };
}

async function readUsers(run: Run, schoolId: string, staged: { users?: StagedUsers } | null) {
  if (staged?.users === undefined) {
    const users = await run.pull.users(schoolId);
    if (users !== null) return users;
    if (staged === null) return await filterUsers(run, schoolId);
    staged.users = await stageUsers(run);
  }
  return await staged.users.of(schoolId);
}

async function pullSchool(
  run: Run,
  schoolId: string,
  clock: Date | null,
  staged: { users?: StagedUsers } | null,
): Promise<void> {
  const { content, cursorOf } = await readSchool(run, schoolId, clock, staged);
  await storeContent(run, schoolId, content, clock === null ? null : cursorOf);
  run.problems.push(...content.problems.filter((problem) => isNews(run, problem)));
}

/** A person without a readable school is a problem of every school that is read, and told once. */
function isNews(run: Run, problem: SchoolContent["problems"][number]): boolean {
  const key = `${problem.recordType}\n${problem.recordId}\n${problem.reason}`;
  if (run.told.has(key)) return false;
  run.told.add(key);
  return true;
}

/** @returns problems that only the database could tell */
export async function storeContent(
  run: Run,
  schoolId: string,
  content: SchoolContent,
  cursorOf: CursorOf | null,
): Promise<readonly DirectoryProblem[]> {
  const { db } = run.dependencies;
  const isDeferred = run.deferredCursors.has(schoolId);
  const options = { cursorOf: isDeferred ? null : cursorOf, removals: "later" } as const;
  const stored = await db.$transaction((tx) => storeSchool(run, tx, schoolId, content, options), {
    timeout: SCHOOL_TIMEOUT_MS,
  });
  if (isDeferred && cursorOf !== null) run.deferredCursors.set(schoolId, cursorOf(stored.problems));
  const { counts } = run;
  const { difference, applied, held } = stored;
  run.problems.push(...stored.problems);
  run.later.set(schoolId, mergeLater(run.later.get(schoolId), stored.later, content));
  run.heldRemovals.push(
    ...held.flatMap(({ kind, personId }) =>
      kind === "personRemoved" && personId !== null ? [{ personId, schoolId }] : [],
    ),
  );
  counts.people += content.people.length;
  counts.groups += content.groups.length;
  counts.members += content.members.length;
  counts.peopleChanged += applied.personIds.length;
  counts.affiliationsChanged +=
    difference.affiliations.added.length +
    difference.affiliations.redated.length +
    difference.affiliations.removed.length;
  counts.groupsChanged += applied.groupIds.length;
  counts.membersChanged += difference.members.added.length + difference.members.removed.length;
  counts.held += held.length;
  counts.jobs += stored.report.jobs;
  return stored.problems;
}

/** Finds out how the next runs can ask for changes only, and leaves the cursors that they go by. */
async function decideAboutChanges(run: Run, clock: Date, sampleSchoolId: string | undefined): Promise<void> {
  if (run.failure !== null || sampleSchoolId === undefined) return;
  const { db } = run.dependencies;
  try {
    const scope = await run.pull.findFilterScope(sampleSchoolId);
    const cursorAt = cursorAfter(clock, run.problems);
    await db.$transaction(async (tx) => {
      if (scope === "topLevel") await moveCursor(tx, ALL_SCHOOLS, cursorAt);
      else await forgetCursor(tx, ALL_SCHOOLS);
      if (scope === "none") await forgetCursor(tx, SCHOOL_LIST);
    });
  } catch (error) {
    if (!isNotOffered(error)) run.failure = failureOf(error);
    log.warn({ err: error }, "filters not tried");
  }
}
