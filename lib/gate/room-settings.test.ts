import { describe, expect, test } from "vitest";
import { createRequestSchema } from "./protocol.ts";
import {
  createSettingsAllowed,
  guestAccessAllowed,
  historyVisibilityAllowed,
  initialJoinRulesAllowed,
  invitedGroups,
  markedSchool,
  powerLevelsAllowed,
  raisedModerators,
} from "./room-settings.ts";

const PROVISIONER = "@idm_provisioning_bot:localhost";
const TEACHER = "@u-teacher:localhost";
const PUPIL = "@u-pupil:localhost";

/** What the gate does with a request: decoded first, refused if it does not decode. */
function isCreateAllowed(request: unknown): boolean {
  const parsed = createRequestSchema.safeParse(request);
  return parsed.success && createSettingsAllowed(parsed.data, PROVISIONER);
}
const withState = (type: string, content: unknown, stateKey?: string) => ({
  initial_state: [{ type, content, ...(stateKey === undefined ? {} : { state_key: stateKey }) }],
});
const withLevels = (levels: unknown) => ({ power_level_content_override: levels });

describe("the published client's requests pass", () => {
  test.each<[string, unknown]>([
    [
      "group chat",
      {
        preset: "private_chat",
        visibility: "private",
        name: "Elternabend 7b",
        initial_state: [{ type: "m.room.encryption", content: { algorithm: "m.megolm.v1.aes-sha2" } }],
        power_level_content_override: {
          invite: 50,
          users_default: -1,
          events: { "m.room.power_levels": 100, "edu.matrix.klassenfunk.read_receipt": -2 },
        },
      },
    ],
    [
      "direct chat",
      {
        preset: "trusted_private_chat",
        is_direct: true,
        invite: [PUPIL],
        initial_state: [{ type: "m.room.encryption", content: { algorithm: "m.megolm.v1.aes-sha2" } }],
      },
    ],
    ["an empty one", {}],
    ["history for members", withState("m.room.history_visibility", { history_visibility: "invited" })],
    ["guests forbidden", withState("m.room.guest_access", { guest_access: "forbidden" })],
    ["joining by invitation", withState("m.room.join_rules", { join_rule: "invite" })],
    ["a room for this server only", { creation_content: { "m.federate": false } }],
    ["an event type of the client's own", withState("de.example.note", { text: "x" })],
  ])("%s", (_, request) => {
    expect(isCreateAllowed(request)).toBe(true);
  });
});

describe("a room that must not come into being is refused as a whole", () => {
  test.each<[string, unknown]>([
    ["a member event in initial_state", withState("m.room.member", { membership: "invite" }, PUPIL)],
    ["a third-party invitation in initial_state", withState("m.room.third_party_invite", {}, "token")],
    ["invite_3pid", { invite_3pid: [{ medium: "email", address: "a@b.c" }] }],
    ["public", { visibility: "public" }],
    ["a preset for everybody", { preset: "public_chat" }],
    ["an unknown preset", { preset: "private" }],
    ["room version 12", { room_version: "12" }],
    ["a room version that is none", { room_version: "org.example" }],
    ["room version 11 with something behind it", { room_version: "11\n12" }],
    ["a room version as a number", { room_version: 11 }],
    ["an alias", { room_alias_name: "elternabend" }],
    ["an empty alias", { room_alias_name: "" }],
    ["a room type", { creation_content: { type: "m.space" } }],
    ["further creators", { creation_content: { additional_creators: [PUPIL] } }],
    ["a predecessor", { creation_content: { predecessor: { room_id: "!x:localhost" } } }],
    ["power levels in initial_state", withState("m.room.power_levels", { users: { [PUPIL]: 100 } })],
    ["a tombstone", withState("m.room.tombstone", { replacement_room: "!x" })],
    ["a server ACL", withState("m.room.server_acl", { allow: ["*"] })],
    ["a canonical alias", withState("m.room.canonical_alias", { alias: "#x:localhost" })],
    ["knocking", withState("m.room.join_rules", { join_rule: "knock" })],
    ["joining for everybody", withState("m.room.join_rules", { join_rule: "public" })],
    ["joining by membership elsewhere", withState("m.room.join_rules", { join_rule: "restricted", allow: [] })],
    ["joining for everybody, hidden behind a state key", withState("m.room.join_rules", { join_rule: "public" }, "x")],
    ["history for the world", withState("m.room.history_visibility", { history_visibility: "world_readable" })],
    ["guests", withState("m.room.guest_access", { guest_access: "can_join" })],
    [
      "one bad event behind a good one",
      { initial_state: [...withState("de.note", {}).initial_state, ...withState("m.room.create", {}).initial_state] },
    ],
    ["a level for the provisioner", withLevels({ users: { [PROVISIONER]: 0 } })],
    ["the provisioner's own level said again", withLevels({ users: { [PROVISIONER]: 150 } })],
    ["a human above 100", withLevels({ users: { [TEACHER]: 101 } })],
    ["users_default above 0", withLevels({ users_default: 1 })],
    ["state_default below 50", withLevels({ state_default: 49 })],
    ["a level as a text", withLevels({ users: { [TEACHER]: "100" } })],
    ["a level with a fraction", withLevels({ users_default: 0.5 })],
    ["levels that are a list", withLevels([])],
    ["invitations that are a text", { invite: PUPIL }],
    [
      "more invitations than anybody needs",
      { invite: Array.from({ length: 501 }, (_, n) => `@u-${String(n)}:localhost`) },
    ],
    ["initial_state that is an object", { initial_state: { "0": { type: "m.room.member", content: {} } } }],
    ["an event without a type", { initial_state: [{ content: {} }] }],
    ["an event without content", { initial_state: [{ type: "m.room.member" }] }],
    ["null where something stands", { preset: null }],
  ])("%s", (_, request) => {
    expect(isCreateAllowed(request)).toBe(false);
  });
});

describe("power levels (design §5)", () => {
  const current = { users: { [PROVISIONER]: 150, [TEACHER]: 100, [PUPIL]: 0 }, users_default: 0, state_default: 50 };
  const isAllowed = (content: unknown, before: unknown = current, mayModerate = (id: string) => id === TEACHER) =>
    powerLevelsAllowed({ content, current: before, provisioner: PROVISIONER, mayModerate });
  const users = (levels: Record<string, unknown>) => ({ ...current, users: { [PROVISIONER]: 150, ...levels } });

  test.each<[string, unknown]>([
    ["nothing changed", current],
    ["a moderator demoted", users({})],
    ["staff raised", users({ [TEACHER]: 100 })],
    ["a pupil below 50", users({ [PUPIL]: 49 })],
    ["nobody writes by default", { ...current, users_default: -1, events_default: 50 }],
    ["state for moderators only", { ...current, state_default: 100 }],
    ["defaults left out", { users: current.users }],
  ])("allowed: %s", (_, content) => {
    expect(isAllowed(content)).toBe(true);
  });

  test.each<[string, unknown]>([
    ["the provisioner lowered", { ...current, users: { ...current.users, [PROVISIONER]: 100 } }],
    ["the provisioner raised", { ...current, users: { ...current.users, [PROVISIONER]: 151 } }],
    ["the provisioner left out", { ...current, users: { [TEACHER]: 100 } }],
    ["no users at all", { users_default: 0 }],
    ["a human above 100", users({ [TEACHER]: 101 })],
    ["a pupil at 50", users({ [PUPIL]: 50 })],
    ["a stranger at 100", users({ "@u-new:localhost": 100 })],
    ["somebody of another server", users({ "@u-teacher:elsewhere": 100 })],
    ["users_default above 0", { ...current, users_default: 1 }],
    ["users_default at 100", { ...current, users_default: 100 }],
    ["state_default below 50", { ...current, state_default: 49 }],
    ["a level as a text", users({ [PUPIL]: "100" })],
    ["a level with a fraction", users({ [PUPIL]: 49.5 })],
    ["users that are a list", { users: [] }],
    ["no object", null],
  ])("refused: %s", (_, content) => {
    expect(isAllowed(content)).toBe(false);
  });

  test("what the room has already is not asked again, so that a demotion never fails because of somebody else", () => {
    const before = users({ [PUPIL]: 60, [TEACHER]: 100 });
    expect(isAllowed(users({ [PUPIL]: 60 }), before)).toBe(true);
    expect(isAllowed(users({ [PUPIL]: 61 }), before)).toBe(false);
  });

  test("an older room keeps the lower level that its provisioner has", () => {
    const before = { users: { [PROVISIONER]: 100, [TEACHER]: 100 } };
    expect(isAllowed(before, before)).toBe(true);
    expect(isAllowed({ users: { [PROVISIONER]: 150, [TEACHER]: 100 } }, before)).toBe(false);
    for (const level of [0, 99, undefined]) {
      const users = { [TEACHER]: 100, ...(level !== undefined && { [PROVISIONER]: level }) };
      expect(isAllowed({ users }, before)).toBe(false);
    }
  });

  test("an older room without the provisioner stays so, until its adoption gives it what a person may have", () => {
    const before = { users: { [TEACHER]: 100 } };
    expect(isAllowed({ users: { [TEACHER]: 50 } }, before)).toBe(true);
    expect(isAllowed({ users: { [TEACHER]: 100, [PROVISIONER]: 100 } }, before)).toBe(true);
    expect(isAllowed({ users: { [TEACHER]: 100, [PROVISIONER]: -1 } }, before)).toBe(false);
    expect(isAllowed({ users: { [TEACHER]: 100 } }, null)).toBe(false);
  });

  test("a present event that cannot be read refuses: nobody knows who is raised", () => {
    expect(isAllowed(current, { users: { [PUPIL]: "60" } })).toBe(false);
  });

  test("people to be looked up are those who newly hold 50 or more, never the provisioner", () => {
    expect(
      raisedModerators(users({ [TEACHER]: 100, [PUPIL]: 50, "@u-low:localhost": 49 }), current, PROVISIONER),
    ).toEqual([PUPIL]);
    expect(raisedModerators(users({ [TEACHER]: 100 }), null, PROVISIONER)).toEqual([TEACHER]);
    expect(raisedModerators("nonsense", null, PROVISIONER)).toEqual([]);
  });
});

describe("join rules, history and guests", () => {
  test("a new room begins by invitation only", () => {
    expect(initialJoinRulesAllowed({ join_rule: "invite" })).toBe(true);
    for (const content of [
      { join_rule: "public" },
      { join_rule: "knock" },
      { join_rule: "restricted", allow: [] },
      { join_rule: "INVITE" },
      {},
      null,
      "invite",
    ])
      expect(initialJoinRulesAllowed(content)).toBe(false);
  });
  test("groups are what a restricted rule names by our aliases", () => {
    const entry = (room_id: string) => ({ type: "m.room_membership", room_id });
    const ids = ["#S--7b:localhost", "!x:localhost", "#S--7b--chat:localhost", "#S--7b:other.example"];
    const content = { join_rule: "restricted", allow: ids.map(entry) };
    expect(invitedGroups(content, "localhost")).toEqual([{ schoolId: "S", groupId: "7b" }]);
    expect(invitedGroups({ ...content, join_rule: "invite" }, "localhost")).toEqual([]);
  });
  test("history is never for the world", () => {
    for (const history_visibility of ["invited", "joined", "shared"])
      expect(historyVisibilityAllowed({ history_visibility })).toBe(true);
    for (const content of [{ history_visibility: "world_readable" }, { history_visibility: "" }, {}, null])
      expect(historyVisibilityAllowed(content)).toBe(false);
  });
  test("guests never", () => {
    expect(guestAccessAllowed({ guest_access: "forbidden" })).toBe(true);
    for (const content of [{ guest_access: "can_join" }, {}, null]) expect(guestAccessAllowed(content)).toBe(false);
  });
});

describe("a school marker is known by its shape", () => {
  test("any event outside m. with an empty key and only a name", () => {
    expect(markedSchool({ type: "edu.example.school", content: { name: "S-1" } })).toBe("S-1");
    expect(markedSchool({ type: "edu.example.school", state_key: "", content: { name: "S-1" } })).toBe("S-1");
  });
  test.each([
    ["a room name", { type: "m.room.name", content: { name: "S-1" } }],
    ["a state key", { type: "edu.example.school", state_key: "x", content: { name: "S-1" } }],
    ["more than a name", { type: "edu.example.school", content: { name: "S-1", more: 1 } }],
    ["a name that is no text", { type: "edu.example.school", content: { name: 1 } }],
  ])("not: %s", (_, event) => {
    expect(markedSchool(event)).toBeUndefined();
  });
});
