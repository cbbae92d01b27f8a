// How managed rooms and accounts should be (design §5, §6). Pure.
import { hasStaffRole } from "#lib/policy/roles.ts";
import type { CreateRoom, StateEvent } from "#lib/matrix/rooms.ts";
import type { DesiredMember, DesiredRoom, GroupPerson, ManagedKind } from "./types.ts";

/** No human can have it, so no human can demote or remove the provisioner. */
export const PROVISIONER_LEVEL = 150;
/** The published client calls exactly this level a moderator. */
export const MODERATOR_LEVEL = 100;
const MEMBER_LEVEL = 0;
/** One above every human: only the provisioner. */
const NOBODY = 101;
const ROOM_VERSION = "11";

/** Teacher of the group by enrollment **and** staff of the school: an enrollment alone makes nobody a moderator. */
export function levelOf(person: Pick<GroupPerson, "enrollmentRoles" | "schoolRoles">): number {
  return person.enrollmentRoles.includes("teacher") && hasStaffRole(person.schoolRoles)
    ? MODERATOR_LEVEL
    : MEMBER_LEVEL;
}

export function desiredRoom(kind: ManagedKind, title: string, people: readonly GroupPerson[]): DesiredRoom {
  const members = people
    .filter((person) => person.schoolRoles.length > 0)
    .map((person): DesiredMember => {
      const { personId, localpart, account } = person;
      return { personId, localpart, level: levelOf(person), mayJoin: account === "active" };
    });
  return { kind, name: title, members };
}

export type PowerLevels = {
  readonly users: Readonly<Record<string, number>>;
  readonly events: Readonly<Record<string, number>>;
} & Readonly<
  Record<"users_default" | "events_default" | "state_default" | "invite" | "kick" | "ban" | "redact", number>
>;

/** The anchor is hidden and only stands for the group; the channel is one-way: teachers write, everybody confirms and reacts. */
export function initialPowerLevels(kind: ManagedKind, provisioner: string, moderators: readonly string[]): PowerLevels {
  const users = {
    [provisioner]: PROVISIONER_LEVEL,
    ...Object.fromEntries(moderators.map((userId) => [userId, MODERATOR_LEVEL])),
  };
  const byProvisioner = ["m.room.name", "m.room.join_rules", "m.room.history_visibility", "m.room.guest_access"];
  const never = ["m.room.encryption", "m.room.canonical_alias", "m.room.tombstone", "m.room.server_acl"];
  const closed = Object.fromEntries([...byProvisioner, ...never].map((type) => [type, PROVISIONER_LEVEL]));
  if (kind === "group") {
    const events = { ...closed, "m.room.power_levels": PROVISIONER_LEVEL };
    return {
      users,
      events,
      users_default: MEMBER_LEVEL,
      events_default: NOBODY,
      state_default: NOBODY,
      invite: NOBODY,
      kick: NOBODY,
      ban: NOBODY,
      redact: NOBODY,
    };
  }
  return {
    users,
    events: {
      ...closed,
      "m.room.power_levels": MODERATOR_LEVEL,
      "m.reaction": MEMBER_LEVEL,
      "edu.matrix.klassenfunk.read_receipt": MEMBER_LEVEL,
    },
    users_default: MEMBER_LEVEL,
    events_default: 50,
    state_default: 50,
    invite: 50,
    kick: 50,
    ban: 50,
    redact: 50,
  };
}

export function createRequest(room: {
  readonly kind: ManagedKind;
  readonly alias: string;
  readonly name: string;
  readonly provisioner: string;
  readonly moderators: readonly string[];
}): CreateRoom {
  const { kind, alias, name, provisioner, moderators } = room;
  const state = (type: string, content: object): StateEvent => ({ type, state_key: "", content });
  return {
    room_alias_name: alias,
    name,
    preset: "private_chat",
    visibility: "private",
    room_version: ROOM_VERSION,
    // the published client hides rooms of this type; a school marker would bring them back into a tab
    creation_content: { "m.federate": false, ...(kind === "group" && { type: "m.scgroup" }) },
    power_level_content_override: initialPowerLevels(kind, provisioner, moderators),
    initial_state: [
      state("m.room.join_rules", { join_rule: "invite" }),
      state("m.room.history_visibility", { history_visibility: "shared" }),
      // the preset would let guests in
      state("m.room.guest_access", { guest_access: "forbidden" }),
      ...(kind === "channel" ? [state("m.room.encryption", { algorithm: "m.megolm.v1.aes-sha2" })] : []),
    ],
  };
}

/**
 * Power levels with other levels for some people; what a moderator has changed besides stays.
 * @returns null if that changes nothing
 */
export function withLevels(
  content: Readonly<Record<string, unknown>>,
  levels: ReadonlyMap<string, number>,
): Record<string, unknown> | null {
  const present = typeof content["users"] === "object" && content["users"] !== null ? content["users"] : {};
  const users = new Map<string, unknown>(Object.entries(present));
  for (const [userId, level] of levels) {
    if (level === MEMBER_LEVEL) users.delete(userId);
    else users.set(userId, level);
  }
  const changed = JSON.stringify([...users]) !== JSON.stringify(Object.entries(present));
  return changed ? { ...content, users: Object.fromEntries(users) } : null;
}

export type AccountFacts = {
  readonly displayName: string;
  readonly subject: string;
  readonly enabled: boolean;
  readonly hasLeft: boolean;
  /** At least one school of the person is served. */
  readonly isServed: boolean;
  readonly recorded: {
    readonly state: "absent" | "active" | "locked" | "deactivated" | "conflict";
    readonly displayName: string | null;
    /** False until Synapse was told, and again when the person's login has changed. */
    readonly isSynced: boolean;
  };
};

/** What is to be done with an account; a person whose account is as it should be costs no request. */
export type AccountStep = "nothing" | "lock" | "ensure";

export function accountStep(facts: AccountFacts): AccountStep {
  const { recorded } = facts;
  if (facts.hasLeft || !facts.enabled) return recorded.state === "active" ? "lock" : "nothing";
  // a school that is not served (any more) keeps what it has; its end is a life cycle of its own
  if (!facts.isServed) return "nothing";
  const isCurrent = recorded.state === "active" && recorded.isSynced && recorded.displayName === facts.displayName;
  return isCurrent ? "nothing" : "ensure";
}
