// May one person contact another, and at which school: the policy's rule over the gate's facts. Pure.
import { groupReach, mayContact, mayOpenRooms } from "#lib/policy/contact.ts";
import { hasStaffRole, type Role } from "#lib/policy/roles.ts";
import type { Facts, GroupFacts, PersonFacts } from "./facts.ts";

const NO_ROLES: ReadonlySet<Role> = new Set();
/** They may contact people under a protected address at their school without sharing a class (design §7). */
const ADMINISTRATORS: readonly Role[] = ["orgAdmin", "schoolManagement"];

/** A person who takes part: known, not locked, not left. */
function activePerson(facts: Facts, localpart: string): PersonFacts | undefined {
  const person = facts.people.get(localpart);
  return person?.active === true ? person : undefined;
}

export function rolesAtSchool(facts: Facts, localpart: string, schoolId: string): ReadonlySet<Role> {
  return activePerson(facts, localpart)?.roles.get(schoolId) ?? NO_ROLES;
}

/** The school takes part now: state, school and directory have all switched it on. */
function isServed(facts: Facts, schoolId: string): boolean {
  return facts.schools.get(schoolId)?.served === true;
}

export function isStaffAt(facts: Facts, localpart: string, schoolId: string): boolean {
  return isServed(facts, schoolId) && hasStaffRole(rolesAtSchool(facts, localpart, schoolId));
}

/** May this person bind a room to this school? */
export function belongsTo(facts: Facts, localpart: string, schoolId: string): boolean {
  return isServed(facts, schoolId) && rolesAtSchool(facts, localpart, schoolId).size > 0;
}

export type GroupToAdd = {
  readonly actor: string;
  readonly groupId: string;
  readonly schoolId: string;
  /** Localparts of the room's joined moderators. */
  readonly moderators: readonly string[];
};

/** May `actor` add this group to a room of this school now (design §4.5)? */
export function mayAddGroup(facts: Facts, groups: GroupFacts, { actor, groupId, schoolId, moderators }: GroupToAdd) {
  const school = facts.schools.get(schoolId);
  const group = groups.get(groupId);
  if (school?.served !== true || !school.cells || group?.schoolId !== schoolId) return false;
  const reach = groupReach(school.cells, rolesAtSchool(facts, actor, schoolId));
  if (reach !== "own") return reach === "every";
  const isOwn = (person: string): boolean => group.members.has(person);
  return isOwn(actor) && moderators.some((person) => isOwn(person) && isStaffAt(facts, person, schoolId));
}

/** May `actor` bring somebody in whose address is protected? Everybody else comes with their group. */
export function mayBringProtected(facts: Facts, actor: string, other: string, schoolId: string): boolean {
  const person = activePerson(facts, other);
  return person !== undefined && reachesProtected(rolesAtSchool(facts, actor, schoolId), person, schoolId);
}

function reachesProtected(actor: ReadonlySet<Role>, other: PersonFacts, schoolId: string): boolean {
  if (!other.addressProtected) return true;
  return (
    ADMINISTRATORS.some((role) => actor.has(role)) || (hasStaffRole(actor) && other.sharedGroupSchools.has(schoolId))
  );
}

/** May `actor` contact `other` at this school now? */
export function mayContactAt(facts: Facts, actor: string, other: string, schoolId: string): boolean {
  const school = facts.schools.get(schoolId);
  const person = activePerson(facts, other);
  if (actor === other || school?.served !== true || !school.cells || !person) return false;
  const actorRoles = rolesAtSchool(facts, actor, schoolId);
  const otherRoles = rolesAtSchool(facts, other, schoolId);
  return mayContact(school.cells, actorRoles, otherRoles) && reachesProtected(actorRoles, person, schoolId);
}

/** The schools that take part, by id, at which `actor` may contact all of `others`. */
export function commonSchools(facts: Facts, actor: string, others: readonly string[]): string[] {
  const own = [...(facts.people.get(actor)?.roles.keys() ?? [])].filter((id) => belongsTo(facts, actor, id)).sort();
  return own.filter((schoolId) => others.every((other) => mayContactAt(facts, actor, other, schoolId)));
}

/** May this person open a room at any school? */
export function mayOpenRoom(facts: Facts, localpart: string): boolean {
  const person = activePerson(facts, localpart);
  return [...(person?.roles ?? [])].some(([schoolId, roles]) => {
    const cells = facts.schools.get(schoolId)?.cells;
    return isServed(facts, schoolId) && cells !== undefined && mayOpenRooms(cells, roles);
  });
}

/**
 * May `person` hold 50 or more: staff of the room's school, or the creator of a room made by a non-staff person
 * (design §5, power levels). Both are Matrix ids, because ids of other servers have no localpart to compare.
 */
export function mayModerate(
  facts: Facts,
  person: { readonly userId: string; readonly localpart: string },
  creator: { readonly userId: string; readonly localpart: string },
): boolean {
  const isCreator = person.userId === creator.userId;
  const { room } = facts;
  if (room) return isStaffAt(facts, person.localpart, room.schoolId) || (isCreator && !room.creatorWasStaff);
  if (isCreator) return true; // nobody but the provisioner was ever let into a room without a record
  const schools = [...(facts.people.get(creator.localpart)?.roles.keys() ?? [])];
  return schools.some((schoolId) => isStaffAt(facts, person.localpart, schoolId));
}

/** For the room's record: what the creator was there, even if locked by now. */
export function heldStaffRole(facts: Facts, localpart: string, schoolId: string): boolean {
  return hasStaffRole(facts.people.get(localpart)?.roles.get(schoolId) ?? NO_ROLES);
}

/** Where a room belongs after its first allowed invitation: its record, else the marker, else the smallest id. */
export function schoolOfInvitation(
  facts: Facts,
  inviter: string,
  invitee: string,
  marker: string | null,
): string | undefined {
  if (facts.room) return mayContactAt(facts, inviter, invitee, facts.room.schoolId) ? facts.room.schoolId : undefined;
  const allowed = commonSchools(facts, inviter, [invitee]);
  return marker !== null && allowed.includes(marker) ? marker : allowed[0];
}
