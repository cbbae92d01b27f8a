// The guard of design §6: which changes of one sync are held back until somebody releases them who gains nothing by it.
// A broken or captured source must neither empty schools nor make staff of pupils. Pure.
import { isStaff, type Role } from "#lib/policy/roles.ts";
import { memberKey } from "./difference.ts";
import type { SchoolDifference } from "./types.ts";

export const HOLD_KINDS = ["personRemoved", "groupRemoved", "membersRemoved", "roleGained", "schoolRemoved"] as const;
export type HoldKind = (typeof HOLD_KINDS)[number];

/** Which limit held a change back; texts are translated when shown. */
export const HOLD_RULES = [
  "peopleOfSchool",
  "groupsOfSchool",
  "noMembersLeft",
  "pupilBecomesStaff",
  "newStaff",
  "peopleOfState",
  "schoolsOfState",
  "ldapPeople",
  "ldapGroups",
  "ldapMembers",
] as const;
export type HoldRule = (typeof HOLD_RULES)[number];

export type Held = {
  readonly kind: HoldKind;
  /** Of what; with the kind it names the change at its school. */
  readonly item: string;
  readonly rule: HoldRule;
  readonly personId: string | null;
  readonly groupId: string | null;
  readonly role: Role | null;
};

export const holdKey = ({ kind, item }: Pick<Held, "kind" | "item">): string => `${kind}\n${item}`;

export type GuardFacts = {
  /**
   * A school's first sync is exempt: it is shown as a dry run to whoever switches the school on. To a school that was gone
   * and comes back nobody who has left it as a pupil comes back as staff.
   */
  readonly isFirstSync: boolean;
  /** Before the sync. */
  readonly people: number;
  readonly groups: number;
  /** Of the people who gain a role: those who are pupils anywhere, or were lately. */
  readonly pupils: ReadonlySet<string>;
  /** Keys of what was released (holdKey). */
  readonly released: ReadonlySet<string>;
  /** Held back by earlier runs and still open: they count, or many small steps would pass. */
  readonly open: readonly Pick<Held, "kind" | "item">[];
  /** The source names no member of any group, although there are some. */
  readonly hasLostAllMembers: boolean;
  readonly now: Date;
};

export type Guarded = { readonly allowed: SchoolDifference; readonly held: readonly Held[] };

const PEOPLE = { atLeast: 5, share: 0.1 };
const GROUPS = { atLeast: 0, share: 0.1 };
const NEW_STAFF = { atLeast: 3, share: 0.05 };
/**
 * The floor is that of a school, and not one of design §6: a state of less than fifty people, as a pilot is, could
 * otherwise not lose a single one without a release by the state. It counts up to 250 people only, and so few who leave
 * empty neither a school nor a state; the limit of each school holds besides.
 */
const STATE_PEOPLE = { atLeast: 5, share: 0.02 };
const STATE_SCHOOLS = { atLeast: 0, share: 0.01 };
/** Classes are replaced around the turn of the school year, first to last month of it. */
const SCHOOL_YEAR_MONTHS = { first: 7, last: 9 };

type Limit = { readonly atLeast: number; readonly share: number };
const exceeds = (count: number, of: number, { atLeast, share }: Limit): boolean =>
  count > Math.max(atLeast, of * share);

export function guardSchool(difference: SchoolDifference, facts: GuardFacts): Guarded {
  const held: Held[] = facts.isFirstSync
    ? [...heldGains(difference, facts)]
    : [
        ...heldPeople(difference, facts),
        ...heldGroups(difference, facts),
        ...heldGains(difference, facts),
        ...heldMembers(difference, facts),
      ];
  return { allowed: without(difference, held), held };
}

/** Whether the whole run would remove too many people of the state: then all removals that are left are held back. */
export const removesTooManyPeople = (count: number, ofState: number): boolean => exceeds(count, ofState, STATE_PEOPLE);
export const removesTooManySchools = (count: number, ofState: number): boolean =>
  exceeds(count, ofState, STATE_SCHOOLS);

export const personRemoval = (personId: string, rule: HoldRule): Held => ({
  kind: "personRemoved",
  item: personId,
  rule,
  personId,
  groupId: null,
  role: null,
});
export const schoolRemoval = (schoolId: string): Held => ({
  kind: "schoolRemoved",
  item: schoolId,
  rule: "schoolsOfState",
  personId: null,
  groupId: null,
  role: null,
});

/** Of the kind: what this sync would do, and what is open besides. */
function counted(kind: HoldKind, items: readonly string[], facts: GuardFacts): number {
  const open = facts.open.flatMap((held) => (held.kind === kind ? [held.item] : []));
  return new Set([...items, ...open]).size;
}

const unreleased = (kind: HoldKind, items: readonly string[], { released }: GuardFacts): readonly string[] =>
  items.filter((item) => !released.has(holdKey({ kind, item })));

function heldPeople({ leaving }: SchoolDifference, facts: GuardFacts): readonly Held[] {
  const items = unreleased("personRemoved", leaving, facts);
  if (items.length === 0 || !exceeds(counted("personRemoved", items, facts), facts.people, PEOPLE)) return [];
  return items.map((personId) => personRemoval(personId, "peopleOfSchool"));
}

function heldGroups({ groups }: SchoolDifference, facts: GuardFacts): readonly Held[] {
  const items = unreleased("groupRemoved", groups.removed, facts);
  if (items.length === 0 || !exceeds(counted("groupRemoved", items, facts), facts.groups, GROUPS)) return [];
  const month = facts.now.getUTCMonth() + 1;
  const isTurnOfYear = month >= SCHOOL_YEAR_MONTHS.first && month <= SCHOOL_YEAR_MONTHS.last;
  if (isTurnOfYear && groups.added.length >= items.length) return [];
  return items.map((groupId) => ({
    kind: "groupRemoved",
    item: groupId,
    rule: "groupsOfSchool",
    personId: null,
    groupId,
    role: null,
  }));
}

function heldGains({ affiliations }: SchoolDifference, facts: GuardFacts): readonly Held[] {
  const gains = affiliations.added
    .filter(({ role }) => isStaff(role))
    .map((held) => ({ ...held, item: `${held.personId}\n${held.role}` }))
    .filter(({ item }) => !facts.released.has(holdKey({ kind: "roleGained", item })));
  const openPeople = facts.open.flatMap(({ kind, item }) =>
    kind === "roleGained" ? [item.slice(0, item.lastIndexOf("\n"))] : [],
  );
  const people = new Set([...gains.map(({ personId }) => personId), ...openPeople]);
  const tooMany = !facts.isFirstSync && exceeds(people.size, facts.people, NEW_STAFF);
  return gains.flatMap(({ personId, role, item }) => {
    const isPupil = facts.pupils.has(personId);
    if (!isPupil && !tooMany) return [];
    const rule = isPupil ? "pupilBecomesStaff" : "newStaff";
    return [{ kind: "roleGained", item, rule, personId, groupId: null, role }];
  });
}

/** Not one of design §6: a list of enrollments that came back empty is more often a fault than a school without classes. */
function heldMembers({ members }: SchoolDifference, facts: GuardFacts): readonly Held[] {
  const item = "all";
  if (!facts.hasLostAllMembers || facts.released.has(holdKey({ kind: "membersRemoved", item }))) return [];
  if (members.removed.length === 0) return [];
  return [{ kind: "membersRemoved", item, rule: "noMembersLeft", personId: null, groupId: null, role: null }];
}

/** The difference but for what is held: whoever it concerns stays as they are, in roles and groups. */
export function without(difference: SchoolDifference, held: readonly Held[]): SchoolDifference {
  if (held.length === 0) return difference;
  const of = (kind: HoldKind) => new Set(held.flatMap((change) => (change.kind === kind ? [change.item] : [])));
  const staying = of("personRemoved");
  const keptGroups = of("groupRemoved");
  const heldRoles = of("roleGained");
  const gainers = new Set(held.flatMap(({ kind, personId }) => (kind === "roleGained" ? [personId] : [])));
  const isHeldRole = ({ personId, role }: { readonly personId: string; readonly role: Role }): boolean =>
    heldRoles.has(`${personId}\n${role}`);
  const added = difference.affiliations.added.filter((gain) => !isHeldRole(gain));
  const withRole = new Set(added.map(({ personId }) => personId));
  const { people } = difference;
  const arriving = new Set([...people.added, ...people.returned].map(({ id }) => id));
  /** New or back, and nothing but held roles: not written at all, or they would be people without a school. */
  const isWaiting = (personId: string): boolean =>
    gainers.has(personId) && arriving.has(personId) && !withRole.has(personId);
  const keepsMembers = of("membersRemoved").size > 0;
  return {
    people: {
      added: people.added.filter(({ id }) => !isWaiting(id)),
      returned: people.returned.filter(({ id }) => !isWaiting(id)),
      changed: people.changed,
    },
    affiliations: {
      ...difference.affiliations,
      added,
      // whoever waits for a new role keeps the old ones meanwhile
      removed: difference.affiliations.removed.filter(
        ({ personId }) => !staying.has(personId) && !gainers.has(personId),
      ),
    },
    leaving: difference.leaving.filter((id) => !staying.has(id) && !gainers.has(id)),
    groups: { ...difference.groups, removed: difference.groups.removed.filter((id) => !keptGroups.has(id)) },
    members: {
      ...difference.members,
      added: difference.members.added.filter(({ personId }) => !isWaiting(personId)),
      removed: keepsMembers ? [] : difference.members.removed.filter(({ personId }) => !staying.has(personId)),
    },
  };
}

/** What a difference says of people who leave, apart: it waits until the whole run is known. */
export function splitLeaving(difference: SchoolDifference): {
  readonly now: SchoolDifference;
  readonly later: SchoolDifference;
} {
  const leaving = new Set(difference.leaving);
  const isLeaving = ({ personId }: { readonly personId: string }): boolean => leaving.has(personId);
  const { affiliations, members } = difference;
  const later = members.removed.filter(isLeaving);
  const laterKeys = new Set(later.map(memberKey));
  return {
    now: {
      ...difference,
      leaving: [],
      affiliations: { ...affiliations, removed: affiliations.removed.filter((held) => !isLeaving(held)) },
      members: { ...members, removed: members.removed.filter((member) => !laterKeys.has(memberKey(member))) },
    },
    later: {
      people: { added: [], returned: [], changed: [] },
      affiliations: { added: [], redated: [], removed: affiliations.removed.filter(isLeaving) },
      leaving: difference.leaving,
      groups: { added: [], changed: [], removed: [] },
      members: { added: [], renewed: [], removed: later },
    },
  };
}
