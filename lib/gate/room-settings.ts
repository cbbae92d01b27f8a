// The rows of the rule table that concern a room's settings (design §5): power levels, join rules, and everything of a
// createRoom request that can be judged without knowing people. Pure.
import { z } from "zod";
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

/** An integer where Matrix wants one is not enough of a check elsewhere: anything that does not parse is refused. */
export function powerLevelsAllowed({ content, current, provisioner, mayModerate }: PowerLevelsQuestion): boolean {
  const after = powerLevelsSchema.safeParse(content);
  const before = powerLevelsSchema.safeParse(current ?? {});
  if (!after.success || !before.success) return false;
  // a room adopted with less than 150 keeps what it has
  const expected = before.data.users?.[provisioner] ?? PROVISIONER_LEVEL;
  return (
    after.data.users?.[provisioner] === expected &&
    withinBounds(after.data, provisioner) &&
    raisedModerators(content, current, provisioner).every(mayModerate)
  );
}

/** Only by invitation. Group aliases under "restricted" are not yet understood here, so they are refused. */
export function joinRulesAllowed(content: unknown): boolean {
  return z.object({ join_rule: z.literal("invite") }).safeParse(content).success;
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
  "m.room.join_rules": joinRulesAllowed,
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
