// What must work, on real parts: the published client's requests word for word, what Synapse does by itself, and what
// the provisioner can do in every room.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { connectMatrix } from "#lib/matrix/connection.ts";
import { synapseRooms } from "#lib/matrix/rooms.ts";
import { matrixUserId, roomId } from "#lib/ids/ids.ts";
import { createRequest } from "#lib/provisioning/desired.ts";
import { readLevels, withLevels } from "#lib/provisioning/levels.ts";
import { FIRST_SCHOOL, openChatSchool, type ChatSchool } from "../chat-school.ts";
import { groupChat, SCHOOL_MARKER } from "../published-client.ts";
import { joinedMembers, managedRoom, succeed, waitForProvisioner } from "../rooms.ts";
import { until } from "../until.ts";
import { directChat, type MatrixSession } from "../matrix-session.ts";
import { startTestSystem, type TestSystem } from "../system.ts";

let system: TestSystem;
let people: ChatSchool["people"];
beforeAll(async () => {
  system = await startTestSystem({ defences: "on" });
  ({ people } = await openChatSchool(system));
});
afterAll(async () => {
  await system.stop();
});

const levelsSchema = z.looseObject({ users: z.record(z.string(), z.number()) });

async function stateOf(room: string, type: string, key = ""): Promise<Readonly<Record<string, unknown>>> {
  const path = `state/${type}/${encodeURIComponent(key)}`;
  return (await succeed(system.provisioner.inRoom("GET", room, path))).body;
}
const levelsOf = async (room: string) => levelsSchema.parse(await stateOf(room, "m.room.power_levels"));
const membershipOf = async (room: string, { userId }: { readonly userId: string }) =>
  (await stateOf(room, "m.room.member", userId))["membership"];

/** Every way in which a room of a person stands under the provisioner. */
async function expectLookedAfter(room: string, creator: MatrixSession): Promise<void> {
  await waitForProvisioner(system, room);
  const { users } = await levelsOf(room);
  expect(users).toEqual({ [creator.userId]: 100, [system.provisioner.userId]: 150 });
  expect(await stateOf(room, "m.room.create")).toMatchObject({ "m.federate": false, room_version: "11" });
  expect(await stateOf(room, "m.room.guest_access")).toMatchObject({ guest_access: "forbidden" });
  expect(await stateOf(room, "m.room.join_rules")).toMatchObject({ join_rule: "invite" });
}

describe("a group chat of the published client", () => {
  test.each([true, false])("comes into being as it was asked for, others may write: %s", async (othersMayWrite) => {
    const request = groupChat({ othersMayWrite });
    const room = await people.teacher.openRoom(request);
    await expectLookedAfter(room, people.teacher);
    const levels = await levelsOf(room);
    expect(levels).toMatchObject(request.power_level_content_override);
    expect(levels["users_default"] ?? 0).toBe(othersMayWrite ? 0 : -1);
    expect(await stateOf(room, "m.room.name")).toMatchObject({ name: request.name });
    expect(await stateOf(room, "m.room.encryption")).toEqual(request.initial_state[0]?.content);
  });

  test("takes the school marker and then one invitation after the other; those invited come in and write", async () => {
    const { teacher, colleague, pupila, pupilb } = people;
    const room = await teacher.openRoom(groupChat());
    await succeed(teacher.setState(room, SCHOOL_MARKER, { name: FIRST_SCHOOL }));
    for (const person of [colleague, pupila, pupilb]) await succeed(teacher.invite(room, person.userId));
    expect(await pupila.rooms("invite")).toContain(room);
    for (const person of [colleague, pupila, pupilb]) await succeed(person.join(room));
    const text = { msgtype: "m.text", body: "Guten Morgen" };
    await succeed(pupila.inRoom("PUT", room, `send/m.room.message/${crypto.randomUUID()}`, text));
    const record = await system.database.db.roomRecord.findUniqueOrThrow({ where: { roomId: room } });
    expect(record).toMatchObject({ schoolId: FIRST_SCHOOL, creator: "u-teacher", creatorWasStaff: true });
  });

  test("lets staff become moderator, and moderators do what moderators do", async () => {
    const { teacher, colleague, pupila, pupilb } = people;
    const room = await teacher.openRoom(groupChat());
    for (const person of [colleague, pupila, pupilb]) {
      await succeed(teacher.invite(room, person.userId));
      await succeed(person.join(room));
    }
    await waitForProvisioner(system, room);
    const levels = await levelsOf(room);
    const users = { ...levels.users, [colleague.userId]: 100 };
    await succeed(teacher.setState(room, "m.room.power_levels", { ...levels, users }));
    await succeed(colleague.setState(room, "m.room.name", { name: "Elternabend 7c" }));
    const reason = "Bitte erst nachlesen";
    await succeed(colleague.inRoom("POST", room, "kick", { user_id: pupila.userId, reason }));
    await succeed(colleague.inRoom("POST", room, "ban", { user_id: pupilb.userId, reason }));
    await succeed(colleague.inRoom("POST", room, "unban", { user_id: pupilb.userId }));
    await succeed(teacher.inRoom("POST", room, "leave", {}));
    expect(await membershipOf(room, teacher)).toBe("leave");
  });
});

describe("a direct chat of the published client", () => {
  test("of a teacher with a pupil: invited at once, joined, and not at the creator's level", async () => {
    const { teacher, pupilc } = people;
    const room = await teacher.openRoom(directChat(pupilc.userId));
    expect(await pupilc.rooms("invite")).toContain(room);
    await waitForProvisioner(system, room);
    const invitation = await stateOf(room, "m.room.member", pupilc.userId);
    expect(invitation).toMatchObject({ membership: "invite", is_direct: true });
    await succeed(pupilc.join(room));
    // trusted_private_chat would have given the pupil 100
    await expectLookedAfter(room, teacher);
  });

  test("of a pupil with a teacher, where the school has opened it", async () => {
    const { pupila, colleague } = people;
    const room = await pupila.openRoom(directChat(colleague.userId));
    await succeed(colleague.join(room));
    await expectLookedAfter(room, pupila);
  });

  test("encryption's messages from device to device pass", async () => {
    const path = `/_matrix/client/v3/sendToDevice/m.room.encrypted/${crypto.randomUUID()}`;
    await succeed(people.pupila.request("PUT", path, { messages: { [people.pupilb.userId]: { "*": {} } } }));
  });
});

test("a display name that the admin API changes reaches every room, without a single refusal", async () => {
  const { teacher, pupilb } = people;
  const rooms: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    const room = await teacher.openRoom(groupChat());
    await succeed(teacher.invite(room, pupilb.userId));
    await succeed(pupilb.join(room));
    rooms.push(room);
  }
  // also where nobody but the provisioner could let them in today
  rooms.push(await managedRoom(system, { members: [pupilb] }));
  const displayname = `Umbenannt, ${crypto.randomUUID()}`;
  const path = `/_synapse/admin/v2/users/${encodeURIComponent(pupilb.userId)}`;
  await succeed(system.provisioner.request("PUT", path, { displayname }));
  for (const room of rooms) {
    await until(async () => {
      const member = await stateOf(room, "m.room.member", pupilb.userId);
      return member["displayname"] === displayname && member["membership"] === "join";
    }, "the new name is in the room");
  }
});

describe("the provisioner", () => {
  test("lets in whom nobody else may invite, and is not asked anything", async () => {
    const room = await managedRoom(system, {
      state: [{ type: "m.room.join_rules", content: { join_rule: "invite" } }],
    });
    await succeed(system.provisioner.invite(room, people.unknown.userId));
    await succeed(people.unknown.join(room));
    expect(await joinedMembers(system, room)).toContain(people.unknown.userId);
  });

  test("demotes and removes a moderator in a room made by the published client's requests", async () => {
    const { teacher, colleague } = people;
    const room = await teacher.openRoom(groupChat());
    await succeed(teacher.invite(room, colleague.userId));
    await succeed(colleague.join(room));
    await waitForProvisioner(system, room);
    const levels = await levelsOf(room);
    const raised = { ...levels, users: { ...levels.users, [colleague.userId]: 100 } };
    await succeed(teacher.setState(room, "m.room.power_levels", raised));
    // the creator and the other moderator alike
    await expectDemotedAndRemoved(room, teacher);
    await expectDemotedAndRemoved(room, colleague);
  });

  test("demotes and removes a moderator in a managed room", async () => {
    const { teacher, pupila } = people;
    const room = await rooms().create(
      createRequest(
        {
          kind: "channel",
          mode: "oneWay",
          alias: `${FIRST_SCHOOL}--7b--chat`,
          name: "7b",
          topic: "",
          provisioner: system.provisioner.userId,
          moderators: [teacher.userId],
        },
        { pollVoteType: "edu.matrix.klassenfunk.pollResponse" },
      ),
    );
    for (const name of ["u-teacher", "u-pupila"]) await rooms().join(room, matrixUserId(name, system.serverName));
    expect((await levelsOf(room)).users[teacher.userId]).toBe(100);
    await expectDemotedAndRemoved(room, teacher);
    expect(await membershipOf(room, pupila)).toBe("join");
  });

  test("cannot be demoted, removed or outranked by the creator, by Synapse's own rules", async () => {
    const { teacher } = people;
    const { provisioner } = system;
    const room = await teacher.openRoom(groupChat());
    await waitForProvisioner(system, room);
    const kick = await teacher.inRoom("POST", room, "kick", { user_id: provisioner.userId });
    expect(kick.status).toBe(403);
    const levels = await levelsOf(room);
    const lowered = { ...levels, users: { ...levels.users, [provisioner.userId]: 0 } };
    expect((await teacher.setState(room, "m.room.power_levels", lowered)).status).toBe(403);
    expect(await membershipOf(room, provisioner)).toBe("join");
    expect(await levelsOf(room)).toEqual(levels);
  });

  const rooms = () =>
    synapseRooms(connectMatrix({ baseUrl: system.synapseUrl, accessToken: system.provisioner.accessToken }));

  /** In the provisioner's own way: lib/provisioning's rule, lib/matrix' calls. */
  async function expectDemotedAndRemoved(room: string, person: MatrixSession): Promise<void> {
    const id = roomId(room);
    const present = readLevels(await rooms().state(id, "m.room.power_levels"));
    const changed = withLevels(present ?? {}, new Map([[person.userId, 0]]));
    await rooms().setState(id, "m.room.power_levels", changed ?? {});
    expect((await levelsOf(room)).users).not.toHaveProperty([person.userId]);
    await rooms().kick(id, person.userId);
    expect(await membershipOf(room, person)).toBe("leave");
    expect(await joinedMembers(system, room)).not.toContain(person.userId);
  }
});
