// Rule table, row "create": a request is decided as a whole before the room exists, so a refusal leaves nothing behind.
import { describe } from "vitest";
import { groupChat, SCHOOL_MARKER } from "../published-client.ts";
import { SECOND_SCHOOL, type ChatSchool, type Part } from "../chat-school.ts";
import {
  CONTACT_REFUSED,
  directChat,
  expectRefused,
  ROOM_REFUSED,
  roomsOf,
  SETTING_REFUSED,
  syncOf,
  test,
} from "./world.ts";
import type { ExpectedRefusal } from "./refused.ts";

type Creation = { readonly by: Part; readonly request: object; readonly victim?: Part };

async function expectNoRoom(
  { system, people }: ChatSchool,
  { by, request, victim }: Creation,
  refusal: ExpectedRefusal,
) {
  const witnesses = [roomsOf(people[by]), ...(victim === undefined ? [] : [syncOf(people[victim])])];
  await expectRefused({ system, request: () => people[by].createRoom(request), witnesses }, refusal);
}

describe("who is invited", () => {
  test.for<[Part, Part, string]>([
    ["pupila", "pupilb", "the matrix is closed from pupils to pupils"],
    ["guardian", "pupilb", "the matrix is closed from guardians to pupils"],
    ["teacher", "foreignteacher", "somebody of another school"],
    ["teacher", "lockedteacher", "somebody who is locked in the directory"],
    ["teacher", "protectedpupil", "somebody under a protected address without a common class"],
    ["teacher", "unknown", "somebody whom the directory does not know"],
    ["lockedteacher", "teacher", "the creator is locked in the directory"],
    ["serveradmin", "teacher", "a server admin is nobody special"],
  ])("a direct chat of %s with %s is refused: %s", async ([by, victim], { school }) => {
    const request = directChat(school.people[victim].userId);
    // those whom no school knows may not even open a room
    const refusal = by === "lockedteacher" || by === "serveradmin" ? ROOM_REFUSED : CONTACT_REFUSED;
    await expectNoRoom(school, { by, request, victim }, refusal);
  });

  test("one forbidden invitee among allowed ones: no room stays, nobody is invited", async ({ school }) => {
    const { people } = school;
    const invite = [people.colleague, people.foreignteacher, people.pupila].map(({ userId }) => userId);
    const request = { ...groupChat(), invite };
    await expectNoRoom(school, { by: "teacher", request, victim: "colleague" }, CONTACT_REFUSED);
  });

  test("invitees who are allowed each, but at no common school", async ({ school }) => {
    const { people } = school;
    const invite = [people.pupila.userId, people.foreignpupil.userId];
    await expectNoRoom(school, { by: "traveller", request: { invite }, victim: "foreignpupil" }, CONTACT_REFUSED);
  });
});

describe("who may open rooms", () => {
  test("a role without any role cell that is on opens no room, not even an empty one", async ({ school }) => {
    await expectNoRoom(school, { by: "foreignpupil", request: groupChat() }, ROOM_REFUSED);
  });

  test("somebody whom the directory does not know opens no room", async ({ school }) => {
    await expectNoRoom(school, { by: "unknown", request: groupChat() }, ROOM_REFUSED);
  });

  test("a server admin who is not the provisioner opens no room", async ({ school }) => {
    await expectNoRoom(school, { by: "serveradmin", request: groupChat() }, ROOM_REFUSED);
  });
});

describe("invitations hidden in initial_state", () => {
  test.for<[Part, Part, string]>([
    ["pupila", "pupilb", "somebody who may not be contacted"],
    ["pupila", "teacher", "even somebody who may be contacted"],
  ])("of %s for %s: %s", async ([by, victim], { school }) => {
    const content = { membership: "invite", reason: "Komm in mein Versteck" };
    const member = { type: "m.room.member", state_key: school.people[victim].userId, content };
    const request = { preset: "private_chat", initial_state: [member] };
    await expectNoRoom(school, { by, request, victim }, SETTING_REFUSED);
  });

  test("a third-party invitation", async ({ school }) => {
    const content = { display_name: "B", public_key: "", key_validity_url: "https://example.org/" };
    const initial_state = [{ type: "m.room.third_party_invite", state_key: "token", content }];
    await expectNoRoom(school, { by: "pupila", request: { initial_state } }, SETTING_REFUSED);
  });
});

test("invite_3pid: refused, and no room stays behind", async ({ school }) => {
  const mail = { id_server: "127.0.0.1:9", id_access_token: "t", medium: "email", address: "b@example.org" };
  // nothing answers there: without our defences the request fails too, but only after the room has come into being
  await expectNoRoom(school, { by: "pupila", request: { invite_3pid: [mail] } }, SETTING_REFUSED);
});

const state = (type: string, content: object, state_key = "") => ({ initial_state: [{ type, state_key, content }] });

describe("settings of a new room", () => {
  test.for<[string, object]>([
    ["visibility public", { visibility: "public" }],
    ["preset public_chat", { preset: "public_chat" }],
    ["room version 12, whose creator nobody can demote", { room_version: "12" }],
    ["an alias", { room_alias_name: "versteck" }],
    ["a room type", { creation_content: { type: "m.space" } }],
    ["the type of a group's anchor room", { creation_content: { type: "m.scgroup" } }],
    ["further creators", { creation_content: { additional_creators: ["@u-pupilb:localhost"] } }],
    ["join rule public", state("m.room.join_rules", { join_rule: "public" })],
    ["join rule knock", state("m.room.join_rules", { join_rule: "knock" })],
    [
      "join rule restricted by a room id",
      state("m.room.join_rules", {
        join_rule: "restricted",
        allow: [{ type: "m.room_membership", room_id: "!x:localhost" }],
      }),
    ],
    ["world-readable history", state("m.room.history_visibility", { history_visibility: "world_readable" })],
    ["guests", state("m.room.guest_access", { guest_access: "can_join" })],
    ["a tombstone", state("m.room.tombstone", { body: "weg", replacement_room: "!x:localhost" })],
    ["a server ACL", state("m.room.server_acl", { allow: ["*"] })],
    ["a canonical alias", state("m.room.canonical_alias", {})],
    [
      "power levels in initial_state",
      state("m.room.power_levels", { users: { "@u-pupila:localhost": 100 }, users_default: 50 }),
    ],
    ["users_default above 0", { power_level_content_override: { users_default: 1 } }],
    ["state_default below 50", { power_level_content_override: { state_default: 0 } }],
    ["a level above 100", { power_level_content_override: { users: { "@u-pupila:localhost": 101 } } }],
    [
      "a pupil as moderator",
      { power_level_content_override: { users: { "@u-pupila:localhost": 100, "@u-pupilb:localhost": 50 } } },
    ],
    [
      "another level for the provisioner",
      { power_level_content_override: { users: { "@u-pupila:localhost": 100, "@idm_provisioning_bot:localhost": 0 } } },
    ],
    [
      "levels as text, which old room versions take for numbers",
      {
        room_version: "9",
        power_level_content_override: { users: { "@u-pupila:localhost": 100, "@u-pupilb:localhost": "50" } },
      },
    ],
    ["the marker of another school", state(SCHOOL_MARKER, { name: SECOND_SCHOOL })],
  ])("%s", async ([, request], { school }) => {
    await expectNoRoom(school, { by: "pupila", request }, SETTING_REFUSED);
  });

  test("a predecessor, which would lead people from another room into this one", async ({ school }) => {
    const predecessor = { room_id: "!x:localhost", event_id: "$x" };
    await expectNoRoom(school, { by: "teacher", request: { creation_content: { predecessor } } }, SETTING_REFUSED);
  });
});
