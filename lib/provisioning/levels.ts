// Power levels of managed rooms: what each kind begins with, what a mode changes, and whose level is set. Pure.
import { isReadOnly, powerLevelsSchema, type PowerLevels } from "#lib/rooms/power-levels.ts";
import type { ManagedKind, RecordedMode, RoomMode } from "./types.ts";

/** No human can have it, so no human can demote or remove the provisioner. */
export const PROVISIONER_LEVEL = 150;
/** The published client calls exactly this level a moderator. */
export const MODERATOR_LEVEL = 100;
export const MEMBER_LEVEL = 0;
/** One above every human: only the provisioner. */
const NOBODY = 101;
/** What a moderator has and a member has not. */
const WRITER = 50;

export type LevelSettings = {
  /** Event type of a vote in the published client's polls: everybody may send it, also in a one-way room. */
  readonly pollVoteType: string;
};

/** Confirming and reacting is possible for everybody wherever somebody writes. */
function everybodysTypes({ pollVoteType }: LevelSettings): Readonly<Record<string, number>> {
  return {
    "m.reaction": MEMBER_LEVEL,
    "edu.matrix.klassenfunk.read_receipt": MEMBER_LEVEL,
    [pollVoteType]: MEMBER_LEVEL,
  };
}

const BY_PROVISIONER = [
  "m.room.name",
  "m.room.join_rules",
  "m.room.history_visibility",
  "m.room.guest_access",
  "m.room.encryption",
  "m.room.canonical_alias",
  "m.room.tombstone",
  "m.room.server_acl",
];

export type RoomToLevel = {
  readonly kind: ManagedKind;
  readonly mode: RoomMode;
  readonly provisioner: string;
  readonly moderators: readonly string[];
};

export function initialPowerLevels(room: RoomToLevel, settings: LevelSettings): PowerLevels {
  const closed = Object.fromEntries(BY_PROVISIONER.map((type) => [type, PROVISIONER_LEVEL]));
  const users = {
    [room.provisioner]: PROVISIONER_LEVEL,
    ...Object.fromEntries(room.moderators.map((userId) => [userId, MODERATOR_LEVEL])),
  };
  if (room.mode === "silent") {
    return {
      users,
      events: { ...closed, "m.room.power_levels": PROVISIONER_LEVEL },
      users_default: MEMBER_LEVEL,
      ...{ events_default: NOBODY, state_default: NOBODY, invite: NOBODY, kick: NOBODY, ban: NOBODY, redact: NOBODY },
    };
  }
  return {
    users,
    events: { ...closed, "m.room.power_levels": MODERATOR_LEVEL, ...everybodysTypes(settings) },
    users_default: MEMBER_LEVEL,
    events_default: room.mode === "twoWay" ? MEMBER_LEVEL : WRITER,
    ...{ state_default: WRITER, invite: WRITER, kick: WRITER, ban: WRITER, redact: WRITER },
  };
}

/** Everything in which a room of this mode must be as we made it, whatever a moderator may change besides. */
function requiredLevels(kind: ManagedKind, mode: Exclude<RoomMode, "readOnly">, settings: LevelSettings) {
  const fresh = initialPowerLevels({ kind, mode, provisioner: "", moderators: [] }, settings);
  const { users: _nobody, events, ...defaults } = fresh;
  return { events: events ?? {}, defaults };
}

/**
 * Power levels with whatever the mode demands; users, and what a moderator has added, stay.
 * @returns the same object if nothing is to be changed
 */
export function withMode(
  present: PowerLevels,
  kind: ManagedKind,
  mode: Exclude<RoomMode, "readOnly">,
  settings: LevelSettings,
): PowerLevels {
  const { events, defaults } = requiredLevels(kind, mode, settings);
  const isKept =
    Object.entries(defaults).every(([key, value]) => present[key] === value) &&
    Object.entries(events).every(([type, value]) => present.events?.[type] === value);
  return isKept ? present : { ...present, ...defaults, events: { ...present.events, ...events } };
}

/** Which mode these levels are; `drifted` if none. */
export function modeOf(present: PowerLevels, kind: ManagedKind, settings: LevelSettings): RecordedMode {
  const modes = kind === "group" || kind === "space" ? (["silent"] as const) : (["oneWay", "twoWay"] as const);
  const fitting = modes.find((mode) => withMode(present, kind, mode, settings) === present);
  return fitting ?? (isReadOnly(present) ? "readOnly" : "drifted");
}

/**
 * What a moderator has switched in the client, if that is all that differs from a mode of channels.
 * @returns null if nobody switched, or if more was changed
 */
export function switchedByModerator(
  present: PowerLevels,
  recorded: RecordedMode,
  settings: LevelSettings,
): "oneWay" | "twoWay" | null {
  if (recorded !== "oneWay" && recorded !== "twoWay") return null;
  const events = present.events_default ?? 0;
  const looked = events >= WRITER ? "oneWay" : "twoWay";
  if (looked === recorded) return null;
  const asMode = { ...present, events_default: looked === "oneWay" ? WRITER : MEMBER_LEVEL };
  return withMode(asMode, "channel", looked, settings) === asMode ? looked : null;
}

/**
 * Power levels with other levels for some people; what a moderator has changed besides stays.
 * @returns null if that changes nothing
 */
export function withLevels(present: PowerLevels, levels: ReadonlyMap<string, number>): PowerLevels | null {
  const before = Object.entries(present.users ?? {});
  const users = new Map(before);
  for (const [userId, level] of levels) {
    if (level === MEMBER_LEVEL) users.delete(userId);
    else users.set(userId, level);
  }
  const changed = JSON.stringify([...users]) !== JSON.stringify(before);
  return changed ? { ...present, users: Object.fromEntries(users) } : null;
}

/** Levels as Synapse tells them, or null if they cannot be read. */
export function readLevels(content: unknown): PowerLevels | null {
  return powerLevelsSchema.safeParse(content).data ?? null;
}
