// A full pull of the directory. Each school is written in one transaction together with the jobs that follow from it; a
// school that could not be read as a whole stays as it was.
import type { Database, Transaction } from "#lib/db/client.ts";
import { correlationId, log } from "#lib/log/log.ts";
import type { DirectoryPull } from "#lib/oneroster/client.ts";
import { OneRosterError, type OneRosterFailure } from "#lib/oneroster/errors.ts";
import { holdFrame } from "#lib/policy/store.ts";
import { writeInitialVersion } from "#lib/policy/versions.ts";
import { mapSchool, type MappingOptions } from "./rules.ts";
import {
  findGroupsElsewhere,
  findGroupsOf,
  findSubjectConflicts,
  FIRST_SYNC_SINCE,
  lockSchool,
  writeAffiliations,
  writeGroups,
  writeLeavers,
  writeMembers,
  writePeople,
  writeSchools,
} from "./store.ts";
import { emptyCounts, finishRun, startRun, type SyncCounts } from "./runs.ts";
import type { DirectoryProblem, SchoolChange, SchoolContent } from "./types.ts";

export type SyncDependencies = MappingOptions & {
  readonly db: Database;
  readonly pull: () => DirectoryPull;
  /** The id that a school's `enabledServices` must hold. */
  readonly serviceId: string;
  /** Queues what follows from a change, in the same transaction. @returns how many jobs */
  readonly onSchoolChanged: (tx: Transaction, change: SchoolChange) => Promise<number>;
  readonly onPeopleLeft: (tx: Transaction, personIds: readonly string[]) => Promise<number>;
  readonly now?: () => Date;
};

/** Codes of failed runs: the source's own, and ours. */
export type SyncFailure = OneRosterFailure | "emptyAnswer" | "interrupted" | "unexpected";

export type SyncResult = {
  readonly runId: string;
  readonly failure: SyncFailure | null;
  readonly counts: SyncCounts;
  readonly problems: readonly DirectoryProblem[];
};

/** After these there is no point in asking for the next school. */
const HOPELESS: ReadonlySet<SyncFailure> = new Set(["unreachable", "unauthorised", "rateLimited"]);

/** An answer without people is a broken provider, not a school that everybody has left. */
class EmptyAnswerError extends Error {
  override readonly name = "EmptyAnswerError";
}

export async function syncDirectory(dependencies: SyncDependencies): Promise<SyncResult> {
  const runId = await startRun(dependencies.db, "oneroster", correlationId());
  const counts = emptyCounts();
  const problems: DirectoryProblem[] = [];
  let failure: SyncFailure | null = null;
  try {
    failure = await pullEverything(dependencies, counts, problems);
  } catch (error) {
    failure = failureOf(error);
    log.error({ err: error, runId, failure }, "directory sync failed");
  }
  await finishRun(dependencies.db, runId, { failure, counts, problems });
  log.info({ runId, failure, counts, problems: problems.length }, "directory sync finished");
  return { runId, failure, counts, problems };
}

async function pullEverything(
  dependencies: SyncDependencies,
  counts: SyncCounts,
  problems: DirectoryProblem[],
): Promise<SyncFailure | null> {
  const pull = dependencies.pull();
  const schoolIds = await syncSchools(dependencies, pull, counts, problems);
  let failure: SyncFailure | null = null;
  for (const schoolId of schoolIds) {
    try {
      await syncSchool(dependencies, pull, schoolId, counts, problems);
    } catch (error) {
      failure = failureOf(error);
      problems.push({ recordType: "school", recordId: schoolId, reason: failure });
      log.error({ err: error, schoolId, failure }, "school not synced");
      if (HOPELESS.has(failure)) return failure;
    }
  }
  await dependencies.db.$transaction(async (tx) => {
    const left = await writeLeavers(tx);
    counts.peopleLeft = left.length;
    counts.jobs += await dependencies.onPeopleLeft(tx, left);
  });
  return failure;
}

/** @returns ids of the schools to read, those with the fewest known people first */
async function syncSchools(
  { db, serviceId }: SyncDependencies,
  pull: DirectoryPull,
  counts: SyncCounts,
  problems: DirectoryProblem[],
): Promise<readonly string[]> {
  const pulled = await pull.schools();
  const schools = pulled.records.filter((school) => school.active && school.isSchool);
  if (schools.length === 0) throw new EmptyAnswerError("no school");
  problems.push(...pulled.problems);
  counts.schools = schools.length;
  const unreadable = pulled.problems.map((problem) => problem.recordId);
  await db.$transaction(async (tx) => {
    // before any school is locked, in the order in which a change of the frame locks them
    await holdFrame(tx);
    const created = await writeSchools(tx, schools, { serviceId, removeOthers: !unreadable.includes(""), unreadable });
    for (const schoolId of created) await writeInitialVersion(tx, schoolId);
  });
  const sizes = await db.affiliation.groupBy({ by: ["schoolId"], _count: true });
  const sizeOf = new Map(sizes.map((size) => [size.schoolId, size._count]));
  return schools.map((school) => school.id).sort((a, b) => (sizeOf.get(a) ?? 0) - (sizeOf.get(b) ?? 0));
}

async function syncSchool(
  dependencies: SyncDependencies,
  pull: DirectoryPull,
  schoolId: string,
  counts: SyncCounts,
  problems: DirectoryProblem[],
): Promise<void> {
  const users = await pull.users(schoolId);
  const classes = await pull.classes(schoolId);
  const enrollments = await pull.enrollments(schoolId);
  const mapped = mapSchool(schoolId, { users, classes, enrollments }, dependencies);
  const found = await dependencies.db.$transaction((tx) => writeSchool(dependencies, tx, schoolId, mapped, counts), {
    timeout: 120_000,
  });
  problems.push(...mapped.problems, ...found);
}

/** @returns problems that only the database could tell */
async function writeSchool(
  { now = () => new Date(), onSchoolChanged }: SyncDependencies,
  tx: Transaction,
  schoolId: string,
  mapped: SchoolContent,
  counts: SyncCounts,
): Promise<readonly DirectoryProblem[]> {
  const { isFirstSync } = await lockSchool(tx, schoolId);
  if (!isFirstSync && mapped.people.length === 0) throw new EmptyAnswerError("no people");

  const taken = await findSubjectConflicts(tx, mapped.people);
  const elsewhere = await findGroupsElsewhere(tx, schoolId, mapped.groups);
  const content = without(mapped, taken, elsewhere);

  const people = await writePeople(tx, content.people);
  const affiliations = await writeAffiliations(tx, schoolId, content, isFirstSync ? FIRST_SYNC_SINCE : now());
  const groups = await writeGroups(tx, schoolId, content);
  const members = await writeMembers(tx, schoolId, content);
  const touched = [...new Set([...people, ...affiliations.written, ...affiliations.removed])];
  const groupIds = [...new Set([...groups, ...members, ...(await findGroupsOf(tx, schoolId, touched))])];
  if (isFirstSync) await tx.school.update({ where: { id: schoolId }, data: { firstSyncedAt: now() } });
  const jobs = await onSchoolChanged(tx, { schoolId, personIds: people, groupIds });

  counts.people += content.people.length;
  counts.groups += content.groups.length;
  counts.members += content.members.length;
  counts.peopleChanged += people.length;
  counts.affiliationsChanged += affiliations.written.length + affiliations.removed.length;
  counts.groupsChanged += groupIds.length;
  counts.jobs += jobs;
  return [
    ...[...taken].map((recordId) => ({ recordType: "user", recordId, reason: "subjectTaken" })),
    ...[...elsewhere].map((recordId) => ({ recordType: "class", recordId, reason: "groupOfAnotherSchool" })),
  ];
}

function without(content: SchoolContent, people: ReadonlySet<string>, groups: ReadonlySet<string>): SchoolContent {
  if (people.size === 0 && groups.size === 0) return content;
  return {
    ...content,
    people: content.people.filter((person) => !people.has(person.id)),
    affiliations: content.affiliations.filter((held) => !people.has(held.personId)),
    groups: content.groups.filter((group) => !groups.has(group.id)),
    members: content.members.filter((member) => !people.has(member.personId) && !groups.has(member.groupId)),
    unreadable: { ...content.unreadable, people: [...content.unreadable.people, ...people] },
  };
}

function failureOf(error: unknown): SyncFailure {
  if (error instanceof OneRosterError) return error.code;
  return error instanceof EmptyAnswerError ? "emptyAnswer" : "unexpected";
}
