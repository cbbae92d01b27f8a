// Stores what LDAP says of one school, in the caller's transaction, by the directory's own functions: difference, guard,
// rows, report, jobs. LDAP brings groups and their members only; people and roles are the directory's.
import type { Transaction } from "#lib/db/client.ts";
import { differenceOf, isEmpty, memberKey, type SchoolState } from "../difference.ts";
import { guardSchool, type Held, type HoldRule } from "../guard.ts";
import { keyOf, readHolds, settleHolds, writeHolds, type HoldRow } from "../holds.ts";
import { reportOf, type SchoolReport } from "../report.ts";
import { readGroupState } from "../state.ts";
import { applyDifference, findGroupsElsewhere } from "../store.ts";
import { doneBy, openOf } from "../store-school.ts";
import type { DirectoryProblem, SchoolChange, SchoolContent, SchoolDifference } from "../types.ts";
import type { DesiredLdapGroup } from "./ldap-groups.ts";
import type { Match } from "./people.ts";
import { holdSchool } from "./store.ts";

const SOURCE = "ldap";

export type LdapStore = {
  readonly match: Match;
  readonly runId: string;
  readonly now: Date;
  readonly onSchoolChanged: (tx: Transaction, change: SchoolChange) => Promise<number>;
};

export type StoredLdapSchool = {
  /** Those that only the database could tell. */
  readonly problems: readonly DirectoryProblem[];
  /** Null where nothing changed and nothing is held back. */
  readonly report: SchoolReport | null;
  readonly members: number;
  readonly held: readonly Held[];
  readonly difference: SchoolDifference;
  /** Groups that changed, or whose members did. */
  readonly groupIds: readonly string[];
};

export async function storeLdapSchool(
  store: LdapStore,
  tx: Transaction,
  schoolId: string,
  groups: readonly DesiredLdapGroup[],
): Promise<StoredLdapSchool> {
  if (!(await holdSchool(tx, schoolId))) {
    return { ...UNTOUCHED, problems: [{ recordType: "school", recordId: schoolId, reason: "unknownSchool" }] };
  }
  const { content, problems } = await readContent(store, tx, schoolId, groups);
  const ids = content.groups.map(({ id }) => id);
  const state = await readGroupState(tx, schoolId, SOURCE, ids);
  const found = differenceOf(state, content);
  const difference = { ...found, leaving: peopleWithoutGroup(state, content, found) };
  const holds = await readHolds(tx, [schoolId], SOURCE);
  // a group that came in part says nothing of who may go
  const isJudged = ({ kind }: HoldRow): boolean => kind === "groupRemoved" || content.unreadable.groups.length === 0;
  const guarded = guardSchool(difference, {
    isFirstSync: false, // what was not there is not removed
    people: new Set(membersThere(state).map(({ personId }) => personId)).size,
    groups: [...state.groups.values()].filter(({ hasLeft }) => !hasLeft).length,
    pupils: new Set(),
    released: new Set(holds.flatMap((row) => (row.status === "released" ? [keyOf(row)] : []))),
    open: holds.flatMap((row) => (row.status === "open" && !isJudged(row) ? openOf(row) : [])),
    hasLostAllMembers: state.members.length > 0 && content.members.length === 0,
    now: store.now,
  });
  const held = guarded.held.map((one) => ({ ...one, rule: OF_LDAP[one.rule] ?? one.rule }));
  await writeHolds(tx, schoolId, store.runId, held, SOURCE);
  const done = doneBy(guarded.allowed);
  await settleHolds(tx, holds, held, done, (row) => isJudged(row) || done.has(keyOf(row)));
  // nobody leaves the school by LDAP
  const allowed = { ...guarded.allowed, leaving: [] };
  const { groupIds } = await applyDifference(tx, schoolId, allowed, store.now, SOURCE);
  const jobs = groupIds.length === 0 ? 0 : await store.onSchoolChanged(tx, { schoolId, personIds: [], groupIds });
  const report = isEmpty(allowed) && held.length === 0 ? null : reportOf(allowed, held, jobs);
  return { problems, report, members: content.members.length, held, difference: allowed, groupIds };
}

const NOTHING: SchoolDifference = {
  people: { added: [], returned: [], changed: [] },
  affiliations: { added: [], redated: [], removed: [] },
  leaving: [],
  groups: { added: [], changed: [], removed: [] },
  members: { added: [], renewed: [], removed: [] },
};
const UNTOUCHED = { report: null, members: 0, held: [], difference: NOTHING, groupIds: [] } as const;

/** The same limits, in words of their own: whoever is in no group any more stays at the school. */
const OF_LDAP: Readonly<Partial<Record<HoldRule, HoldRule>>> = {
  peopleOfSchool: "ldapPeople",
  groupsOfSchool: "ldapGroups",
  noMembersLeft: "ldapMembers",
};

/** Of groups that have not ended. */
const membersThere = (state: SchoolState) =>
  state.members.filter(({ groupId }) => state.groups.get(groupId)?.hasLeft === false);

/** Who would be in no group of LDAP any more. */
function peopleWithoutGroup(
  state: SchoolState,
  content: SchoolContent,
  { groups, members }: SchoolDifference,
): readonly string[] {
  const ended = new Set(groups.removed);
  const removed = new Set(members.removed.map(memberKey));
  const staying = membersThere(state).filter((one) => !ended.has(one.groupId) && !removed.has(memberKey(one)));
  const present = new Set([...staying, ...content.members].map(({ personId }) => personId));
  return [...new Set(members.removed.map(({ personId }) => personId))].filter((id) => !present.has(id));
}

async function readContent(
  { match }: LdapStore,
  tx: Transaction,
  schoolId: string,
  groups: readonly DesiredLdapGroup[],
): Promise<{ readonly content: SchoolContent; readonly problems: readonly DirectoryProblem[] }> {
  const wanted = groups.map(({ group: id, title, kind }) => ({ id, title, kind }));
  const elsewhere = await findGroupsElsewhere(tx, schoolId, wanted, SOURCE);
  const keys = new Set(groups.flatMap((group) => group.members.map((member) => member.key)));
  const known = await findByKey(tx, match, schoolId, [...keys]);
  const own = groups.filter(({ group }) => !elsewhere.has(group));
  const members = own.flatMap(({ group: groupId, members: named }) =>
    named.flatMap(({ key, role }) => {
      const personId = known.people.get(key);
      return personId === undefined ? [] : [{ groupId, personId, role, enrollmentId: "" }];
    }),
  );
  const isSure = [...known.problems.values()].every((reason) => reason !== "ambiguousPerson");
  const inPart = own.filter(({ isComplete }) => !isComplete || !isSure).map(({ group }) => group);
  const content: SchoolContent = {
    people: [],
    affiliations: [],
    groups: wanted.filter(({ id }) => !elsewhere.has(id)),
    // two keys may mean one person
    members: [...new Map(members.map((member) => [memberKey(member), member])).values()],
    problems: [],
    unreadable: { people: [], groups: inPart, enrollments: [] },
    removable: { people: true, groups: true, enrollments: true },
    modified: { people: new Map(), groups: new Map() },
  };
  const problems = [
    ...[...known.problems].map(([key, reason]) => {
      return { recordType: "person", recordId: key.slice(0, 255), reason, schoolId };
    }),
    ...[...elsewhere].map(([recordId, reason]) => ({ recordType: "group", recordId, reason, schoolId })),
  ];
  return { content, problems };
}

type PersonProblem = "unknownPerson" | "ambiguousPerson" | "notOfThisSchool";
type Known = {
  readonly people: ReadonlyMap<string, string>;
  readonly problems: ReadonlyMap<string, PersonProblem>;
};

async function findByKey(tx: Transaction, match: Match, schoolId: string, keys: readonly string[]): Promise<Known> {
  const column = match === "directoryId" ? "id" : match;
  const rows = await tx.person.findMany({
    where: { [column]: { in: [...keys] } },
    select: { id: true, subject: true, username: true, affiliations: { where: { schoolId }, take: 1 } },
  });
  const byKey = Map.groupBy(rows, (row) => row[column]);
  const people = new Map<string, string>();
  const problems = new Map<string, PersonProblem>();
  for (const key of keys) {
    const [first, second] = byKey.get(key) ?? [];
    if (first === undefined) problems.set(key, "unknownPerson");
    else if (second !== undefined) problems.set(key, "ambiguousPerson");
    else {
      people.set(key, first.id);
      // is noted as a member, and joins as soon as the directory says that the person belongs here
      if (first.affiliations.length === 0) problems.set(key, "notOfThisSchool");
    }
  }
  return { people, problems };
}
