// Rule table, rows "join rules", "power levels", "history, guests", and the state that is the provisioner's alone.
import { describe } from "vitest";
import { z } from "zod";
import { restrictedTo } from "../published-client.ts";
import { aliasOf, FOREIGN_CLASS, OWN_CLASS, SECOND_SCHOOL, type ChatSchool, type Part } from "../chat-school.ts";
import {
  expectRefused,
  GROUP_REFUSED,
  managedRoom,
  ownRoom,
  SETTING_REFUSED,
  stateOf,
  succeed,
  test,
} from "./world.ts";

type Setting = { readonly room: string; readonly by?: Part; readonly type: string; readonly stateKey?: string };

async function expectNoSetting(
  { system, people }: ChatSchool,
  { room, by = "teacher", type, stateKey = "" }: Setting,
  content: object,
) {
  const request = () => people[by].setState(room, type, content, stateKey);
  await expectRefused({ system, request, witnesses: [stateOf(system, room)] }, SETTING_REFUSED);
}

describe("join rules", () => {
  const groupAlias = aliasOf(OWN_CLASS);
  test.for<[string, object]>([
    ["public", { join_rule: "public" }],
    ["knock", { join_rule: "knock" }],
    ["knock_restricted", { ...restrictedTo(groupAlias), join_rule: "knock_restricted" }],
    ["a rule that nobody knows", { join_rule: "org.example.open" }],
    [
      "restricted by the alias of a group's channel",
      restrictedTo(`${groupAlias.replace(":localhost", "")}--chat:localhost`),
    ],
    ["restricted by a group of another server", restrictedTo(groupAlias.replace("localhost", "elsewhere.example"))],
    ["another kind of entry", { join_rule: "restricted", allow: [{ type: "org.example.open", room_id: groupAlias }] }],
  ])("%s", async ([, content], { school }) => {
    const room = await ownRoom(school.system, school.people.teacher);
    await expectNoSetting(school, { room, type: "m.room.join_rules" }, content);
  });

  test("restricted by a genuine room id, which lets that room's members in", async ({ school }) => {
    const { system, people } = school;
    const door = await ownRoom(system, people.teacher);
    const room = await ownRoom(system, people.teacher);
    await expectNoSetting(school, { room, type: "m.room.join_rules" }, restrictedTo(door));
  });

  test.for<[Part, string, string]>([
    ["teacher", aliasOf("9z"), "a group that nobody knows"],
    ["teacher", aliasOf(FOREIGN_CLASS, SECOND_SCHOOL), "a group of another school"],
    ["pupilb", aliasOf(OWN_CLASS), "a pupil adds a class of others"],
    ["pupila", aliasOf(OWN_CLASS), "a pupil adds the own class where no teacher of it moderates"],
    ["guardian", aliasOf(OWN_CLASS), "a guardian, whose cell is off"],
  ])("of %s: restricted by %s: %s", async ([by, alias], { school }) => {
    const { system, people } = school;
    const room = await ownRoom(system, people[by], { members: [people.colleague] });
    const request = () => people[by].setState(room, "m.room.join_rules", restrictedTo(alias));
    await expectRefused({ system, request, witnesses: [stateOf(system, room)] }, GROUP_REFUSED);
  });

  test("under another key, where clients might look", async ({ school }) => {
    const room = await ownRoom(school.system, school.people.teacher);
    await expectNoSetting(school, { room, type: "m.room.join_rules", stateKey: "x" }, { join_rule: "invite" });
  });
});

describe("power levels", () => {
  const levelsSchema = z.looseObject({ users: z.record(z.string(), z.number()) });
  type Levels = z.infer<typeof levelsSchema>;

  async function levelsOf({ system }: ChatSchool, room: string, asking = system.provisioner): Promise<Levels> {
    const { body } = await succeed(asking.inRoom("GET", room, "state/m.room.power_levels/"));
    return levelsSchema.parse(body);
  }

  test.for<[string, object]>([
    ["users_default above 0", { users_default: 1 }],
    ["state_default below 50", { state_default: 49 }],
  ])("%s", async ([, change], { school }) => {
    const room = await ownRoom(school.system, school.people.teacher);
    const levels = await levelsOf(school, room, school.people.teacher);
    await expectNoSetting(school, { room, type: "m.room.power_levels" }, { ...levels, ...change });
  });

  test.for<[Part, Part, number, string]>([
    ["teacher", "pupila", 50, "a pupil becomes moderator"],
    ["teacher", "pupila", 100, "a pupil becomes moderator with all rights"],
    ["teacher", "guardian", 50, "a guardian becomes moderator"],
    ["teacher", "foreignteacher", 50, "staff of another school becomes moderator"],
    ["teacher", "lockedteacher", 50, "somebody locked becomes moderator"],
    ["teacher", "unknown", 100, "somebody unknown becomes moderator"],
    ["pupila", "pupilb", 50, "in a pupil's room another pupil becomes moderator"],
  ])("of %s: %s at %i: %s", async ([by, raised, level], { school }) => {
    const { system, people } = school;
    const invited = by === "teacher" ? people.colleague : people.teacher;
    const room = await ownRoom(system, people[by], { invited: [invited] });
    const levels = await levelsOf(school, room, people[by]);
    const users = { ...levels.users, [people[raised].userId]: level };
    await expectNoSetting(school, { room, by, type: "m.room.power_levels" }, { ...levels, users });
  });

  // In rooms of ours the provisioner stands at 150, and Synapse itself protects that. Where it could be given no more
  // than a person has, only the gate does.
  async function roomWithWeakProvisioner(school: ChatSchool): Promise<string> {
    const { system, people } = school;
    const { provisioner } = system;
    const room = await managedRoom(system, { members: [people.teacher], levels: { [people.teacher.userId]: 100 } });
    const levels = await levelsOf(school, room);
    const users = { ...levels.users, [provisioner.userId]: 50 };
    await succeed(provisioner.setState(room, "m.room.power_levels", { ...levels, users }));
    return room;
  }

  test("the provisioner's level is lowered", async ({ school }) => {
    const room = await roomWithWeakProvisioner(school);
    const levels = await levelsOf(school, room);
    const users = { ...levels.users, [school.system.provisioner.userId]: 0 };
    await expectNoSetting(school, { room, type: "m.room.power_levels" }, { ...levels, users });
  });

  test("the provisioner's level is left out", async ({ school }) => {
    const room = await roomWithWeakProvisioner(school);
    const levels = await levelsOf(school, room);
    const users = { [school.people.teacher.userId]: 100 };
    await expectNoSetting(school, { room, type: "m.room.power_levels" }, { ...levels, users });
  });

  test("a person gets more than 100", async ({ school }) => {
    const { people, system } = school;
    const room = await managedRoom(system, { members: [people.teacher], levels: { [people.teacher.userId]: 120 } });
    const levels = await levelsOf(school, room);
    const users = { ...levels.users, [people.teacher.userId]: 100, [people.colleague.userId]: 110 };
    await expectNoSetting(school, { room, type: "m.room.power_levels" }, { ...levels, users });
  });
});

describe("history and guests", () => {
  test("world-readable history", async ({ school }) => {
    const room = await ownRoom(school.system, school.people.teacher);
    const content = { history_visibility: "world_readable" };
    await expectNoSetting(school, { room, type: "m.room.history_visibility" }, content);
  });

  test("guests may join", async ({ school }) => {
    // with our defences the room forbids it from the beginning, without them Synapse's preset has allowed it already
    const room = await managedRoom(school.system, {
      members: [school.people.teacher],
      levels: { [school.people.teacher.userId]: 100 },
      state: [{ type: "m.room.guest_access", content: { guest_access: "forbidden" } }],
    });
    await expectNoSetting(school, { room, type: "m.room.guest_access" }, { guest_access: "can_join" });
  });
});

describe("the provisioner's alone", () => {
  test.for<[string, string, object]>([
    ["m.room.tombstone", "", { body: "weg", replacement_room: "!x:localhost" }],
    ["m.room.server_acl", "", { allow: ["*"] }],
    ["m.room.canonical_alias", "", {}],
    ["m.room.aliases", "localhost", { aliases: [] }],
    [
      "m.room.third_party_invite",
      "token",
      { display_name: "B", public_key: "AAAA", key_validity_url: "https://example.org/" },
    ],
  ])("%s", async ([type, stateKey, content], { school }) => {
    const room = await ownRoom(school.system, school.people.teacher);
    await expectNoSetting(school, { room, type, stateKey }, content);
  });

  test("a server admin is nobody special", async ({ school }) => {
    const { serveradmin } = school.people;
    const room = await managedRoom(school.system, {
      members: [serveradmin],
      levels: { [serveradmin.userId]: 100 },
    });
    await expectNoSetting(
      school,
      { room, by: "serveradmin", type: "m.room.history_visibility" },
      { history_visibility: "world_readable" },
    );
  });
});
