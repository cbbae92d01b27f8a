// The gate's answers over a real PostgreSQL: one query, fresh with every commit, and the same answer for everybody whom
// somebody must not know about.
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { addGroup, addPerson, addSchool } from "#test/school.ts";
import { deciders, isInvitationAllowed, type GateContext } from "./decide.ts";
import { openGatePool } from "./pool.ts";
import { CONTACT_REFUSED, GROUP_REFUSED, LAST_MODERATOR, ROOM_REFUSED, SETTING_REFUSED } from "./refusals.ts";

const PROVISIONER = "@idm_provisioning_bot:localhost";
const JOIN_REFUSED = { ...CONTACT_REFUSED, errcode: "M_FORBIDDEN" };

let database: TestDatabase;
let pool: pg.Pool;
let gate: GateContext;

beforeAll(async () => {
  database = await startTestDatabase();
  pool = openGatePool(database.url, 4);
  gate = { pool, serverName: "localhost" };
  const { db } = database;
  for (const id of ["A", "B", "C"]) await addSchool(db, id);
  await db.school.update({ where: { id: "C" }, data: { stateEnabled: false } });
  await addPerson(db, { id: "teacher", roles: { A: ["teacher"] } });
  await addPerson(db, { id: "teacher2", roles: { A: ["teacher"] } });
  await addPerson(db, { id: "manager", roles: { A: ["schoolManagement"] } });
  await addPerson(db, { id: "guardian", roles: { A: ["guardian"] } });
  await addPerson(db, { id: "pupil", roles: { A: ["student"] } });
  await addPerson(db, { id: "pupil2", roles: { A: ["student"] } });
  await addPerson(db, { id: "both", roles: { A: ["teacher"], B: ["teacher"] } });
  await addPerson(db, { id: "pupil-ab", roles: { A: ["student"], B: ["student"] } });
  await addPerson(db, { id: "pupil-b", roles: { B: ["student"] } });
  await addPerson(db, { id: "mixed", roles: { A: ["student"], B: ["teacher"] } });
  await addPerson(db, { id: "teacher-c", roles: { C: ["teacher"] } });
  await addPerson(db, { id: "pupil-c", roles: { C: ["student"] } });
  await addPerson(db, { id: "nowhere", roles: {} });
  await addPerson(db, { id: "locked", roles: { A: ["student"] } });
  await addPerson(db, { id: "gone", roles: { A: ["student"] } });
  await addPerson(db, { id: "locked-teacher", roles: { A: ["teacher"] } });
  await db.person.updateMany({ where: { id: { in: ["locked", "locked-teacher"] } }, data: { enabled: false } });
  await db.person.update({ where: { id: "gone" }, data: { leftAt: new Date() } });
  await addPerson(db, { id: "protected", roles: { A: ["student"] }, addressProtected: true });
  await addGroup(db, "7b", "A", ["protected", "teacher", "pupil"]);
  await addGroup(db, "6b", "A", ["protected", "teacher2"]);
  await db.group.update({ where: { id: "6b" }, data: { leftAt: new Date() } });
  await addGroup(db, "b1", "B", ["protected", "both"]);
});
afterAll(async () => {
  await pool.end();
  await database.stop();
});

let rooms = 0;
const newRoom = () => `!room-${String((rooms += 1))}:localhost`;
const id = (localpart: string) => (localpart.startsWith("@") ? localpart : `@u-${localpart}:localhost`);

function invite(inviter: string, invitee: string, room = newRoom(), marker: string | null = null, creator = inviter) {
  return deciders.invite(gate, {
    inviter: id(inviter),
    invitee: id(invitee),
    room_id: room,
    creator: id(creator),
    marker,
  });
}
const recordOf = (room: string) => database.db.roomRecord.findUnique({ where: { roomId: room } });

/** A new version of the school in which one cell has this letter. */
async function setCell(schoolId: string, from: string, to: string, letter: "S" | "s"): Promise<void> {
  await database.db.$executeRaw`
    INSERT INTO policy_version (school_id, number, kind, cells, frame_version, reason)
    SELECT id, current_version + 1, 'change', overlay(policy_cells placing ${letter} from cell_position(${from}::role, ${to}) for 1), 1, ''
    FROM school WHERE id = ${schoolId}`;
}

describe("an invitation", () => {
  test.each([
    ["teacher", "pupil"],
    ["teacher", "guardian"],
    ["guardian", "teacher"],
    ["both", "pupil"],
    ["both", "pupil-b"],
    ["mixed", "pupil-b"],
    ["mixed", "pupil-ab"],
    ["teacher", "mixed"],
    ["teacher", "protected"],
    ["manager", "protected"],
  ])("from %s to %s is allowed", async (inviter, invitee) => {
    expect(await invite(inviter, invitee)).toBeUndefined();
  });

  const refused: [string, string][] = [
    ["pupil", "pupil2"],
    ["pupil", "teacher"],
    ["guardian", "pupil"],
    ["mixed", "pupil"],
    ["teacher", "pupil-b"],
    ["teacher", "teacher-c"],
    ["teacher-c", "pupil-c"],
    ["teacher", "nowhere"],
    ["nowhere", "pupil"],
    ["teacher", "locked"],
    ["teacher", "gone"],
    ["teacher", "unknown"],
    ["unknown", "pupil"],
    ["locked-teacher", "pupil"],
    ["both", "protected"],
    ["teacher2", "protected"],
    ["pupil", "protected"],
    ["teacher", "teacher"],
    ["teacher", "@u-pupil:elsewhere"],
    ["@u-teacher:elsewhere", "pupil"],
    ["teacher", "@u-pupil:localhost.elsewhere"],
    ["teacher", "@u-pupil:x:localhost"],
    ["teacher", "@:localhost"],
    ["teacher", "@u-PUPIL:localhost"],
    ["teacher", PROVISIONER],
  ];
  test.each(refused)("from %s to %s is refused, and leaves no record", async (inviter, invitee) => {
    const room = newRoom();
    expect(await invite(inviter, invitee, room)).toEqual(CONTACT_REFUSED);
    expect(await recordOf(room)).toBeNull();
  });

  test("forbidden, unknown, locked, gone and protected people get one answer, by one and the same query", async () => {
    const query = vi.spyOn(pool, "query");
    try {
      for (const [inviter, invitee] of refused) {
        query.mockClear();
        expect(await invite(inviter, invitee)).toBe(CONTACT_REFUSED);
        expect(query.mock.calls.map(([asked]) => (asked as unknown as { name: string }).name)).toEqual(["facts"]);
      }
    } finally {
      query.mockRestore();
    }
  });

  test("is answered by the policy of the last commit", async () => {
    expect(await invite("guardian", "guardian")).toEqual(CONTACT_REFUSED);
    await setCell("A", "teacher", "guardian", "s");
    expect(await invite("teacher", "guardian")).toEqual(CONTACT_REFUSED);
    await setCell("A", "teacher", "guardian", "S");
    expect(await invite("teacher", "guardian")).toBeUndefined();
  });

  test.each(["serviceEnabled", "stateEnabled", "schoolEnabled"] as const)(
    "is refused at once when %s is switched off, in old rooms too",
    async (which) => {
      const room = newRoom();
      expect(await invite("teacher", "pupil", room)).toBeUndefined();
      await database.db.school.update({ where: { id: "A" }, data: { [which]: false } });
      try {
        expect(await invite("teacher", "pupil2", room)).toEqual(CONTACT_REFUSED);
        expect(await invite("both", "pupil")).toEqual(CONTACT_REFUSED);
        expect(await invite("both", "pupil-b")).toBeUndefined();
      } finally {
        await database.db.school.update({ where: { id: "A" }, data: { [which]: true } });
      }
      expect(await invite("teacher", "pupil2", room)).toBeUndefined();
    },
  );

  test("is refused at a school that has left the directory", async () => {
    await database.db.school.update({ where: { id: "B" }, data: { leftAt: new Date() } });
    try {
      expect(await invite("both", "pupil-b")).toEqual(CONTACT_REFUSED);
    } finally {
      await database.db.school.update({ where: { id: "B" }, data: { leftAt: null } });
    }
  });
});

test("questions asked at the same time share a query and never an answer", async () => {
  const asked = Array.from({ length: 10 }, () => [
    { inviter: "teacher", invitee: "pupil", answer: undefined },
    { inviter: "pupil", invitee: "teacher", answer: CONTACT_REFUSED },
    { inviter: "both", invitee: "pupil-b", answer: undefined },
    { inviter: "both", invitee: "protected", answer: CONTACT_REFUSED },
    { inviter: "teacher", invitee: "protected", answer: undefined },
    { inviter: "teacher2", invitee: "protected", answer: CONTACT_REFUSED },
    { inviter: "teacher", invitee: "unknown", answer: CONTACT_REFUSED },
    { inviter: "teacher", invitee: "@u-pupil\u0000:localhost", answer: CONTACT_REFUSED },
    { inviter: "guardian", invitee: "teacher", answer: undefined },
    { inviter: "mixed", invitee: "pupil", answer: CONTACT_REFUSED },
  ]).flat();
  const answers = await Promise.all(asked.map(({ inviter, invitee }) => invite(inviter, invitee)));
  expect(answers).toEqual(asked.map(({ answer }) => answer));
});

describe("the room's school is recorded once", () => {
  test("at the first allowed invitation, by the smallest id at which it is allowed", async () => {
    const room = newRoom();
    expect(await invite("both", "pupil-ab", room)).toBeUndefined();
    expect(await recordOf(room)).toMatchObject({ schoolId: "A", creator: "u-both", creatorWasStaff: true });
    // from now on only school A counts
    expect(await invite("both", "pupil-b", room)).toEqual(CONTACT_REFUSED);
    expect(await invite("both", "pupil-b", room, "B")).toEqual(CONTACT_REFUSED);
    expect(await invite("both", "pupil", room, "B")).toBeUndefined();
    expect(await recordOf(room)).toMatchObject({ schoolId: "A" });
  });
  test("the marker's school, if the invitation is allowed there", async () => {
    const [marked, elsewhere] = [newRoom(), newRoom()];
    expect(await invite("both", "pupil-ab", marked, "B")).toBeUndefined();
    expect(await recordOf(marked)).toMatchObject({ schoolId: "B" });
    expect(await invite("teacher", "pupil", elsewhere, "B")).toBeUndefined();
    expect(await recordOf(elsewhere)).toMatchObject({ schoolId: "A" });
  });
  test("with what its creator was at that school, not at another, even if locked by now", async () => {
    const [byPupil, byLocked, byUnknown] = [newRoom(), newRoom(), newRoom()];
    await invite("teacher", "pupil2", byPupil, null, "mixed");
    await invite("teacher", "pupil2", byLocked, null, "locked-teacher");
    await invite("teacher", "pupil2", byUnknown, null, "unknown");
    expect(await recordOf(byPupil)).toMatchObject({ schoolId: "A", creatorWasStaff: false });
    expect(await recordOf(byLocked)).toMatchObject({ creatorWasStaff: true });
    expect(await recordOf(byUnknown)).toMatchObject({ creatorWasStaff: false });
  });
  test("of two first invitations at once, for different schools, one decides and the other is judged by it", async () => {
    for (let round = 0; round < 20; round += 1) {
      const room = newRoom();
      const answers = await Promise.all([invite("both", "pupil", room), invite("both", "pupil-b", room)]);
      const record = await recordOf(room);
      const expected = record?.schoolId === "A" ? [undefined, CONTACT_REFUSED] : [CONTACT_REFUSED, undefined];
      expect(answers).toEqual(expected);
    }
  });
});

describe("joining", () => {
  const join = (user: string, inviter: string, room = newRoom()) =>
    deciders.join(gate, { user: id(user), inviter: id(inviter), room_id: room, creator: id(inviter), marker: null });
  test("while the invitation is still allowed", async () => {
    expect(await join("pupil", "teacher")).toBeUndefined();
  });
  test.each([
    ["pupil2", "pupil"],
    ["unknown", "teacher"],
    ["locked", "teacher"],
    ["protected", "both"],
  ])("%s, invited by %s: refused with the code that keeps the invitation", async (user, inviter) => {
    expect(await join(user, inviter)).toEqual(JOIN_REFUSED);
  });
  test("not when the inviter has been locked, or the cell closed, since", async () => {
    const room = newRoom();
    expect(await invite("teacher", "guardian", room)).toBeUndefined();
    await setCell("A", "teacher", "guardian", "s");
    expect(await join("guardian", "teacher", room)).toEqual(JOIN_REFUSED);
    await setCell("A", "teacher", "guardian", "S");
    await database.db.person.update({ where: { id: "teacher" }, data: { enabled: false } });
    expect(await join("guardian", "teacher", room)).toEqual(JOIN_REFUSED);
    await database.db.person.update({ where: { id: "teacher" }, data: { enabled: true } });
    expect(await join("guardian", "teacher", room)).toBeUndefined();
  });
});

describe("creating a room", () => {
  const create = (creator: string, request: Record<string, unknown>) =>
    deciders.create_room(gate, { creator: id(creator), request });
  const inviting = (...invitees: string[]) => ({ invite: invitees.map(id) });
  const direct = (invitee: string) => ({ preset: "trusted_private_chat", is_direct: true, ...inviting(invitee) });

  test.each<[string, string, Record<string, unknown>]>([
    ["a direct chat", "teacher", direct("pupil")],
    ["a group of people of one school", "both", inviting("pupil", "pupil-ab", "guardian")],
    ["an empty group chat", "teacher", {}],
    ["with the provisioner invited", "teacher", inviting("pupil", PROVISIONER)],
    ["by a guardian, whose row is partly on", "guardian", direct("teacher")],
    [
      "with a colleague as moderator",
      "teacher",
      { ...inviting("teacher2"), power_level_content_override: { users: { [id("teacher2")]: 50 } } },
    ],
    [
      "with the creator's own level",
      "guardian",
      { power_level_content_override: { users: { [id("guardian")]: 100 } } },
    ],
    [
      "marked with one's own school",
      "both",
      { initial_state: [{ type: "edu.example.school", content: { name: "B" } }] },
    ],
  ])("%s is allowed", async (_, creator, request) => {
    expect(await create(creator, request)).toBeUndefined();
  });

  test.each<[string, string, Record<string, unknown>, object]>([
    ["to somebody forbidden", "teacher", direct("pupil-b"), CONTACT_REFUSED],
    ["to somebody unknown", "teacher", direct("unknown"), CONTACT_REFUSED],
    ["to an id that is none", "teacher", { invite: ["pupil"] }, CONTACT_REFUSED],
    ["to an id of another server", "teacher", { invite: ["@u-pupil:elsewhere"] }, CONTACT_REFUSED],
    ["to people without a common school", "both", inviting("pupil", "pupil-b"), CONTACT_REFUSED],
    ["to one forbidden among many", "teacher", inviting("pupil", "pupil2", "guardian", "locked"), CONTACT_REFUSED],
    ["to oneself", "teacher", inviting("teacher"), CONTACT_REFUSED],
    ["by a pupil, whose row is off", "pupil", {}, ROOM_REFUSED],
    ["by a pupil to a teacher", "pupil", direct("teacher"), ROOM_REFUSED],
    ["by somebody unknown", "unknown", {}, ROOM_REFUSED],
    ["by somebody locked", "locked-teacher", {}, ROOM_REFUSED],
    ["at a school that does not take part", "teacher-c", direct("pupil-c"), ROOM_REFUSED],
    [
      "with a pupil as moderator",
      "teacher",
      { ...inviting("pupil"), power_level_content_override: { users: { [id("pupil")]: 50 } } },
      SETTING_REFUSED,
    ],
    [
      "with staff of another school as moderator",
      "teacher",
      { power_level_content_override: { users: { [id("mixed")]: 100 } } },
      SETTING_REFUSED,
    ],
    [
      "marked with another school",
      "teacher",
      { initial_state: [{ type: "edu.example.school", content: { name: "B" } }] },
      SETTING_REFUSED,
    ],
    [
      "marked with a school where an invitee is not",
      "both",
      { ...inviting("pupil"), initial_state: [{ type: "edu.example.school", content: { name: "B" } }] },
      SETTING_REFUSED,
    ],
    [
      "marked with one's own school that does not take part",
      "teacher-c",
      { initial_state: [{ type: "edu.example.school", content: { name: "C" } }] },
      ROOM_REFUSED,
    ],
    [
      "with a member event",
      "teacher",
      { initial_state: [{ type: "m.room.member", state_key: id("pupil"), content: { membership: "invite" } }] },
      SETTING_REFUSED,
    ],
  ])("%s is refused", async (_, creator, request, refusal) => {
    expect(await create(creator, request)).toEqual(refusal);
  });
});

describe("power levels", () => {
  const users = (levels: Record<string, number>) => ({
    users: {
      [PROVISIONER]: 150,
      ...Object.fromEntries(Object.entries(levels).map(([who, level]) => [id(who), level])),
    },
  });
  const ask = (room: string, creator: string, before: Record<string, number>, after: Record<string, number>) =>
    deciders.power_levels(gate, {
      sender: id(creator),
      room_id: room,
      creator: id(creator),
      content: users(after),
      current: users(before),
    });
  let staffRoom: string;
  let pupilRoom: string;
  beforeEach(async () => {
    [staffRoom, pupilRoom] = [newRoom(), newRoom()];
    await invite("teacher", "pupil", staffRoom);
    await invite("teacher", "pupil", pupilRoom, null, "pupil2");
  });
  test("staff of the room's school may be raised, nobody else", async () => {
    const before = { teacher: 100 };
    expect(await ask(staffRoom, "teacher", before, { ...before, teacher2: 100 })).toBeUndefined();
    for (const other of [
      "pupil",
      "guardian",
      "mixed",
      "pupil-b",
      "locked-teacher",
      "unknown",
      "nowhere",
      "@u-teacher:elsewhere",
    ])
      expect(await ask(staffRoom, "teacher", before, { ...before, [other]: 50 }), other).toEqual(SETTING_REFUSED);
  });
  test("a pupil keeps or regains the level in a room that the pupil has made, and nobody else of the pupils", async () => {
    expect(await ask(pupilRoom, "pupil2", {}, { pupil2: 100 })).toBeUndefined();
    expect(await ask(pupilRoom, "pupil2", { pupil2: 100 }, { pupil2: 100, pupil: 50 })).toEqual(SETTING_REFUSED);
  });
  test("in a room whose creator nobody knows, staff of its school may still be raised", async () => {
    const room = newRoom();
    await invite("teacher", "pupil", room, null, "unknown");
    expect(await ask(room, "unknown", {}, { teacher: 100 })).toBeUndefined();
    expect(await ask(room, "unknown", {}, { pupil: 100 })).toEqual(SETTING_REFUSED);
  });
  test("in a room without a record: its creator and staff of the creator's school", async () => {
    expect(await ask(newRoom(), "pupil", {}, { pupil: 100 })).toBeUndefined();
    expect(await ask(newRoom(), "pupil", {}, { teacher: 50 })).toBeUndefined();
    expect(await ask(newRoom(), "pupil", {}, { pupil2: 50 })).toEqual(SETTING_REFUSED);
    expect(await ask(newRoom(), "teacher", {}, { mixed: 50 })).toEqual(SETTING_REFUSED);
  });
  test("the provisioner's level is nobody's to change", async () => {
    const content = { users: { [id("teacher")]: 100, [PROVISIONER]: 100 } };
    expect(
      await deciders.power_levels(gate, {
        sender: id("teacher"),
        room_id: staffRoom,
        creator: id("teacher"),
        content,
        current: users({ teacher: 100 }),
      }),
    ).toEqual(SETTING_REFUSED);
  });
});

describe("a school marker", () => {
  const mark = (sender: string, school: string, room = newRoom()) =>
    deciders.school_marker(gate, { sender: id(sender), room_id: room, creator: id(sender), school });
  test.each<[string, string, object | undefined]>([
    ["teacher", "A", undefined],
    ["both", "B", undefined],
    ["teacher", "B", SETTING_REFUSED],
    ["teacher", "unknown", SETTING_REFUSED],
    ["teacher-c", "C", SETTING_REFUSED],
    ["unknown", "A", SETTING_REFUSED],
    ["locked-teacher", "A", SETTING_REFUSED],
  ])("by %s naming %s in a room without a record", async (sender, school, answer) => {
    expect(await mark(sender, school)).toEqual(answer);
  });
  test("names the recorded school or none", async () => {
    const room = newRoom();
    await invite("both", "pupil", room);
    expect(await mark("both", "A", room)).toBeUndefined();
    expect(await mark("both", "B", room)).toEqual(SETTING_REFUSED);
  });
});

describe("join rules", () => {
  const alias = (school: string, group: string, server = "localhost") => `#${school}--${group}:${server}`;
  const restricted = (...ids: string[]) => ({
    join_rule: "restricted",
    allow: ids.map((room) => ({ type: "m.room_membership", room_id: room })),
  });
  type Asked = {
    readonly by?: string;
    readonly room?: string;
    readonly current?: object;
    readonly moderators?: string[];
  };
  const ask = (
    content: Record<string, unknown>,
    { by = "teacher", room = newRoom(), current, moderators }: Asked = {},
  ) =>
    deciders.join_rules(gate, {
      sender: id(by),
      room_id: room,
      creator: id(by),
      content,
      current: current === undefined ? null : { ...current },
      moderators: (moderators ?? []).map(id),
    });
  const groupsOf = (roomId: string) => database.db.roomGroup.findMany({ where: { roomId } });
  const looksAt = (roomId: string) => database.db.roomLook.findMany({ where: { roomId } });

  test.each<[string, Record<string, unknown>]>([
    ["public", { join_rule: "public" }],
    ["knock", { join_rule: "knock" }],
    ["none", {}],
    ["a genuine room", restricted("!door:localhost")],
    ["a group beside a genuine room", restricted(alias("A", "7b"), "!door:localhost")],
    ["a group of another server", restricted(alias("A", "7b", "elsewhere.example"))],
    ["a group's channel", restricted(alias("A", "7b--chat"))],
    ["the staff room", restricted(alias("A", "staffroom"))],
    [
      "another kind of entry",
      { join_rule: "restricted", allow: [{ type: "org.example.open", room_id: alias("A", "7b") }] },
    ],
  ])("refused: %s", async (_, content) => {
    const room = newRoom();
    expect(await ask(content, { room })).toEqual(SETTING_REFUSED);
    expect(await groupsOf(room)).toEqual([]);
    expect(await recordOf(room)).toBeNull();
  });

  test("staff add any group of the school; it settles the room's school, and the worker looks", async () => {
    const room = newRoom();
    expect(await ask(restricted(alias("A", "7b")), { by: "manager", room })).toBeUndefined();
    expect(await recordOf(room)).toMatchObject({ schoolId: "A", creator: "u-manager", creatorWasStaff: true });
    expect(await groupsOf(room)).toMatchObject([{ groupId: "7b", addedBy: "u-manager" }]);
    expect((await looksAt(room)).map(({ concern }) => concern)).toEqual(["groups", "groups"]);
  });

  test("entries that were there may stay or go, whatever they are", async () => {
    const before = restricted("!old:localhost", alias("B", "b1"));
    expect(await ask(before, { current: before })).toBeUndefined();
    expect(await ask(restricted("!old:localhost"), { current: before })).toBeUndefined();
    expect(await ask(restricted(), { current: before })).toBeUndefined();
    expect(await ask({ join_rule: "restricted" }, { current: before })).toBeUndefined();
    expect(await ask(restricted("!old:localhost", "!new:localhost"), { current: before })).toEqual(SETTING_REFUSED);
  });

  test.each<[string, string, string[], string?]>([
    ["of another school", alias("B", "b1"), []],
    ["unknown", alias("A", "9z"), []],
    ["that has left", alias("A", "6b"), []],
    ["of its school under another's name", alias("A", "b1"), []],
    ["for somebody whose cell is off", alias("A", "7b"), ["teacher"], "guardian"],
    ["that is not the pupil's own", alias("A", "7b"), ["teacher"], "pupil2"],
    ["without a moderator of it", alias("A", "7b"), ["manager"], "pupil"],
    ["with a moderator who is no staff", alias("A", "7b"), ["pupil"], "pupil"],
    ["with nobody moderating", alias("A", "7b"), [], "pupil"],
    ["for somebody unknown", alias("A", "7b"), ["teacher"], "nowhere"],
    ["for somebody locked", alias("A", "7b"), ["teacher"], "locked-teacher"],
  ])("a group %s is refused, all alike", async (_, group, moderators, by = "teacher") => {
    const room = newRoom();
    expect(await ask(restricted(group), { by, moderators, room })).toEqual(GROUP_REFUSED);
    expect(await groupsOf(room)).toEqual([]);
    expect(await recordOf(room)).toBeNull();
  });

  test("a pupil adds the own group where a teacher of it moderates", async () => {
    expect(await ask(restricted(alias("A", "7b")), { by: "pupil", moderators: ["pupil", "teacher"] })).toBeUndefined();
  });

  test("a group of another school than the room's is refused", async () => {
    const room = newRoom();
    await invite("both", "pupil", room);
    expect(await ask(restricted(alias("B", "b1")), { by: "both", room })).toEqual(GROUP_REFUSED);
    expect(await ask(restricted(alias("A", "7b")), { by: "both", room })).toBeUndefined();
  });
});

describe("the last moderator", () => {
  const ask = (sender: string, room: string, kind: "leave" | "removal" | "levels" = "leave") =>
    deciders.last_moderator(gate, { sender: id(sender), room_id: room, kind });
  test("staff of the room's school stay, by a code that keeps the room in the client", async () => {
    const room = newRoom();
    await invite("teacher", "pupil", room);
    expect(await ask("teacher", room)).toEqual({ ...LAST_MODERATOR, errcode: "M_FORBIDDEN" });
    expect(await ask("teacher", room, "levels")).toEqual(LAST_MODERATOR);
    expect(await database.db.roomLook.count({ where: { roomId: room } })).toBe(0);
  });
  test.each(["pupil", "both-elsewhere", "locked-teacher", "nowhere"])("%s goes, and the worker looks", async (who) => {
    const room = newRoom();
    await invite("teacher", "pupil", room);
    expect(await ask(who === "both-elsewhere" ? "teacher-c" : who, room)).toBeUndefined();
    expect(await database.db.roomLook.count({ where: { roomId: room, concern: "integrity" } })).toBe(2);
  });
  test("a room without a school holds nobody", async () => {
    expect(await ask("teacher", newRoom())).toBeUndefined();
  });
});

test("a pending invitation that the worker asks about is permitted only at the recorded school", async () => {
  const room = newRoom();
  await invite("both", "pupil", room);
  const ask = (inviter: string, invitee: string, asked = room) =>
    isInvitationAllowed(pool, `u-${inviter}`, `u-${invitee}`, asked);
  expect(await ask("both", "pupil")).toBe(true);
  expect(await ask("both", "pupil-b")).toBe(false);
  expect(await ask("pupil", "pupil2")).toBe(false);
  expect(await ask("both", "pupil", newRoom())).toBe(false);
});
