// Stores what the source says of one school, in the caller's transaction: difference, guard, rows, jobs. Removals of
// people are handed back, because only the whole run knows whether there are too many of them.
import type { Transaction } from "#lib/db/client.ts";
import { moveCursor } from "./cursor.ts";
import { differenceOf, isEmpty } from "./difference.ts";
import { guardSchool, holdKey, splitLeaving, type Held } from "./guard.ts";
import { isKind, keyOf, readHolds, settleHolds, writeHolds, type HoldRow } from "./holds.ts";
import { adoptIntakePeople } from "./intake/adopt.ts";
import { reportOf, type SchoolReport } from "./report.ts";
import { NOTHING, stillLeaving, type Later } from "./later.ts";
import { EmptyAnswerError, type Run } from "./run.ts";
import { addReport } from "./runs.ts";
import { countSchool, findPupils, readState } from "./state.ts";
import {
  applyDifference,
  findGroupsElsewhere,
  findSubjectConflicts,
  FIRST_SYNC_SINCE,
  lockSchool,
  type Applied,
} from "./store.ts";
import { isStaff } from "#lib/policy/roles.ts";
import type { DirectoryProblem, SchoolContent, SchoolDifference } from "./types.ts";

/** Up to where the school has been read, if these could not be stored besides. */
export type CursorOf = (problems: readonly DirectoryProblem[]) => Date;

export type StoredSchool = {
  /** Those that only the database could tell. */
  readonly problems: readonly DirectoryProblem[];
  readonly report: SchoolReport;
  readonly later: Later;
  readonly held: readonly Held[];
  readonly difference: SchoolDifference;
  readonly applied: Applied;
};

/**
 * @param options.cursorOf the school's cursor after the problems that only the database tells; moved here, or with the removals if there are any
 * @param options.removals "now" for a dry run, which judges the limit of the state afterwards
 */
export async function storeSchool(
  run: Run,
  tx: Transaction,
  schoolId: string,
  mapped: SchoolContent,
  { cursorOf, removals }: { readonly cursorOf: CursorOf | null; readonly removals: "now" | "later" },
): Promise<StoredSchool> {
  const { isFirstSync, hadPupils } = await lockSchool(tx, schoolId);
  const isWhole = mapped.named === undefined;
  if (run.hasIntakePeople) await adoptIntakePeople(tx, mapped.people);

  const taken = await findSubjectConflicts(tx, mapped.people);
  const elsewhere = await findGroupsElsewhere(tx, schoolId, mapped.groups);
  const content = withoutConflicts(mapped, taken, new Set(elsewhere.keys()));
  const state = await readState(tx, schoolId, content, { isFirst: isWhole && isFirstSync });
  const isKnownEmpty = isWhole && state.affiliations.length === 0;
  // a school that nobody has been entered for is empty each time; one that had people has not lost them all
  if (isWhole && !isKnownEmpty && mapped.people.length === 0) throw new EmptyAnswerError("no people");
  // read while it was empty, so that its first people come now
  const isFirst = isFirstSync || isKnownEmpty;
  const difference = differenceOf(state, content);
  const isNew = isFirst && !hadPupils;
  const holds = isFirstSync && isNew ? [] : await readHolds(tx, [schoolId]);
  const { allowed, held } = guardSchool(difference, {
    isFirstSync: isFirst,
    ...(!isFirst && needsCounts(difference) ? await countSchool(tx, schoolId) : { people: 0, groups: 0 }),
    pupils: isNew ? new Set() : await findGainingPupils(tx, difference, content, run.now()),
    released: new Set(holds.flatMap((row) => (row.status === "released" ? [keyOf(row)] : []))),
    open: [
      ...holds.flatMap((row) => (row.status === "open" && !isJudged(row, content) ? openOf(row) : [])),
      // said by another part of this run
      ...stillLeaving(run.later.get(schoolId), content).map((item) => ({ kind: "personRemoved" as const, item })),
    ],
    hasLostAllMembers: isWhole && state.members.length > 0 && content.members.length === 0,
    now: run.now(),
  });
  const parts = removals === "later" ? splitLeaving(allowed) : { now: allowed, later: null };
  const problems = conflictProblems(schoolId, content, taken, elsewhere);
  const cursorAt = cursorOf?.(problems) ?? null;
  const later: Later = { difference: parts.later ?? NOTHING, holds, cursorAt };
  const waits = new Set(later.difference.leaving);

  const applied = await applyDifference(tx, schoolId, parts.now, isFirst ? FIRST_SYNC_SINCE : run.now());
  await writeHolds(tx, schoolId, run.id, held);
  const isSettledHere = (row: HoldRow): boolean =>
    isJudged(row, content) && !(isKind(row, "personRemoved") && waits.has(row.item));
  await settleHolds(tx, holds, held, doneBy(parts.now), isSettledHere);
  if (isWhole && isFirstSync) await tx.school.update({ where: { id: schoolId }, data: { firstSyncedAt: run.now() } });
  if (cursorAt !== null && waits.size === 0) await moveCursor(tx, schoolId, cursorAt);
  const only = isWhole ? {} : { only: { schoolRooms: changesSchoolRooms(parts.now, applied) } };
  const jobs = await run.dependencies.onSchoolChanged(tx, { ...applied, ...only });
  const report = reportOf(parts.now, held, jobs);
  if (!isEmpty(parts.now) || held.length > 0) await addReport(tx, run.id, schoolId, report);
  return {
    problems,
    report,
    later,
    held,
    difference: parts.now,
    applied,
  };
}

/** Whoever is hidden from now on may have been the only one to moderate the staff room. */
const changesSchoolRooms = ({ people }: SchoolDifference, { affected }: Applied): boolean =>
  affected.length > 0 ||
  people.added.length + people.returned.length > 0 ||
  people.changed.some(({ enabled }) => !enabled);

/** Keys of what a difference does that the guard may hold back. */
export function doneBy(difference: SchoolDifference): ReadonlySet<string> {
  return new Set([
    ...difference.leaving.map((item) => holdKey({ kind: "personRemoved", item })),
    ...difference.groups.removed.map((item) => holdKey({ kind: "groupRemoved", item })),
    ...difference.affiliations.added.map((gain) =>
      holdKey({ kind: "roleGained", item: `${gain.personId}\n${gain.role}` }),
    ),
    ...(difference.members.removed.length > 0 ? [holdKey({ kind: "membersRemoved", item: "all" })] : []),
  ]);
}

/** Whether the content says anything of what the row is about. */
function isJudged(row: HoldRow, { named }: SchoolContent): boolean {
  if (isKind(row, "schoolRemoved")) return false;
  if (named === undefined) return true;
  if (isKind(row, "personRemoved")) return named.people.has(row.item);
  if (isKind(row, "roleGained")) return named.people.has(row.item.slice(0, row.item.lastIndexOf("\n")));
  return isKind(row, "groupRemoved") && named.groups.has(row.item);
}

/** As the guard counts it. */
export function openOf(row: HoldRow): readonly Pick<Held, "kind" | "item">[] {
  const kinds = ["personRemoved", "groupRemoved", "membersRemoved", "roleGained"] as const;
  return kinds.filter((kind) => kind === row.kind).map((kind) => ({ kind, item: row.item }));
}

const needsCounts = ({ leaving, groups, affiliations }: SchoolDifference): boolean =>
  leaving.length > 0 || groups.removed.length > 0 || affiliations.added.some(({ role }) => isStaff(role));

async function findGainingPupils(
  tx: Transaction,
  { affiliations }: SchoolDifference,
  content: SchoolContent,
  now: Date,
): Promise<ReadonlySet<string>> {
  const gaining = new Set(affiliations.added.flatMap(({ personId, role }) => (isStaff(role) ? [personId] : [])));
  const said = content.affiliations.flatMap(({ personId, role }) =>
    role === "student" && gaining.has(personId) ? [personId] : [],
  );
  return new Set([...said, ...(await findPupils(tx, [...gaining], now))]);
}

function withoutConflicts(
  content: SchoolContent,
  people: ReadonlySet<string>,
  groups: ReadonlySet<string>,
): SchoolContent {
  if (people.size === 0 && groups.size === 0) return content;
  const { named } = content;
  return {
    ...content,
    people: content.people.filter((person) => !people.has(person.id)),
    affiliations: content.affiliations.filter((held) => !people.has(held.personId)),
    groups: content.groups.filter((group) => !groups.has(group.id)),
    members: content.members.filter((member) => !people.has(member.personId) && !groups.has(member.groupId)),
    unreadable: { ...content.unreadable, people: [...content.unreadable.people, ...people] },
    ...(named && {
      named: { ...named, people: named.people.difference(people), groups: named.groups.difference(groups) },
    }),
  };
}

function conflictProblems(
  schoolId: string,
  { modified }: SchoolContent,
  people: ReadonlySet<string>,
  groups: ReadonlyMap<string, string>,
): readonly DirectoryProblem[] {
  const ofPeople = [...people].map((recordId) => ({
    ...{ recordType: "user", recordId, reason: "subjectTaken", schoolId },
    modifiedAt: modified.people.get(recordId) ?? null,
  }));
  const ofGroups = [...groups].map(([recordId, reason]) => ({
    ...{ recordType: "class", recordId, reason, schoolId },
    modifiedAt: modified.groups.get(recordId) ?? null,
  }));
  return [...ofPeople, ...ofGroups];
}
