// The rows of the rule table that concern a room's settings (design §5): power levels, join rules, and everything of a
// createRoom request that can be judged without knowing people. Pure.
import { z } from "zod";
import { groupOfAlias } from "#lib/ids/aliases.ts";
import { PROVISIONER_LEVEL, type CreateRequest } from "./protocol.ts";

const HIGHEST_HUMAN_LEVEL = 100;
/** From here on a level lets its holder shape the room. */
export const MODERATOR_LEVEL = 50;

const level = z.number().int();
const powerLevelsSchema = z.looseObject({
  users: z.record(z.string(), level).optional(),
  users_default: level.optional(),
  state_default: level.optional(),
});
export type PowerLevels = z.infer<typeof powerLevelsSchema>;

export type PowerLevelsQuestion = {
  readonly content: unknown;
  /** The event in force, or null in a new room. */
  readonly current: unknown;
  readonly provisioner: string;
  /** May this person hold 50 or more here? Asked only for levels that are new or raised. */
  readonly mayModerate: (matrixUserId: string) => boolean;
};

/** Matrix ids whose level is 50 or more and was lower before: the people about whom the gate must know more. */
export function raisedModerators(content: unknown, current: unknown, provisioner: string): string[] {
  const after = powerLevelsSchema.safeParse(content);
  const before = powerLevelsSchema.safeParse(current ?? {});
  if (!after.success) return [];
  const was = before.success ? (before.data.users ?? {}) : {};
  return Object.entries(after.data.users ?? {})
    .filter(([user, now]) => user !== provisioner && now >= MODERATOR_LEVEL && now > (was[user] ?? 0))
    .map(([user]) => user);
}

/** The common bounds of a power-levels event and of createRoom's override. */
function withinBounds(levels: PowerLevels, provisioner: string): boolean {
  const humans = Object.entries(levels.users ?? {}).filter(([user]) => user !== provisioner);
  return (
    humans.every(([, value]) => value <= HIGHEST_HUMAN_LEVEL) &&
    (levels.users_default ?? 0) <= 0 &&
    (levels.state_default ?? MODERATOR_LEVEL) >= MODERATOR_LEVEL
  );
}

/**
 * 150 from the beginning on. An older room may be without the provisioner, and its adoption gives it what the strongest
 * member there has (`make_room_admin`); whatever it holds is never lowered.
 */
function provisionerKept(after: PowerLevels, before: PowerLevels | null, provisioner: string): boolean {
  const now = after.users?.[provisioner];
  if (before === null) return now === PROVISIONER_LEVEL;
  const was = before.users?.[provisioner];
  if (now === was) return true;
  return now !== undefined && now >= (was ?? 0) && now <= HIGHEST_HUMAN_LEVEL;
}

/** An integer where Matrix wants one is not enough of a check elsewhere: anything that does not parse is refused. */
export function powerLevelsAllowed({ content, current, provisioner, mayModerate }: PowerLevelsQuestion): boolean {
  const after = powerLevelsSchema.safeParse(content);
  const before = powerLevelsSchema.safeParse(current ?? {});
  if (!after.success || !before.success) return false;
  return (
    provisionerKept(after.data, current === null ? null : before.data, provisioner) &&
    withinBounds(after.data, provisioner) &&
    raisedModerators(content, current, provisioner).every(mayModerate)
  );
}

/** In a new room nothing but "invite": a group is added once the room has a school. */
export function initialJoinRulesAllowed(content: unknown): boolean {
  return z.object({ join_rule: z.literal("invite") }).safeParse(content).success;
}

const MAX_ENTRIES = 200;
const entrySchema = z.looseObject({ type: z.string(), room_id: z.string().max(255) });
const joinRulesSchema = z.discriminatedUnion("join_rule", [
  z.looseObject({ join_rule: z.literal("invite") }),
  z.looseObject({ join_rule: z.literal("restricted"), allow: z.array(entrySchema).max(MAX_ENTRIES).default([]) }),
]);
const presentRulesSchema = z.looseObject({ allow: z.array(z.unknown()).catch([]) });

/**
 * What a join rule lets in that the one before it did not, as it stands in the event: a group's alias where Matrix wants
 * a room id. Entries that were there may stay or go.
 * @returns undefined if the rule is not to be had at all
 */
export function addedRooms(content: unknown, current: unknown): string[] | undefined {
  const after = joinRulesSchema.safeParse(content);
  if (!after.success) return undefined;
  if (after.data.join_rule === "invite") return [];
  const before = presentRulesSchema.safeParse(current ?? {}).data?.allow ?? [];
  const keyOf = ({ type, room_id: room }: z.infer<typeof entrySchema>) => `${type} ${room}`;
  const known = new Set(before.flatMap((entry) => entrySchema.safeParse(entry).data ?? []).map(keyOf));
  const added = after.data.allow.filter((entry) => !known.has(keyOf(entry)));
  // another type of entry would let people in by a rule that nobody here knows
  if (added.some(({ type }) => type !== "m.room_membership")) return undefined;
  return [...new Set(added.map((entry) => entry.room_id))];
}

/** The groups that a room's join rules name by alias; anything else there is not ours. */
export function invitedGroups(content: unknown, serverName: string): GroupName[] {
  const rules = joinRulesSchema.safeParse(content);
  if (!rules.success || rules.data.join_rule === "invite") return [];
  return rules.data.allow.flatMap((entry) => groupOfRoomAlias(entry.room_id, serverName) ?? []);
}

export type GroupName = { readonly schoolId: string; readonly groupId: string };

/** `#<school>--<group>:<our server>`; undefined for genuine room ids and every other alias. */
export function groupOfRoomAlias(alias: string, serverName: string): GroupName | undefined {
  const suffix = `:${serverName}`;
  if (!alias.startsWith("#") || !alias.endsWith(suffix)) return undefined;
  return groupOfAlias(alias.slice(1, -suffix.length));
}

export function historyVisibilityAllowed(content: unknown): boolean {
  return z.object({ history_visibility: z.enum(["invited", "joined", "shared"]) }).safeParse(content).success;
}

export function guestAccessAllowed(content: unknown): boolean {
  return z.object({ guest_access: z.literal("forbidden") }).safeParse(content).success;
}

/** State that only the provisioner, or Synapse itself, ever puts into a room. */
const NEVER_INITIAL = new Set([
  "m.room.member",
  "m.room.third_party_invite",
  "m.room.power_levels", // would override the provisioner's level
  "m.room.create",
  "m.room.tombstone",
  "m.room.server_acl",
  "m.room.canonical_alias",
  "m.room.aliases",
]);

const INITIAL_RULES: Readonly<Record<string, (content: unknown) => boolean>> = {
  "m.room.join_rules": initialJoinRulesAllowed,
  "m.room.history_visibility": historyVisibilityAllowed,
  "m.room.guest_access": guestAccessAllowed,
};

/** Room versions from 12 on give the creator a power that nobody can take back. */
const ROOM_VERSION = /^([1-9]|1[01])$/;
const PRESETS = new Set(["private_chat", "trusted_private_chat"]);
const CREATION_KEYS = new Set(["m.federate"]);

/** Everything of a createRoom request but people. */
export function createSettingsAllowed(request: CreateRequest, provisioner: string): boolean {
  const override = powerLevelsSchema.safeParse(request.power_level_content_override ?? {});
  return (
    (request.visibility ?? "private") === "private" &&
    (request.preset === undefined || PRESETS.has(request.preset)) &&
    (request.room_version === undefined || ROOM_VERSION.test(request.room_version)) &&
    request.room_alias_name === undefined &&
    (request.invite_3pid ?? []).length === 0 &&
    Object.keys(request.creation_content ?? {}).every((key) => CREATION_KEYS.has(key)) &&
    (request.initial_state ?? []).every(
      ({ type, content }) => !NEVER_INITIAL.has(type) && (INITIAL_RULES[type]?.(content) ?? true),
    ) &&
    override.success &&
    override.data.users?.[provisioner] === undefined &&
    withinBounds(override.data, provisioner)
  );
}

/**
 * The school named by a school marker, by its shape: the published client's event type is not public, so any state
 * event outside `m.` with an empty key and only a `name` counts (client contract §2.3).
 */
export function markedSchool(event: {
  type: string;
  state_key?: string | undefined;
  content: unknown;
}): string | undefined {
  if (event.type.startsWith("m.") || (event.state_key ?? "") !== "") return undefined;
  return z.strictObject({ name: z.string() }).safeParse(event.content).data?.name;
}
