// After a cell closes, the rooms that the policy would not permit are found; made read-only, nobody can write in them or
// undo it; made writable again, they are as they were. Synapse, gate, module and jobs are the real ones.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { performAction, type ActionDefinition } from "#lib/action/perform-action.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { readFacts } from "#lib/gate/facts.ts";
import { openGatePool } from "#lib/gate/pool.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { connectMatrix } from "#lib/matrix/connection.ts";
import { synapseRooms } from "#lib/matrix/rooms.ts";
import {
  makeRoomsReadOnlyCommand,
  makeRoomsWritableCommand,
  startRoomReviewCommand,
  tryRoomsAgainCommand,
} from "#lib/rooms/commands.ts";
import { protectRoom } from "#lib/rooms/protection.ts";
import { reviewRooms } from "#lib/rooms/review.ts";
import { FIRST_SCHOOL, openChatSchool, SECOND_SCHOOL, setCell, type ChatSchool } from "../chat-school.ts";
import type { MatrixSession } from "../matrix-session.ts";
import { managedRoom, ownRoom, succeed } from "../rooms.ts";
import { addPerson, signIn } from "../school.ts";
import { startTestSystem, type TestSystem } from "../system.ts";

const PUPILS_TO_TEACHERS = { from: "student", to: "teacher" } as const;
const TEACHERS_TO_PUPILS = { from: "teacher", to: "student" } as const;
const OLD_SIGN_IN = new Date(Date.now() - 10 * 60_000);

let system: TestSystem;
let people: ChatSchool["people"];
let jobs: JobSender;
let pool: ReturnType<typeof openGatePool>;
let admin: Principal;
let rooms: ReturnType<typeof synapseRooms>;
/** A pupil's room with two teachers, one of them a moderator, and a teacher's room with a colleague. */
let pupilsRoom: string;
let staffRoom: string;

beforeAll(async () => {
  system = await startTestSystem({ defences: "on" });
  ({ people } = await openChatSchool(system));
  const { db, url } = system.database;
  jobs = new JobSender(url);
  pool = openGatePool(url, 2);
  rooms = synapseRooms(connectMatrix({ baseUrl: system.synapseUrl, accessToken: system.provisioner.accessToken }));
  await addPerson(db, { id: "admin", roles: { [FIRST_SCHOOL]: ["orgAdmin"] } });
  await addPerson(db, { id: "elsewhere", roles: { [SECOND_SCHOOL]: ["orgAdmin"] } });
  admin = await signIn(db, "admin");
  pupilsRoom = await ownRoom(system, people.pupila, { members: [people.teacher, people.colleague] });
  await succeed(people.pupila.setState(pupilsRoom, "m.room.name", { name: "Theaterprobe" }));
  await raise(people.pupila, pupilsRoom, people.teacher.userId);
  staffRoom = await ownRoom(system, people.teacher, { members: [people.colleague] });
  const kept = await managedRoom(system, { members: [people.pupila, people.pupilb] });
  await db.roomRecord.create({
    data: { roomId: kept, schoolId: FIRST_SCHOOL, creator: "idm_provisioning_bot", creatorWasStaff: true },
  });
});
afterAll(async () => {
  await pool.end();
  await jobs.stop();
  await system.stop();
});
beforeEach(async () => {
  await setCell(system.database.db, PUPILS_TO_TEACHERS, false);
  await setCell(system.database.db, TEACHERS_TO_PUPILS, false);
});

async function levels(room: string): Promise<Record<string, unknown>> {
  const answer = await succeed(system.provisioner.inRoom("GET", room, "state/m.room.power_levels/"));
  return answer.body;
}

async function raise(who: MatrixSession, room: string, userId: string): Promise<void> {
  const present = await levels(room);
  const users = { ...(present["users"] as Record<string, number>), [userId]: 100 };
  const events = { ...(present["events"] as Record<string, number>), "m.reaction": 0 };
  await succeed(who.setState(room, "m.room.power_levels", { ...present, users, events }));
}

const send = (who: MatrixSession, room: string, type = "m.room.message") =>
  who.inRoom("PUT", room, `send/${type}/${crypto.randomUUID()}`, { msgtype: "m.text", body: "Hallo" });

const perform = <Schema extends Parameters<typeof performAction>[1]["input"], Output>(
  definition: ActionDefinition<Schema, Output>,
  input: object,
  who = admin,
) => performAction({ db: system.database.db, jobs }, definition, () => Promise.resolve(who), input);

async function review(): Promise<string> {
  const { db } = system.database;
  const started = await perform(startRoomReviewCommand, { schoolId: FIRST_SCHOOL });
  if (!started.ok) throw new Error(started.error.code);
  const { reviewId } = started.value;
  const factsOf = (asking: string, others: readonly string[], roomId: string) =>
    readFacts(pool, asking, others, roomId);
  const dependencies = { db, rooms, serverName: system.serverName, readFacts: factsOf };
  await reviewRooms(dependencies, reviewId, new AbortController().signal);
  return reviewId;
}

const protect = (room = pupilsRoom) =>
  protectRoom({ db: system.database.db, rooms, serverName: system.serverName }, room);
const protection = (roomId = pupilsRoom) => system.database.db.roomProtection.findUnique({ where: { roomId } });
const listed = async (reviewId: string) =>
  (await system.database.db.roomReviewRoom.findMany({ where: { reviewId } })).map(({ roomId }) => roomId);

async function expectWritable(): Promise<void> {
  for (const who of [people.pupila, people.teacher, people.colleague]) {
    expect((await send(who, pupilsRoom)).status).toBe(200);
  }
}

describe("a review", () => {
  test("finds exactly the rooms of people that the policy would not permit, and names nobody", async () => {
    const { db } = system.database;
    const reviewId = await review();
    const stored = await db.roomReview.findUniqueOrThrow({ where: { id: reviewId }, include: { rooms: true } });
    const { currentVersion } = await db.school.findUniqueOrThrow({ where: { id: FIRST_SCHOOL } });
    expect(stored).toMatchObject({ total: 2, checked: 2, notPermitted: 1, unreadable: 0, version: currentVersion });
    expect(stored.finishedAt).not.toBeNull();
    expect(stored.rooms).toEqual([
      { reviewId, roomId: pupilsRoom, name: "Theaterprobe", people: { student: 1, teacher: 2 } },
    ]);
    expect(await protection()).toBeNull();
    await expectWritable();
  });

  test("follows the policy", async () => {
    await setCell(system.database.db, PUPILS_TO_TEACHERS, true);
    expect(await listed(await review())).toEqual([]);
  });

  test("replaces the one before, and a second press finds the one under way", async () => {
    const { db } = system.database;
    await review();
    const first = await perform(startRoomReviewCommand, { schoolId: FIRST_SCHOOL });
    expect(await perform(startRoomReviewCommand, { schoolId: FIRST_SCHOOL })).toEqual(first);
    const reviewId = await review();
    expect(first).toEqual({ ok: true, value: { reviewId } });
    expect(await db.roomReview.findMany({ where: { schoolId: FIRST_SCHOOL }, select: { id: true } })).toEqual([
      { id: reviewId },
    ]);
  });
});

describe("read-only", () => {
  async function makeReadOnly(): Promise<void> {
    const reviewId = await review();
    const input = { schoolId: FIRST_SCHOOL, reviewId, rooms: "all" };
    expect(await perform(makeRoomsReadOnlyCommand, input)).toEqual({ ok: true, value: { rooms: 1 } });
    expect(await protection()).toMatchObject({ wanted: "readOnly", settledAt: null });
    await protect();
    expect(await protection()).toMatchObject({ wanted: "readOnly", problem: null });
  }

  async function makeWritable(): Promise<void> {
    const input = { schoolId: FIRST_SCHOOL, rooms: [pupilsRoom] };
    expect(await perform(makeRoomsWritableCommand, input)).toEqual({ ok: true, value: { rooms: 1 } });
    await protect();
    expect(await protection()).toMatchObject({ wanted: "writable", problem: null, former: null });
  }

  test("nobody writes or reacts, a moderator cannot undo it, and afterwards everything is as it was", async () => {
    const before = await levels(pupilsRoom);
    await makeReadOnly();
    for (const who of [people.pupila, people.teacher, people.colleague]) {
      for (const type of ["m.room.message", "m.room.encrypted", "m.reaction"]) {
        expect(await send(who, pupilsRoom, type)).toMatchObject({ status: 403 });
      }
    }
    const undo = await people.teacher.setState(pupilsRoom, "m.room.power_levels", before);
    expect(undo).toMatchObject({ status: 403 });
    expect((await send(people.teacher, staffRoom)).status).toBe(200);
    await makeWritable();
    expect(await levels(pupilsRoom)).toEqual(before);
    await expectWritable();
    const where = { scope: FIRST_SCHOOL, actorId: "admin", actorRole: "orgAdmin", outcome: "done" };
    const entries = await system.database.db.auditEntry.findMany({ where, orderBy: { seq: "desc" }, take: 2 });
    expect(entries.map(({ type }) => type)).toEqual(["roomsMadeWritable", "roomsMadeReadOnly"]);
  });

  test("a job that is repeated, or was killed at any point, neither loses nor repeats anything", async () => {
    const { db } = system.database;
    const before = await levels(pupilsRoom);
    const unsettle = () => db.roomProtection.update({ where: { roomId: pupilsRoom }, data: { settledAt: null } });
    await makeReadOnly();
    await unsettle();
    await protect();
    expect((await protection())?.former).toEqual(before);
    await makeWritable();
    await unsettle();
    await protect();
    expect(await levels(pupilsRoom)).toEqual(before);
    // killed between storing the former levels and telling Synapse
    await review();
    const silent = { ...rooms, setState: () => Promise.reject(new Error("killed")) };
    await perform(makeRoomsReadOnlyCommand, { schoolId: FIRST_SCHOOL, reviewId: await review(), rooms: [pupilsRoom] });
    await expect(protectRoom({ db, rooms: silent, serverName: system.serverName }, pupilsRoom)).rejects.toThrow(
      "killed",
    );
    await protect();
    expect(await send(people.teacher, pupilsRoom)).toMatchObject({ status: 403 });
    await makeWritable();
    expect(await levels(pupilsRoom)).toEqual(before);
  });

  test("what the provisioner changed meanwhile stays", async () => {
    const before = await levels(pupilsRoom);
    await makeReadOnly();
    const present = await levels(pupilsRoom);
    await succeed(system.provisioner.setState(pupilsRoom, "m.room.power_levels", { ...present, ban: 101 }));
    await makeWritable();
    expect(await levels(pupilsRoom)).toEqual({ ...before, ban: 101 });
    await succeed(system.provisioner.setState(pupilsRoom, "m.room.power_levels", before));
  });

  test("a room in which the provisioner may not act is a visible result", async () => {
    const { db } = system.database;
    const reviewId = await review();
    await perform(makeRoomsReadOnlyCommand, { schoolId: FIRST_SCHOOL, reviewId, rooms: "all" });
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(pupilsRoom)}/leave`;
    await succeed(system.provisioner.request("POST", path, {}));
    await protect();
    expect((await protection())?.problem).toBe("notInRoom");
    await succeed(people.pupila.invite(pupilsRoom, system.provisioner.userId));
    await expect
      .poll(async () => (await system.provisioner.inRoom("GET", pupilsRoom, "joined_members")).status)
      .toBe(200);
    // the reason is gone, so trying the same again is enough; what is done is not done twice
    const again = { schoolId: FIRST_SCHOOL, rooms: [pupilsRoom] };
    expect(await perform(tryRoomsAgainCommand, again)).toEqual({ ok: true, value: { rooms: 1 } });
    await protect();
    expect(await protection()).toMatchObject({ wanted: "readOnly", problem: null });
    expect(await perform(tryRoomsAgainCommand, again)).toMatchObject({ ok: false, error: { code: "nothingChanged" } });
    await perform(makeRoomsWritableCommand, { schoolId: FIRST_SCHOOL, rooms: [pupilsRoom] });
    await protect();
    expect(await db.roomProtection.findUnique({ where: { roomId: pupilsRoom } })).toMatchObject({ problem: null });
    await expectWritable();
  });
});

describe("refused", () => {
  test("an old sign-in, another school's administrator, foreign rooms, a review under way", async () => {
    const { db } = system.database;
    const reviewId = await review();
    const input = { schoolId: FIRST_SCHOOL, reviewId, rooms: "all" };
    const codeOf = async (result: ReturnType<typeof perform>) => {
      const answer = await result;
      return answer.ok ? "ok" : answer.error.code;
    };
    expect(await codeOf(perform(makeRoomsReadOnlyCommand, input, await signIn(db, "admin", OLD_SIGN_IN)))).toBe(
      "signInTooOld",
    );
    const stranger = await signIn(db, "elsewhere");
    expect(await codeOf(perform(makeRoomsReadOnlyCommand, input, stranger))).toBe("notFound");
    expect(await codeOf(perform(makeRoomsReadOnlyCommand, { ...input, schoolId: SECOND_SCHOOL }, stranger))).toBe(
      "notFound",
    );
    expect(await codeOf(perform(startRoomReviewCommand, { schoolId: FIRST_SCHOOL }, stranger))).toBe("notFound");
    expect(await codeOf(perform(makeRoomsReadOnlyCommand, { ...input, rooms: [staffRoom] }))).toBe("notFound");
    const foreign = { schoolId: SECOND_SCHOOL, rooms: [pupilsRoom] };
    expect(await codeOf(perform(makeRoomsWritableCommand, foreign, stranger))).toBe("notFound");
    expect(await codeOf(perform(tryRoomsAgainCommand, foreign, stranger))).toBe("notFound");
    const open = await perform(startRoomReviewCommand, { schoolId: FIRST_SCHOOL });
    const unfinished = { ...input, reviewId: open.ok ? open.value.reviewId : "" };
    expect(await codeOf(perform(makeRoomsReadOnlyCommand, unfinished))).toBe("notFound");
  });

  test("by the database: a room that no review has found, a room of another school, losing what restores", async () => {
    const { db } = system.database;
    const wish = { schoolId: FIRST_SCHOOL, people: {}, wanted: "readOnly", wantedById: "admin" } as const;
    await expect(db.roomProtection.create({ data: { ...wish, roomId: staffRoom } })).rejects.toThrow(
      "no review has found",
    );
    await expect(
      db.roomProtection.create({ data: { ...wish, roomId: pupilsRoom, schoolId: SECOND_SCHOOL } }),
    ).rejects.toThrow("only a room that people");
    await expect(db.roomProtection.deleteMany()).rejects.toThrow("denied");
  });
});
