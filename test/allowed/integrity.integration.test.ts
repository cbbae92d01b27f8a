// The integrity condition on a real Synapse: whom it does not hold, what is repaired afterwards, and what the school's
// management is told (design §5).
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { queueDueLooks } from "#lib/provisioning/room-looks.ts";
import { FIRST_SCHOOL, openChatSchool, type ChatSchool } from "../chat-school.ts";
import type { MatrixSession } from "../matrix-session.ts";
import { startRoomCare, type RoomCare } from "../room-care.ts";
import { joinedMembers, managedRoom, ownRoom, succeed } from "../rooms.ts";
import { until } from "../until.ts";
import { startTestSystem, type TestSystem } from "../system.ts";

let system: TestSystem;
let people: ChatSchool["people"];
let care: RoomCare;
beforeAll(async () => {
  system = await startTestSystem({ defences: "on" });
  ({ people } = await openChatSchool(system));
  care = startRoomCare(system);
});
afterAll(async () => {
  await care.stop();
  await system.stop();
});
beforeEach(async () => {
  await system.database.db.roomLook.deleteMany();
});

const levelsSchema = z.looseObject({ users: z.record(z.string(), z.number()) });
const levelsOf = async (room: string) =>
  levelsSchema.parse((await succeed(system.provisioner.inRoom("GET", room, "state/m.room.power_levels/"))).body);
const leave = (who: MatrixSession, room: string) => who.inRoom("POST", room, "leave", {});
const say = async (who: MatrixSession, room: string) =>
  (await who.inRoom("PUT", room, `send/m.room.message/${crypto.randomUUID()}`, { msgtype: "m.text", body: "Hallo" }))
    .status;
const looks = () => system.database.db.roomLook.findMany({ orderBy: { id: "asc" } });
const noticesOf = (roomId: string) =>
  system.database.db.schoolNotice.findMany({ where: { roomId }, orderBy: { createdAt: "asc" } });

async function raise(by: MatrixSession, room: string, who: MatrixSession, level = 100): Promise<void> {
  const levels = await levelsOf(room);
  const users = { ...levels.users, [who.userId]: level };
  await succeed(by.setState(room, "m.room.power_levels", { ...levels, users }));
}
const kickedBySource = (room: string, who: MatrixSession) =>
  succeed(system.provisioner.inRoom("POST", room, "kick", { user_id: who.userId }));

describe("whom the condition does not hold", () => {
  test("the last moderator where at most one other person is left", async () => {
    const { teacher, pupila } = people;
    const room = await ownRoom(system, teacher, { members: [pupila] });
    await succeed(leave(teacher, room));
  });

  test("a moderator beside another one who can act; the worker looks afterwards, since two might leave at once", async () => {
    const { teacher, colleague, pupila, pupilb } = people;
    const room = await ownRoom(system, teacher, { members: [colleague, pupila, pupilb] });
    await raise(teacher, room, colleague);
    await succeed(leave(teacher, room));
    await until(async () => (await looks()).length === 2, "the gate was told");
    expect((await looks()).map(({ roomId, concern }) => [roomId, concern])).toEqual([
      [room, "integrity"],
      [room, "integrity"],
    ]);
    await care.repair(room);
    expect(await noticesOf(room)).toEqual([]);
  });

  test("everybody else: ordinary leaving, removing and demoting asks nothing and tells nothing", async () => {
    const { teacher, colleague, pupila, pupilb } = people;
    const room = await ownRoom(system, teacher, { members: [colleague, pupila, pupilb] });
    await raise(teacher, room, colleague, 50);
    await succeed(leave(pupila, room));
    await succeed(teacher.inRoom("POST", room, "kick", { user_id: pupilb.userId }));
    await raise(teacher, room, colleague, 0);
    expect(await looks()).toEqual([]);
  });

  test("anybody while the gate is away: allowed within the second", async () => {
    const { teacher, pupila, pupilb } = people;
    const room = await ownRoom(system, teacher, { members: [pupila, pupilb] });
    await system.stopGate();
    try {
      await succeed(leave(teacher, room));
    } finally {
      await system.startGate();
    }
  });

  test("the provisioner", async () => {
    const { teacher, pupila, pupilb } = people;
    const room = await ownRoom(system, teacher, { members: [pupila, pupilb] });
    await kickedBySource(room, teacher);
    expect(await joinedMembers(system, room)).not.toContain(teacher.userId);
  });
});

describe("a repair", () => {
  test("after a pupil left the room that they had made: a teacher in it moderates, and management is told once", async () => {
    const { teacher, pupila, guardian } = people;
    const { db } = system.database;
    const room = await ownRoom(system, pupila, { members: [teacher] });
    await succeed(
      system.provisioner.request("POST", `/_synapse/admin/v1/join/${encodeURIComponent(room)}`, {
        user_id: guardian.userId,
      }),
    );
    await succeed(leave(pupila, room));
    expect((await looks()).map(({ concern }) => concern)).toEqual(["integrity", "integrity"]);
    await db.roomLook.updateMany({ data: { dueAt: new Date(0) } });
    expect(await queueDueLooks(db, care.jobs)).toBe(2);
    expect(await looks()).toEqual([]);
    const queued: unknown =
      await db.$queryRaw`SELECT data FROM pgboss.job WHERE name = 'repair-room' AND singleton_key = ${room}`;
    expect(queued).toEqual([{ data: { roomId: room } }]);

    await care.repair(room);
    await care.repair(room);
    expect((await levelsOf(room)).users).toMatchObject({ [teacher.userId]: 100 });
    expect(await noticesOf(room)).toMatchObject([
      { kind: "moderatorAppointed", schoolId: FIRST_SCHOOL, personId: "teacher", resolvedAt: null },
    ]);
    expect(await db.roomModerator.findMany({ where: { roomId: room } })).toMatchObject([{ personId: "teacher" }]);
    const entries = await db.auditEntry.count({ where: { scope: FIRST_SCHOOL, type: "moderatorsAppointed" } });
    expect(entries).toBe(1);
  });

  test("that was interrupted before Synapse was told appoints, and tells nobody twice", async () => {
    const { teacher, colleague, pupila } = people;
    const { db } = system.database;
    const room = await ownRoom(system, teacher, { members: [colleague, pupila] });
    await kickedBySource(room, teacher);
    const notice = { kind: "moderatorAppointed", schoolId: FIRST_SCHOOL, roomId: room, personId: "colleague" } as const;
    await db.roomModerator.create({ data: { roomId: room, personId: "colleague" } });
    await db.schoolNotice.create({ data: notice });
    await care.repair(room);
    expect((await levelsOf(room)).users).toMatchObject({ [colleague.userId]: 100 });
    expect(await noticesOf(room)).toHaveLength(1);
    const row = await db.roomModerator.findUniqueOrThrow({
      where: { roomId_personId: { roomId: room, personId: "colleague" } },
    });
    expect(row.settledAt).not.toBeNull();
  });

  test("after the teacher was removed at the source: closed while nobody suits, open again when somebody does", async () => {
    const { teacher, colleague, pupila, pupilb } = people;
    const { db } = system.database;
    const room = await ownRoom(system, teacher, { members: [pupila, pupilb] });
    const before = await levelsOf(room);
    await kickedBySource(room, teacher);
    await care.repair(room);
    await care.protect(room);
    await care.repair(room);
    expect(await say(pupila, room)).toBe(403);
    expect(await noticesOf(room)).toMatchObject([{ kind: "roomReadOnly", personId: null, resolvedAt: null }]);
    expect(await db.roomProtection.findUnique({ where: { roomId: room } })).toMatchObject({
      wantedById: null,
      problem: null,
    });

    await succeed(
      system.provisioner.request("POST", `/_synapse/admin/v1/join/${encodeURIComponent(room)}`, {
        user_id: colleague.userId,
      }),
    );
    await care.repair(room);
    await care.protect(room);
    expect(await say(pupila, room)).toBe(200);
    const { [teacher.userId]: _gone, ...users } = before.users;
    expect(await levelsOf(room)).toEqual({
      ...before,
      users: { ...users, [teacher.userId]: 100, [colleague.userId]: 100 },
    });
    const [closed, appointed] = await noticesOf(room);
    expect(closed?.resolvedAt).not.toBeNull();
    expect(appointed).toMatchObject({ kind: "moderatorAppointed", personId: "colleague" });
  });

  test("appoints nobody who cannot act, and does nothing at a school that is switched off", async () => {
    const { teacher, colleague, pupila } = people;
    const { db } = system.database;
    const room = await ownRoom(system, teacher, { members: [colleague, pupila] });
    await kickedBySource(room, teacher);
    await db.school.update({ where: { id: FIRST_SCHOOL }, data: { schoolEnabled: false } });
    await care.repair(room);
    await db.school.update({ where: { id: FIRST_SCHOOL }, data: { schoolEnabled: true } });
    expect(await noticesOf(room)).toEqual([]);

    const path = `/_synapse/admin/v1/suspend/${encodeURIComponent(colleague.userId)}`;
    await succeed(system.provisioner.request("PUT", path, { suspend: true }));
    await care.repair(room);
    await succeed(system.provisioner.request("PUT", path, { suspend: false }));
    expect((await levelsOf(room)).users).not.toHaveProperty([colleague.userId]);
    expect(await noticesOf(room)).toMatchObject([{ kind: "roomReadOnly" }]);
  });
});

describe("an older room, without the provisioner", () => {
  async function olderRoom(): Promise<string> {
    const { teacher, pupila, pupilb } = people;
    const room = await managedRoom(system, { members: [teacher, pupila, pupilb] });
    const levels = await levelsOf(room);
    await succeed(
      system.provisioner.setState(room, "m.room.power_levels", { ...levels, users: { [teacher.userId]: 100 } }),
    );
    await succeed(leave(system.provisioner, room));
    return room;
  }

  test("is adopted at the level of its strongest member, and that level is protected", async () => {
    const { teacher } = people;
    const { db } = system.database;
    const room = await olderRoom();
    expect(await care.adopt(room)).toBe(true);
    expect(await care.adopt(room)).toBe(true);
    expect(await joinedMembers(system, room)).toContain(system.provisioner.userId);
    expect(await db.adoptedRoom.findUnique({ where: { roomId: room } })).toMatchObject({
      provisionerLevel: 100,
      problem: null,
    });
    expect(await db.roomRecord.findUnique({ where: { roomId: room } })).toMatchObject({ schoolId: FIRST_SCHOOL });
    const levels = await levelsOf(room);
    const lowered = { ...levels, users: { ...levels.users, [system.provisioner.userId]: 0 } };
    expect((await teacher.setState(room, "m.room.power_levels", lowered)).status).toBe(403);
  });

  test("is found at night, like a room whose moderator was locked elsewhere", async () => {
    const { teacher, colleague, pupila } = people;
    const { db } = system.database;
    const older = await olderRoom();
    const room = await ownRoom(system, teacher, { members: [colleague, pupila] });
    const path = `/_synapse/admin/v2/users/${encodeURIComponent(teacher.userId)}`;
    await succeed(system.provisioner.request("PUT", path, { locked: true }));
    await care.sweep();
    const rows: unknown =
      await db.$queryRaw`SELECT singleton_key FROM pgboss.job WHERE name = 'repair-room' AND state = 'created'`;
    expect(rows).toEqual(expect.arrayContaining([{ singleton_key: room }, { singleton_key: older }]));
    await care.repair(room);
    await succeed(system.provisioner.request("PUT", path, { locked: false }));
    expect((await levelsOf(room)).users).toMatchObject({ [colleague.userId]: 100 });
    expect(await db.adoptedRoom.count({ where: { roomId: older } })).toBe(1);
  });
});
