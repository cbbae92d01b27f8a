// What the tables lack to say the same as the source, at one school. Pure: the sync writes it, the guard holds parts of
// it back, and the dry run shows it.
import type { Role } from "#lib/policy/roles.ts";
import type {
  DirectoryAffiliation,
  DirectoryGroup,
  DirectoryMember,
  DirectoryPerson,
  Membership,
  RoleAt,
  SchoolContent,
  SchoolDifference,
} from "./types.ts";

export type StoredPerson = Omit<DirectoryPerson, "localpart"> & { readonly source: string; readonly hasLeft: boolean };
export type StoredGroup = DirectoryGroup & { readonly hasLeft: boolean };

/** The part of the tables that the content speaks of. */
export type SchoolState = {
  readonly people: ReadonlyMap<string, StoredPerson>;
  readonly affiliations: readonly (RoleAt & { readonly since: Date })[];
  readonly groups: ReadonlyMap<string, StoredGroup>;
  readonly members: readonly DirectoryMember[];
};

/** A person known from several sources is this one's as soon as it names them. */
export const SOURCE = "oneroster";

export function differenceOf(state: SchoolState, content: SchoolContent): SchoolDifference {
  const affiliations = affiliationDifference(state, content);
  const removedGroups = goneGroups(state, content);
  const staying = new Set(content.affiliations.map((held) => held.personId));
  const removed = new Map<string, number>();
  for (const { personId } of affiliations.removed) removed.set(personId, (removed.get(personId) ?? 0) + 1);
  const held = new Map<string, number>();
  for (const { personId } of state.affiliations) held.set(personId, (held.get(personId) ?? 0) + 1);
  const leaving = [...removed].flatMap(([id, count]) => (!staying.has(id) && held.get(id) === count ? [id] : []));
  return {
    people: peopleDifference(state, content),
    affiliations,
    leaving,
    groups: {
      added: content.groups.filter(({ id }) => !state.groups.has(id)),
      changed: content.groups.filter((group) => {
        const stored = state.groups.get(group.id);
        return stored !== undefined && (stored.title !== group.title || stored.kind !== group.kind || stored.hasLeft);
      }),
      removed: removedGroups,
    },
    members: memberDifference(state, content, { groups: new Set(removedGroups), people: new Set(leaving) }),
  };
}

export function isEmpty(difference: SchoolDifference): boolean {
  const { people, affiliations, groups, members } = difference;
  return [people, affiliations, groups, members].every((part) =>
    Object.values(part).every((list: readonly unknown[]) => list.length === 0),
  );
}

function peopleDifference({ people: stored }: SchoolState, { people }: SchoolContent): SchoolDifference["people"] {
  const added: DirectoryPerson[] = [];
  const returned: DirectoryPerson[] = [];
  const changed: DirectoryPerson[] = [];
  for (const person of people) {
    const before = stored.get(person.id);
    if (before === undefined) added.push(person);
    else if (before.hasLeft) returned.push(person);
    else if (before.source !== SOURCE || COMPARED.some((key) => before[key] !== person[key])) {
      changed.push(person);
    }
  }
  return { added, returned, changed };
}

/** Not the localpart: whoever is known keeps it. */
const COMPARED = [
  "familyName",
  "givenName",
  "displayName",
  "username",
  "subject",
  "enabled",
  "email",
  "addressProtected",
] as const;

const roleKey = ({ personId, role }: { readonly personId: string; readonly role: Role }): string =>
  `${personId}\n${role}`;

function affiliationDifference(state: SchoolState, content: SchoolContent): SchoolDifference["affiliations"] {
  const stored = new Map(state.affiliations.map((held) => [roleKey(held), held]));
  const wanted = new Map(content.affiliations.map((held) => [roleKey(held), held]));
  const added: DirectoryAffiliation[] = [];
  const redated: DirectoryAffiliation[] = [];
  for (const [key, held] of wanted) {
    const before = stored.get(key);
    if (before === undefined) added.push(held);
    else if (held.beginDate !== null && held.beginDate.getTime() !== before.since.getTime()) redated.push(held);
  }
  const unreadable = new Set(content.unreadable.people);
  const removed = [...stored.values()].filter(
    (held) =>
      !wanted.has(roleKey(held)) &&
      (content.named === undefined
        ? content.removable.people && !unreadable.has(held.personId)
        : content.named.people.has(held.personId)),
  );
  return { added, redated, removed: removed.map(({ personId, role }) => ({ personId, role })) };
}

function goneGroups(state: SchoolState, content: SchoolContent): readonly string[] {
  const present = new Set(content.groups.map(({ id }) => id));
  const unreadable = new Set(content.unreadable.groups);
  return [...state.groups.values()]
    .filter(
      ({ id, hasLeft }) =>
        !hasLeft &&
        !present.has(id) &&
        (content.named === undefined ? content.removable.groups && !unreadable.has(id) : content.named.groups.has(id)),
    )
    .map(({ id }) => id);
}

export const memberKey = ({ groupId, personId, role }: Membership): string => `${groupId}\n${personId}\n${role}`;

/** A group that is gone keeps its members, so that its rooms stay as they are. */
function memberDifference(
  state: SchoolState,
  content: SchoolContent,
  gone: { readonly groups: ReadonlySet<string>; readonly people: ReadonlySet<string> },
): SchoolDifference["members"] {
  const stored = new Map(state.members.map((member) => [memberKey(member), member]));
  const wanted = new Map(content.members.map((member) => [memberKey(member), member]));
  const added: DirectoryMember[] = [];
  const renewed: DirectoryMember[] = [];
  for (const [key, member] of wanted) {
    const before = stored.get(key);
    if (before === undefined) added.push(member);
    else if (before.enrollmentId !== member.enrollmentId) renewed.push(member);
  }
  const { unreadable, removable, named } = content;
  const kept = {
    groups: new Set(unreadable.groups),
    people: new Set(unreadable.people),
    enrollments: new Set(unreadable.enrollments),
  };
  const isGone = (member: DirectoryMember): boolean => {
    if (gone.people.has(member.personId)) return true;
    if (named !== undefined) return named.enrollments.has(member.enrollmentId);
    return (
      removable.enrollments &&
      removable.people &&
      !kept.groups.has(member.groupId) &&
      !kept.people.has(member.personId) &&
      !kept.enrollments.has(member.enrollmentId)
    );
  };
  const removed = [...stored].flatMap(([key, member]) =>
    !wanted.has(key) && !gone.groups.has(member.groupId) && isGone(member)
      ? [{ groupId: member.groupId, personId: member.personId, role: member.role }]
      : [],
  );
  return { added, renewed, removed };
}
