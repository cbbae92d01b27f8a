// How managed rooms should be (design §6): who is in them, who moderates, and what they begin with. Pure.
import { hasStaffRole } from "#lib/policy/roles.ts";
import type { CreateRoom, StateEvent } from "#lib/matrix/rooms.ts";
import { initialPowerLevels, MEMBER_LEVEL, MODERATOR_LEVEL, type LevelSettings } from "./levels.ts";
import type {
  DesiredMember,
  DesiredMode,
  DesiredRoom,
  GroupPerson,
  ManagedKind,
  RoomCandidate,
  RoomMode,
} from "./types.ts";

const ROOM_VERSION = "11";
const ENCRYPTED: ReadonlySet<ManagedKind> = new Set(["channel", "staffroom"]);
const ROOM_TYPES: Readonly<Partial<Record<ManagedKind, string>>> = {
  // the published client hides rooms of this type; a school marker would bring them back into a tab
  group: "m.scgroup",
  space: "m.space",
};

/**
 * Who may moderate a group's room: teacher of the group by enrollment, or moderator by the source's word, **and** staff
 * of the school. An enrollment alone makes nobody a moderator.
 */
export function levelOf(
  person: Pick<GroupPerson, "enrollmentRoles" | "schoolRoles"> & { readonly isModerator?: boolean },
): number {
  const isNamed = person.enrollmentRoles.includes("teacher") || person.isModerator === true;
  return isNamed && hasStaffRole(person.schoolRoles) ? MODERATOR_LEVEL : MEMBER_LEVEL;
}

/** People of a group who still belong to its school. */
export function groupMembers(people: readonly GroupPerson[]): readonly DesiredMember[] {
  return people
    .filter((person) => person.schoolRoles.length > 0 || person.isNamedBySource)
    .map((person) => memberAt(person, levelOf(person)));
}

/** All teachers, and the management that moderates them; without management the teachers moderate themselves. */
export function staffroomMembers(people: readonly RoomCandidate[]): readonly DesiredMember[] {
  const isManager = (person: RoomCandidate): boolean => person.schoolRoles.includes("schoolManagement");
  const managed = people.some((person) => isManager(person) && person.account !== "unusable");
  return people
    .filter((person) => isManager(person) || person.schoolRoles.includes("teacher"))
    .map((person) => memberAt(person, !managed || isManager(person) ? MODERATOR_LEVEL : MEMBER_LEVEL));
}

/**
 * Everybody of the school, written to by management and teachers. Not people under an Auskunftssperre: everyone sees
 * everyone in the member list.
 */
export function announcementsMembers(people: readonly RoomCandidate[]): readonly DesiredMember[] {
  return everybody(people).map((person) => {
    const writes = person.schoolRoles.includes("schoolManagement") || person.schoolRoles.includes("teacher");
    return memberAt(person, writes ? MODERATOR_LEVEL : MEMBER_LEVEL);
  });
}

/** Everybody, for the same reason without people under an Auskunftssperre; nobody moderates a space. */
export function spaceMembers(people: readonly RoomCandidate[]): readonly DesiredMember[] {
  return everybody(people).map((person) => memberAt(person, MEMBER_LEVEL));
}

function everybody(people: readonly RoomCandidate[]): readonly RoomCandidate[] {
  return people.filter((person) => person.schoolRoles.length > 0 && !person.isProtected);
}

function memberAt({ personId, localpart, account }: RoomCandidate, level: number): DesiredMember {
  return { personId, localpart, level, mayJoin: account === "active" };
}

export type RoomWish = {
  readonly kind: ManagedKind;
  readonly name: string;
  readonly topic: string | null;
  readonly mode: DesiredMode;
  readonly children: readonly string[];
  /** Members of the room's group; empty for a room of the whole school. */
  readonly groupPeople: readonly GroupPerson[];
  readonly schoolPeople: readonly RoomCandidate[];
};

export function desiredRoom({ groupPeople, schoolPeople, ...room }: RoomWish): DesiredRoom {
  const members = {
    group: () => groupMembers(groupPeople),
    channel: () => groupMembers(groupPeople),
    staffroom: () => staffroomMembers(schoolPeople),
    announcements: () => announcementsMembers(schoolPeople),
    space: () => spaceMembers(schoolPeople),
  }[room.kind]();
  return { ...room, members };
}

export type RoomToCreate = {
  readonly kind: ManagedKind;
  readonly mode: RoomMode;
  readonly alias: string;
  readonly name: string;
  readonly topic: string | null;
  readonly provisioner: string;
  readonly moderators: readonly string[];
};

/** State that no human may change in a managed room, and that a verification restores. */
export function fixedState(kind: ManagedKind): readonly StateEvent[] {
  const state = (type: string, content: object): StateEvent => ({ type, state_key: "", content });
  return [
    state("m.room.join_rules", { join_rule: "invite" }),
    state("m.room.history_visibility", { history_visibility: "shared" }),
    // the preset would let guests in
    state("m.room.guest_access", { guest_access: "forbidden" }),
    ...(ENCRYPTED.has(kind) ? [state("m.room.encryption", { algorithm: "m.megolm.v1.aes-sha2" })] : []),
  ];
}

export function createRequest(room: RoomToCreate, settings: LevelSettings): CreateRoom {
  const type = ROOM_TYPES[room.kind];
  return {
    room_alias_name: room.alias,
    name: room.name,
    ...(room.topic !== null && room.topic !== "" && { topic: room.topic }),
    preset: "private_chat",
    visibility: "private",
    room_version: ROOM_VERSION,
    creation_content: { "m.federate": false, ...(type !== undefined && { type }) },
    power_level_content_override: initialPowerLevels(room, settings),
    initial_state: fixedState(room.kind),
  };
}
