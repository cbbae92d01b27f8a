// Guarantee: what becomes of people, classes and schools in a real Synapse: who leaves is locked, out of every room,
// deactivated and erased in time, and comes back whole; a school that is off is read-only, and later closed.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { roomId as asRoomId } from "#lib/ids/ids.ts";
import { addClass, openKeeper, provisionOne, type Keeper } from "#test/keeper.ts";
import type { MatrixSession } from "#test/matrix-session.ts";
import { ownRoom } from "#test/rooms.ts";
import { addPerson, addSchool } from "#test/school.ts";
import { startTestSystem, type TestSystem } from "#test/system.ts";
import { until } from "#test/until.ts";
import { queueLeavers } from "./queue.ts";
import { findManagedRooms } from "./room-states.ts";

const SCHOOL = "DE-RP-SN-31001";
const OTHER = "DE-RP-SN-31002";
const CHANNEL = `${SCHOOL}--7a--chat`;
const DAY_MS = 86_400_000;
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
async function send(id: string, room: string): Promise<number> {
  counter += 1;
  return (await session(id).inRoom("PUT", room, `send/m.room.message/${String(counter)}`, MESSAGE)).status;
}
const users = (...ids: string[]) => [bot, ...ids.map((id) => keeper.userOf(id))].sort();
const accountOf = (id: string) => keeper.accounts.find(keeper.userOf(id));
const person = (id: string) => keeper.db.person.findUniqueOrThrow({ where: { id } });
const openDepartures = () => keeper.db.schoolDeparture.count({ where: { settledAt: null } });

/** A room that somebody has made, with its record, as the gate writes it at the first invitation. */
async function roomOf(creator: string, members: readonly string[], schoolId: string): Promise<string> {
  const id = await ownRoom(system, session(creator), { members: members.map(session) });
  await keeper.db.$executeRaw`
    INSERT INTO room_record (room_id, school_id, creator, creator_was_staff)
    VALUES (${id}, ${schoolId}, ${`u-${creator}`}, true) ON CONFLICT (room_id) DO NOTHING`;
  return id;
}

async function leaveDirectory(id: string): Promise<void> {
  const { db, jobs } = keeper;
  await db.affiliation.deleteMany({ where: { personId: id } });
  await db.person.update({ where: { id }, data: { leftAt: keeper.tools.now() } });

  await db.$transaction((tx) => queueLeavers(tx, jobs, [id]));
  await keeper.work();
}

async function comeBack(id: string): Promise<void> {
  const { db } = keeper;
  await db.person.update({ where: { id }, data: { leftAt: null } });
  await db.affiliation.create({ data: { personId: id, schoolId: SCHOOL, role: "teacher", since: new Date() } });
  await keeper.follow(SCHOOL, { personIds: [id], groupIds: ["7a"] });
}

/** In a fresh database Synapse answers 500 to an activation before its index on profiles is there. */
async function hasFinishedUpdates(): Promise<boolean> {
  const { body } = await system.provisioner.request("GET", "/_synapse/admin/v1/background_updates/status");
  return Object.keys(z.object({ current_updates: z.looseObject({}) }).parse(body).current_updates).length === 0;
}

beforeAll(async () => {
  system = await startTestSystem({ defences: "on" });
  keeper = openKeeper(system);
  bot = system.provisioner.userId;
  const { db } = keeper;
  await addSchool(db, SCHOOL);
  await addSchool(db, OTHER);
  await addPerson(db, { id: "manager", roles: { [SCHOOL]: ["schoolManagement"] } });
  await addPerson(db, { id: "teacher", roles: { [SCHOOL]: ["teacher"] } });
  await addPerson(db, { id: "leaver", roles: { [SCHOOL]: ["teacher"] } });
  await addPerson(db, { id: "traveller", roles: { [SCHOOL]: ["teacher"], [OTHER]: ["teacher"] } });
  await addPerson(db, { id: "elsewhere", roles: { [OTHER]: ["teacher"] } });
  for (const id of ["pupil", "mate"]) await addPerson(db, { id, roles: { [SCHOOL]: ["student"] } });
  await addClass(db, {
    id: "7a",
    schoolId: SCHOOL,
    teachers: ["teacher", "leaver", "traveller"],
    pupils: ["pupil", "mate"],
  });
  await addClass(db, { id: "9z", schoolId: OTHER, teachers: ["traveller", "elsewhere"], pupils: [] });
  await keeper.follow(SCHOOL);
  await keeper.follow(OTHER);
  for (const id of ["manager", "teacher", "leaver", "traveller", "elsewhere", "pupil", "mate"]) {
    people[id] = await system.signIn(`u-${id}`, `Test, ${id}`);
  }
  await until(hasFinishedUpdates, "Synapse has finished its own first work");
}, 180_000);
afterAll(async () => {
  await keeper.stop();
  await system.stop();
});

describe("a person", () => {
  test("a changed name follows, once", async () => {
    await keeper.db.person.update({ where: { id: "pupil" }, data: { displayName: "Mia Neu" } });
    expect(await keeper.follow(SCHOOL, { personIds: ["pupil"] })).toBe(1);
    expect(await accountOf("pupil")).toMatchObject({ displayName: "Mia Neu" });
    expect(await keeper.follow(SCHOOL)).toBe(0);
  });

  test("who leaves one of several schools only leaves that school's rooms, also those made by people", async () => {
    const { db } = keeper;
    const here = await roomOf("teacher", ["traveller"], SCHOOL);
    const there = await roomOf("elsewhere", ["traveller"], OTHER);
    await db.affiliation.deleteMany({ where: { personId: "traveller", schoolId: SCHOOL } });
    keeper.repaired.length = 0;
    await keeper.follow(SCHOOL, { groupIds: ["7a"] });
    expect(await keeper.joined(here)).toEqual(users("teacher"));
    expect(await keeper.joined(there)).toEqual(users("elsewhere", "traveller"));
    expect(await keeper.joined(await keeper.find(CHANNEL))).not.toContain(keeper.userOf("traveller"));
    expect((await keeper.levels(await keeper.find(CHANNEL))).users).not.toHaveProperty(keeper.userOf("traveller"));
    expect(await keeper.joined(await keeper.find(`${OTHER}--9z--chat`))).toContain(keeper.userOf("traveller"));
    expect(await accountOf("traveller")).toMatchObject({ locked: false });
    expect(keeper.repaired).toEqual([here]);
    expect(await openDepartures()).toBe(0);
  });

  test("who leaves is locked, out of every room, and each room's integrity is looked at", async () => {
    const room = await roomOf("leaver", ["teacher"], SCHOOL);
    keeper.repaired.length = 0;
    await leaveDirectory("leaver");
    expect(await accountOf("leaver")).toMatchObject({ locked: true, deactivated: false });
    expect(await keeper.joined(room)).toEqual(users("teacher"));
    expect(await keeper.joined(await keeper.find(CHANNEL))).not.toContain(keeper.userOf("leaver"));
    expect(keeper.repaired).toContain(room);
    expect(await person("leaver")).toMatchObject({ accountState: "locked", accountProblem: null });
    expect(await openDepartures()).toBe(0);
  });

  test("who comes back within the grace period is unlocked and back in the class, as moderator", async () => {
    await comeBack("leaver");
    expect(await accountOf("leaver")).toMatchObject({ locked: false });
    expect(await keeper.joined(await keeper.find(CHANNEL))).toContain(keeper.userOf("leaver"));
    expect((await keeper.levels(await keeper.find(CHANNEL))).users).toMatchObject({ [keeper.userOf("leaver")]: 100 });
  });

  test("after the grace period the account is deactivated, and activated again for who comes back later", async () => {
    await leaveDirectory("leaver");
    keeper.clock.ms = 29 * DAY_MS;
    await keeper.calendar();
    expect(await person("leaver")).toMatchObject({ accountState: "locked" });
    keeper.clock.ms = 31 * DAY_MS;
    await keeper.calendar();
    expect(await accountOf("leaver")).toMatchObject({ deactivated: true });
    expect(await person("leaver")).toMatchObject({ accountState: "deactivated", accountProblem: null });
    keeper.clock.ms = 0;
    await comeBack("leaver");
    const back = { deactivated: false, locked: false, displayName: "Test, leaver", subjects: ["leaver"] };
    expect(await accountOf("leaver")).toMatchObject(back);
    expect(await keeper.joined(await keeper.find(CHANNEL))).toContain(keeper.userOf("leaver"));
  });

  test("erased within a year of the end of the school year, once", async () => {
    await leaveDirectory("leaver");
    keeper.clock.ms = 31 * DAY_MS;
    await keeper.calendar();
    expect(await person("leaver")).toMatchObject({ accountErasedAt: null });
    keeper.clock.ms = 730 * DAY_MS;
    await keeper.calendar();
    expect((await person("leaver")).accountErasedAt).not.toBeNull();
    expect(await person("leaver")).toMatchObject({ familyName: "", givenName: "", displayName: "leaver", email: null });
    expect(await accountOf("leaver")).toMatchObject({ displayName: "" });
    expect(await keeper.calendar()).toBe(0);
    keeper.clock.ms = 0;
  });

  test("never had an account of ours: nothing is asked of Synapse, and our own record loses the name in time", async () => {
    const { db } = keeper;
    await addPerson(db, { id: "foreign", roles: {} });
    const left = new Date("2024-05-01T00:00:00Z");
    const names = { familyName: "Test", givenName: "Foreign", leftAt: left, accountState: "conflict" as const };
    await db.person.update({ where: { id: "foreign" }, data: names });
    await keeper.calendar();
    expect(await person("foreign")).toMatchObject({ familyName: "", givenName: "", displayName: "foreign" });
    expect(await accountOf("foreign")).toBeNull();
    expect(await keeper.calendar()).toBe(0);
  });

  test("a remaining member fails the deactivation, and is shown", async () => {
    const { db } = keeper;
    const room = await roomOf("teacher", ["mate"], SCHOOL);
    await leaveDirectory("mate");

    const stays = { userId: keeper.userOf("mate"), sender: bot, membership: "join" as const };
    const tools = {
      ...keeper.tools,
      now: () => new Date(Date.now() + 31 * DAY_MS),
      keeping: { membershipsOf: () => Promise.resolve(new Map([[asRoomId(room), "join" as const]])) },
      rooms: { members: () => Promise.resolve([stays]) },
    };
    await expect(provisionOne(tools, "mate")).rejects.toThrow("still in a room");
    expect(await person("mate")).toMatchObject({ accountState: "locked", accountProblem: "stillInRooms" });
    await provisionOne({ ...keeper.tools, now: tools.now }, "mate");
    expect(await person("mate")).toMatchObject({ accountState: "deactivated", accountProblem: null });
    expect(await db.schoolDeparture.count({ where: { personId: "mate", settledAt: null } })).toBe(0);
  });
});

describe("a class", () => {
  test("renamed: its rooms are; ended: read-only with its members; opened again: as before", async () => {
    const { db } = keeper;
    const room = await keeper.find(CHANNEL);
    await db.group.update({ where: { id: "7a" }, data: { title: "8a" } });
    await keeper.follow(SCHOOL, { groupIds: ["7a"] });
    expect(await keeper.rooms.state(room, "m.room.name")).toEqual({ name: "8a" });
    const before = await keeper.levels(room);
    const members = await keeper.joined(room);
    await db.group.update({ where: { id: "7a" }, data: { leftAt: new Date() } });
    await keeper.follow(SCHOOL);
    expect(await send("teacher", room)).toBe(403);
    expect(await keeper.joined(room)).toEqual(members);
    await db.group.update({ where: { id: "7a" }, data: { leftAt: null } });
    await keeper.follow(SCHOOL);
    expect(await keeper.levels(room)).toEqual(before);
    expect(await send("teacher", room)).toBe(200);
  });

  test("merged into another one: its people come into that one's rooms, its own stay as they are, read-only", async () => {
    const { db } = keeper;
    await addPerson(db, { id: "moving", roles: { [SCHOOL]: ["teacher"] } });
    await addClass(db, { id: "5a", schoolId: SCHOOL, teachers: ["teacher"], pupils: ["pupil"] });
    await addClass(db, { id: "5b", schoolId: SCHOOL, teachers: ["moving"], pupils: [] });
    await keeper.follow(SCHOOL);
    people["moving"] = await system.signIn("u-moving", "Test, moving");
    const [stays, ends] = await Promise.all(["5a", "5b"].map((id) => keeper.find(`${SCHOOL}--${id}--chat`)));
    if (stays === undefined || ends === undefined) throw new Error("no rooms");
    const before = await keeper.joined(ends);
    // as a sync writes it: new memberships, and one class less
    await db.group.update({ where: { id: "5b" }, data: { leftAt: keeper.tools.now() } });
    await db.groupMember.create({
      data: { groupId: "5a", personId: "moving", role: "teacher", enrollmentId: "5a-moving" },
    });
    await keeper.follow(SCHOOL, { groupIds: ["5a", "5b"] });
    expect(await keeper.joined(stays)).toEqual(users("teacher", "moving", "pupil"));
    expect((await keeper.levels(stays)).users).toMatchObject({ [keeper.userOf("moving")]: 100 });
    expect(await keeper.joined(ends)).toEqual(before);
    expect(await send("moving", ends)).toBe(403);
    expect(await send("moving", stays)).toBe(200);
  });

  test("ended long ago: emptied and closed; opened again: a new room under the same alias", async () => {
    const { db } = keeper;
    await addClass(db, { id: "10c", schoolId: SCHOOL, teachers: ["teacher"], pupils: ["pupil"] });
    await keeper.follow(SCHOOL);
    const alias = `${SCHOOL}--10c--chat`;
    const room = await keeper.find(alias);
    await db.group.update({ where: { id: "10c" }, data: { leftAt: new Date("2024-05-01T00:00:00Z") } });
    await keeper.calendar();
    expect(await keeper.rooms.members(room)).toBeNull();
    expect((await db.managedRoom.findUniqueOrThrow({ where: { alias } })).closedAt).not.toBeNull();
    expect(await keeper.follow(SCHOOL)).toBe(0);
    await db.group.update({ where: { id: "10c" }, data: { leftAt: null } });
    await keeper.follow(SCHOOL);
    expect(await keeper.joined(await keeper.find(alias))).toEqual(users("teacher", "pupil"));
  });
});

describe("a school", () => {
  const setSchool = async (on: boolean) => {
    await keeper.db.school.update({ where: { id: SCHOOL }, data: { schoolEnabled: on } });
    await keeper.follow(SCHOOL);
  };

  test("off: every room is read-only and keeps its people; on again: everything as before", async () => {
    const channel = await keeper.find(CHANNEL);
    const own = await roomOf("teacher", ["pupil"], SCHOOL);
    const direct = await roomOf("manager", [], SCHOOL);
    const before = await Promise.all([channel, own, direct].map((room) => keeper.levels(room)));
    const members = await keeper.joined(channel);
    await setSchool(false);
    for (const room of [channel, own]) expect(await send("teacher", room)).toBe(403);
    expect(await send("pupil", own)).toBe(403);
    expect(await keeper.joined(channel)).toEqual(members);
    expect(await keeper.joined(own)).toEqual(users("teacher", "pupil"));
    expect((await keeper.db.school.findUniqueOrThrow({ where: { id: SCHOOL } })).unservedSince).not.toBeNull();
    expect(await keeper.follow(SCHOOL)).toBe(0);
    await setSchool(true);
    expect(await Promise.all([channel, own, direct].map((room) => keeper.levels(room)))).toEqual(before);
    expect(await send("pupil", own)).toBe(200);
    expect(await send("pupil", channel)).toBe(403);
    expect(await keeper.follow(SCHOOL)).toBe(0);
  });

  test("off for longer than the grace period: emptied and closed; on again: the kept rooms are made anew", async () => {
    const channel = await keeper.find(CHANNEL);
    const own = await roomOf("teacher", ["pupil"], SCHOOL);
    await setSchool(false);
    await keeper.calendar();
    expect(await keeper.joined(own)).toEqual(users("teacher", "pupil"));
    keeper.clock.ms = 31 * DAY_MS;

    const rooms = await findManagedRooms(keeper.db, { schoolId: SCHOOL }, keeper.tools.now());
    expect(new Set(rooms.map((room) => room.desired.mode))).toEqual(new Set(["closed"]));
    await keeper.calendar();
    expect(await keeper.rooms.members(channel)).toBeNull();
    expect(await keeper.rooms.members(asRoomId(own))).toBeNull();
    expect(await keeper.db.managedRoom.count({ where: { schoolId: SCHOOL, roomId: { not: null } } })).toBe(0);
    keeper.clock.ms = 0;
    await setSchool(true);
    const anew = await keeper.find(CHANNEL);
    expect(anew).not.toBe(channel);
    expect(await keeper.joined(anew)).toEqual(users("teacher", "pupil"));
    expect(await keeper.follow(SCHOOL)).toBe(0);
  });
});
