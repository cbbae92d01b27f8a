// Guarantee: each kind of managed room stands in a real Synapse with the right people, levels and settings; whatever
// drifts is healed, bans are respected, a foreign alias is shown and never taken.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addClass, openKeeper, POLL_VOTE, switchAnnouncementsOn, type Keeper } from "#test/keeper.ts";
import type { MatrixSession } from "#test/matrix-session.ts";
import { ownRoom } from "#test/rooms.ts";
import { addPerson, addSchool } from "#test/school.ts";
import { startTestSystem, type TestSystem } from "#test/system.ts";
import { until } from "#test/until.ts";
import { queueDueLooks } from "./room-looks.ts";

const SCHOOL = "DE-RP-SN-30001";
const CHANNEL = `${SCHOOL}--7a--chat`;
const ANCHOR = `${SCHOOL}--7a`;
const STAFFROOM = `${SCHOOL}--staffroom`;
const ANNOUNCEMENTS = `${SCHOOL}--announcements`;
const SPACE = `${SCHOOL}--space`;
const MESSAGE = { msgtype: "m.text", body: "Hallo" };

let system: TestSystem;
let keeper: Keeper;
let bot: string;
const people: Record<string, MatrixSession> = {};
let counter = 0;

function session(id: string): MatrixSession {
  const found = people[id];
  if (found === undefined) throw new Error(`nobody is called ${id}`);
  return found;
}
async function send(id: string, room: string, type = "m.room.message", content: object = MESSAGE): Promise<number> {
  counter += 1;
  return (await session(id).inRoom("PUT", room, `send/${type}/${String(counter)}`, content)).status;
}
const state = async (alias: string, type: string) => keeper.rooms.state(await keeper.find(alias), type);
const users = (...ids: string[]) => [bot, ...ids.map((id) => keeper.userOf(id))].sort();

beforeAll(async () => {
  system = await startTestSystem({ defences: "on" });
  keeper = openKeeper(system);
  bot = system.provisioner.userId;
  const { db } = keeper;
  await addSchool(db, SCHOOL);
  const roles = { teacher: "teacher", colleague: "teacher", manager: "schoolManagement", admin: "orgAdmin" } as const;
  for (const [id, role] of Object.entries(roles)) await addPerson(db, { id, roles: { [SCHOOL]: [role] } });
  for (const id of ["pupil", "mate"]) await addPerson(db, { id, roles: { [SCHOOL]: ["student"] } });
  await addPerson(db, { id: "hidden", roles: { [SCHOOL]: ["student"] }, addressProtected: true });
  await addPerson(db, { id: "guardian", roles: { [SCHOOL]: ["guardian"] } });
  await addClass(db, { id: "7a", schoolId: SCHOOL, teachers: ["teacher"], pupils: ["pupil", "mate", "hidden"] });
  await db.school.update({ where: { id: SCHOOL }, data: { spaceEnabled: true } });
  await switchAnnouncementsOn(db, SCHOOL, { author: "admin", second: "manager" });
  await keeper.follow(SCHOOL);
  for (const id of ["teacher", "colleague", "manager", "pupil", "mate"])
    people[id] = await system.signIn(`u-${id}`, `Test, ${id}`);
}, 120_000);
afterAll(async () => {
  await keeper.stop();
  await system.stop();
});

describe("each kind of room", () => {
  test.each([
    [ANCHOR, ["teacher", "pupil", "mate", "hidden"], ["teacher"], false],
    [CHANNEL, ["teacher", "pupil", "mate", "hidden"], ["teacher"], true],
    [STAFFROOM, ["teacher", "colleague", "manager"], ["manager"], true],
    [
      ANNOUNCEMENTS,
      ["teacher", "colleague", "manager", "admin", "pupil", "mate", "guardian"],
      ["teacher", "colleague", "manager"],
      false,
    ],
    [SPACE, ["teacher", "colleague", "manager", "admin", "pupil", "mate", "guardian"], [], false],
  ] as const)("%s: members, moderators, encryption, settings", async (alias, members, moderators, encrypted) => {
    const room = await keeper.find(alias);
    expect(await keeper.joined(room)).toEqual(users(...members));
    const levels = Object.fromEntries([[bot, 150], ...moderators.map((id) => [keeper.userOf(id), 100] as const)]);
    expect((await keeper.levels(room)).users).toEqual(levels);
    expect((await state(alias, "m.room.encryption")) !== null).toBe(encrypted);
    expect(await state(alias, "m.room.join_rules")).toMatchObject({ join_rule: "invite" });
    expect(await state(alias, "m.room.history_visibility")).toEqual({ history_visibility: "shared" });
    expect(await state(alias, "m.room.guest_access")).toEqual({ guest_access: "forbidden" });
    expect(await state(alias, "m.room.create")).toMatchObject({ "m.federate": false, room_version: "11" });
    expect(await keeper.rooms.resolveAlias(`#${alias}:${system.serverName}`)).toBe(room);
  });

  test("anchor and space are hidden types, and nobody writes in them", async () => {
    expect(await state(ANCHOR, "m.room.create")).toMatchObject({ type: "m.scgroup" });
    expect(await state(SPACE, "m.room.create")).toMatchObject({ type: "m.space" });
    expect(await send("teacher", await keeper.find(ANCHOR))).toBe(403);
    expect(await send("manager", await keeper.find(SPACE))).toBe(403);
  });

  test("one-way: a pupil does not write but confirms, reacts and votes; the teacher writes", async () => {
    for (const alias of [CHANNEL, ANNOUNCEMENTS]) {
      const room = await keeper.find(alias);
      expect(await send("pupil", room)).toBe(403);
      expect(await send("pupil", room, "edu.matrix.klassenfunk.read_receipt", {})).toBe(200);
      expect(await send("pupil", room, "m.reaction", {})).toBe(200);
      expect(await send("pupil", room, POLL_VOTE, {})).toBe(200);
      expect(await send("teacher", room)).toBe(200);
    }
    expect(await send("colleague", await keeper.find(STAFFROOM))).toBe(200);
  });

  test("the space shows the rooms in which people write", async () => {
    const found = (await keeper.keeping.stateOf(await keeper.find(SPACE))) ?? [];
    const children = found.filter(({ type }) => type === "m.space.child").map(({ stateKey }) => stateKey);
    const shown = await Promise.all([CHANNEL, STAFFROOM, ANNOUNCEMENTS].map((alias) => keeper.find(alias)));
    expect(children.toSorted()).toEqual(shown.toSorted());
  });

  test("a second look at a school without changes queues nothing", async () => {
    expect(await keeper.follow(SCHOOL)).toBe(0);
  });
});

describe("two-way channels", () => {
  test("switched on and off again by the school", async () => {
    const room = await keeper.find(CHANNEL);
    await keeper.db.managedRoom.update({ where: { alias: CHANNEL }, data: { twoWay: true } });
    await keeper.follow(SCHOOL);
    expect(await send("pupil", room)).toBe(200);
    await keeper.db.managedRoom.update({ where: { alias: CHANNEL }, data: { twoWay: false } });
    await keeper.follow(SCHOOL);
    expect(await send("pupil", room)).toBe(403);
  });

  test("a moderator's switch in the client is adopted where the school allows it, and taken back where not", async () => {
    const room = await keeper.find(CHANNEL);
    const switchInClient = async () => {
      const present = await keeper.levels(room);
      expect(
        (await session("teacher").setState(room, "m.room.power_levels", { ...present, events_default: 0 })).status,
      ).toBe(200);
      await keeper.verify(CHANNEL);
    };
    await switchInClient();
    expect(await send("pupil", room)).toBe(403);
    await keeper.db.school.update({ where: { id: SCHOOL }, data: { clientSwitchesChannels: true } });
    await switchInClient();
    expect(await send("pupil", room)).toBe(200);
    expect(await keeper.db.managedRoom.findUnique({ where: { alias: CHANNEL } })).toMatchObject({ twoWay: true });
    expect(await keeper.db.auditEntry.count({ where: { scope: SCHOOL, type: "channelModeAdopted" } })).toBe(1);
    expect(await keeper.follow(SCHOOL)).toBe(0);
  });
});

describe("drift", () => {
  test("a kicked pupil comes back, changed levels and names are put back", async () => {
    const room = await keeper.find(CHANNEL);
    const kick = await session("teacher").inRoom("POST", room, "kick", { user_id: keeper.userOf("mate") });
    expect(kick.status).toBe(200);
    const present = await keeper.levels(room);
    await keeper.rooms.setState(room, "m.room.power_levels", { ...present, invite: 0, users: { [bot]: 150 } });
    await keeper.rooms.setState(room, "m.room.name", { name: "Quatsch" });
    await keeper.rooms.setState(room, "m.room.join_rules", { join_rule: "public" });
    await keeper.verify(CHANNEL);
    expect(await keeper.joined(room)).toContain(keeper.userOf("mate"));
    expect(await keeper.levels(room)).toMatchObject({
      invite: 50,
      users: { [bot]: 150, [keeper.userOf("teacher")]: 100 },
    });
    expect(await state(CHANNEL, "m.room.name")).toEqual({ name: "7a" });
    expect(await state(CHANNEL, "m.room.join_rules")).toMatchObject({ join_rule: "invite" });
  });

  test("what a moderator does in a room of ours is looked at within seconds, without waiting for the room's turn", async () => {
    const { db, jobs } = keeper;
    const room = await keeper.find(CHANNEL);
    /** As the worker does it. */
    const becomes = (what: string, isSo: () => Promise<boolean>) =>
      until(async () => {
        await queueDueLooks(db, jobs);
        await keeper.work();
        return await isSo();
      }, what);
    await db.roomLook.deleteMany();
    const kick = await session("teacher").inRoom("POST", room, "kick", { user_id: keeper.userOf("mate") });
    expect(kick.status).toBe(200);
    expect(await keeper.joined(room)).not.toContain(keeper.userOf("mate"));
    await becomes("the kick is undone", async () => (await keeper.joined(room)).includes(keeper.userOf("mate")));

    await db.managedRoom.update({ where: { alias: CHANNEL }, data: { twoWay: false } });
    await db.school.update({ where: { id: SCHOOL }, data: { clientSwitchesChannels: true } });
    await keeper.follow(SCHOOL);
    await db.roomLook.deleteMany();
    const twoWay = { ...(await keeper.levels(room)), events_default: 0 };
    expect((await session("teacher").setState(room, "m.room.power_levels", twoWay)).status).toBe(200);
    await becomes(
      "the switch is adopted",
      async () => (await db.managedRoom.findUniqueOrThrow({ where: { alias: CHANNEL } })).twoWay,
    );
  });

  test("who leaves by themselves, and rooms of people, are nobody's alarm", async () => {
    const { db } = keeper;
    const own = await ownRoom(system, session("colleague"), { members: [session("teacher")] });
    await db.roomLook.deleteMany();
    const kick = await session("colleague").inRoom("POST", own, "kick", { user_id: keeper.userOf("teacher") });
    expect(kick.status).toBe(200);
    const channel = await keeper.find(CHANNEL);
    expect((await session("mate").inRoom("POST", channel, "leave", {})).status).toBe(200);
    await keeper.verify(CHANNEL);
    expect(await db.roomLook.count({ where: { concern: "kept" } })).toBe(0);
  });

  test("a ban is respected and recorded", async () => {
    const room = await keeper.find(CHANNEL);
    await session("teacher").inRoom("POST", room, "ban", { user_id: keeper.userOf("mate") });
    await keeper.verify(CHANNEL);
    await keeper.follow(SCHOOL, { groupIds: ["7a"] });
    expect(await keeper.joined(room)).not.toContain(keeper.userOf("mate"));
    const member = await keeper.db.managedRoomMember.findUnique({
      where: { alias_personId: { alias: CHANNEL, personId: "mate" } },
    });
    expect(member).toMatchObject({ banned: true });
    await session("teacher").inRoom("POST", room, "unban", { user_id: keeper.userOf("mate") });
    await keeper.verify(CHANNEL);
    expect(await keeper.joined(room)).toContain(keeper.userOf("mate"));
  });

  test("the provisioner comes back into a room from which it was removed", async () => {
    for (const alias of [CHANNEL, ANCHOR]) {
      const room = await keeper.find(alias);
      expect((await system.provisioner.inRoom("POST", room, "leave", {})).status).toBe(200);
      await keeper.verify(alias);
      const now = await keeper.find(alias);
      expect(await keeper.joined(now)).toEqual(users("teacher", "pupil", "mate", "hidden"));
      expect((await keeper.levels(now)).users[bot]).toBe(150);
      // in the anchor nobody may invite, and nothing is lost with it: it is made anew
      expect(now === room).toBe(alias === CHANNEL);
    }
  });

  test("a room that was deleted is made anew under the same alias", async () => {
    const room = await keeper.find(CHANNEL);
    await until(() => keeper.keeping.remove(room), "the room is gone");
    await keeper.verify(CHANNEL);
    const anew = await keeper.find(CHANNEL);
    expect(anew).not.toBe(room);
    expect(await keeper.joined(anew)).toEqual(users("teacher", "pupil", "mate", "hidden"));
    expect(await keeper.rooms.resolveAlias(`#${CHANNEL}:${system.serverName}`)).toBe(anew);
  });

  test("the calendar looks at every room in turn, within its budget", async () => {
    keeper.clock.ms = 30 * 3_600_000;
    expect(await keeper.calendar(2)).toBe(2);
    expect(await keeper.calendar(100)).toBeGreaterThan(0);
    const { db } = keeper;
    expect(await db.managedRoom.count({ where: { roomId: { not: null }, problem: { not: null } } })).toBe(0);
    expect(await db.managedRoom.count({ where: { verifyDue: true } })).toBe(0);
    keeper.clock.ms = 0;
  });
});

describe("aliases", () => {
  test("a room of somebody else with our alias is shown as a problem, and never taken", async () => {
    const { db } = keeper;
    await addClass(db, { id: "8b", schoolId: SCHOOL, teachers: ["teacher"], pupils: ["pupil"] });
    const foreign = await system.provisioner.createUser(`@foreign:${system.serverName}`, "Foreign");
    await system.provisioner.request("PUT", `/_synapse/admin/v1/users/${foreign.userId}/admin`, { admin: true });
    const theirs = await session("teacher").openRoom({ preset: "private_chat" });
    const alias = encodeURIComponent(`#${SCHOOL}--8b--chat:${system.serverName}`);
    const path = `/_matrix/client/v3/directory/room/${alias}`;
    expect((await system.provisioner.request("PUT", path, { room_id: theirs })).status).toBe(200);
    await keeper.follow(SCHOOL);
    const row = await db.managedRoom.findUniqueOrThrow({ where: { alias: `${SCHOOL}--8b--chat` } });
    expect(row).toMatchObject({ roomId: null, problem: "aliasTaken" });
    expect(await keeper.joined(theirs)).not.toContain(keeper.userOf("pupil"));
    expect(await keeper.joined(await keeper.find(`${SCHOOL}--8b`))).toEqual(users("teacher", "pupil"));
    // once the alias is free, the next sync makes the room
    await system.provisioner.request("DELETE", path);
    await keeper.follow(SCHOOL);
    expect(await keeper.joined(await keeper.find(`${SCHOOL}--8b--chat`))).toEqual(users("teacher", "pupil"));
  });

  test("a room of ours that was made before a crash is found by its alias", async () => {
    const { db } = keeper;
    const alias = `${SCHOOL}--8b--chat`;
    const room = await keeper.find(alias);
    await db.$transaction([
      db.managedRoomMember.deleteMany({ where: { alias } }),
      db.managedRoom.update({ where: { alias }, data: { roomId: null, name: null, mode: null } }),
    ]);
    await keeper.follow(SCHOOL);
    expect(await keeper.find(alias)).toBe(room);
    expect(await keeper.joined(room)).toEqual(users("teacher", "pupil"));
  });

  test("a room of messages is one two-way room with the source's moderators", async () => {
    const { db } = keeper;
    const id = "course_1";
    await db.group.create({
      data: {
        id,
        schoolId: SCHOOL,
        title: "Mathe",
        kind: "course",
        source: "amqp",
        bidirectional: true,
        description: "Kurs",
      },
    });
    for (const [personId, isModerator] of [
      ["colleague", true],
      ["pupil", true],
    ] as const) {
      await db.groupMember.create({
        data: { groupId: id, personId, role: "member", enrollmentId: `${id}${personId}`, isModerator },
      });
    }
    await keeper.follow(SCHOOL);
    const room = await keeper.find(`${SCHOOL}--${id}`);
    expect(await keeper.joined(room)).toEqual(users("colleague", "pupil"));
    expect((await keeper.levels(room)).users).toEqual({ [bot]: 150, [keeper.userOf("colleague")]: 100 });
    expect(await send("pupil", room)).toBe(200);
    expect(await db.managedRoom.count({ where: { groupId: id } })).toBe(1);
    await db.group.update({ where: { id }, data: { bidirectional: false } });
    await keeper.follow(SCHOOL);
    expect(await send("pupil", room)).toBe(403);
  });

  test("its description is the topic, also a later one, and is put back", async () => {
    const { db } = keeper;
    const alias = `${SCHOOL}--course_1`;
    expect(await state(alias, "m.room.topic")).toMatchObject({ topic: "Kurs" });
    await db.group.update({ where: { id: "course_1" }, data: { description: "Kurs 7" } });
    await keeper.follow(SCHOOL);
    expect(await state(alias, "m.room.topic")).toMatchObject({ topic: "Kurs 7" });
    await keeper.rooms.setState(await keeper.find(alias), "m.room.topic", { topic: "Quatsch" });
    await keeper.verify(alias);
    expect(await state(alias, "m.room.topic")).toMatchObject({ topic: "Kurs 7" });
    expect(await keeper.follow(SCHOOL)).toBe(0);
  });

  test.each(["by the next list", "by a verification"])(
    "a guest of a person who was named in between, seen %s, stays; who came by the source goes",
    async (seen) => {
      const { db } = keeper;
      const alias = `${SCHOOL}--course_1`;
      const room = await keeper.find(alias);
      const named = { groupId: "course_1", role: "member", enrollmentId: "" };
      const guest = session("mate");
      await session("colleague").invite(room, guest.userId);
      await guest.join(room);
      await db.groupMember.create({ data: { ...named, personId: "mate" } });
      if (seen === "by a verification") await keeper.verify(alias);
      await keeper.follow(SCHOOL);
      expect(await keeper.joined(room)).toEqual(users("colleague", "mate", "pupil"));
      await db.groupMember.deleteMany({ where: { groupId: "course_1", personId: { in: ["mate", "pupil"] } } });
      await keeper.follow(SCHOOL);
      expect(await keeper.joined(room)).toEqual(users("colleague", "mate"));
      expect(await keeper.follow(SCHOOL)).toBe(0);
      await guest.inRoom("POST", room, "leave", {});
      await db.groupMember.create({ data: { ...named, personId: "pupil" } });
      await keeper.follow(SCHOOL);
    },
  );
});
