// Guarantee: a room that is closed for two reasons opens only when both are gone, as it was before the first.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { RoomsApi } from "#lib/matrix/rooms.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { isReadOnly, powerLevelsSchema } from "#lib/rooms/power-levels.ts";
import { protectRoom } from "#lib/rooms/protection.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { addPerson, addSchool } from "#test/school.ts";
import { freezeRoom } from "./freeze.ts";

const SCHOOL = "DE-RP-SN-50201";
const SERVER_NAME = "localhost";
const LEVELS = {
  users: { "@idm_provisioning_bot:localhost": 150, "@u-teacher:localhost": 100 },
  events: { "m.reaction": 0 },
  events_default: 0,
};

let database: TestDatabase;
let jobs: JobSender;
let room = "";
let number = 0;
/** What stands in the chat server. */
let levels: object = LEVELS;
let writes = 0;

beforeAll(async () => {
  database = await startTestDatabase();
  jobs = new JobSender(database.url);
  await addSchool(database.db, SCHOOL);
  await addPerson(database.db, { id: "teacher", roles: { [SCHOOL]: ["teacher"] } });
});
afterAll(async () => {
  await jobs.stop();
  await database.stop();
});
beforeEach(async () => {
  number += 1;
  room = `!room${String(number)}:${SERVER_NAME}`;
  levels = LEVELS;
  writes = 0;
  const record = { roomId: room, schoolId: SCHOOL, creator: "u-teacher", creatorWasStaff: true };
  await database.db.roomRecord.create({ data: record });
});

const rooms: Pick<RoomsApi, "state" | "setState" | "members" | "kick"> = {
  state: () => Promise.resolve({ ...levels }),
  setState: (_room, _type, content) => {
    writes += 1;
    levels = content;
    return Promise.resolve();
  },
  members: () => Promise.resolve([]),
  kick: () => Promise.resolve(),
};

/** As the repair of the integrity condition wants it. */
async function protect(wanted: "readOnly" | "writable"): Promise<void> {
  const { db } = database;
  const wish = { wanted, wantedAt: new Date(), settledAt: null };
  const row = { ...wish, roomId: room, schoolId: SCHOOL, people: {} };
  await db.roomProtection.upsert({ where: { roomId: room }, create: row, update: wish });
  await protectRoom({ db, rooms, serverName: SERVER_NAME }, room);
}

async function switchSchool(on: boolean): Promise<void> {
  const { db } = database;
  await db.school.update({ where: { id: SCHOOL }, data: { schoolEnabled: on } });
  const keeping = { remove: () => Promise.resolve(true) };
  await freezeRoom({ db, jobs, rooms, keeping, serverName: SERVER_NAME }, room, new AbortController().signal);
}

const isClosed = (): boolean => isReadOnly(powerLevelsSchema.parse(levels));

test.each([
  ["the school goes off and on within it", ["protect", "off", "on", "writable"]],
  ["the school goes off, and it ends before the school is on", ["protect", "off", "writable", "on"]],
  ["it begins while the school is off, and lasts longer", ["off", "protect", "on", "writable"]],
  ["it begins and ends while the school is off", ["off", "protect", "writable", "on"]],
] as const)("%s", async (_what, steps) => {
  const step = {
    protect: () => protect("readOnly"),
    writable: () => protect("writable"),
    off: () => switchSchool(false),
    on: () => switchSchool(true),
  };
  for (const [index, name] of steps.entries()) {
    await step[name]();
    expect(isClosed()).toBe(index < steps.length - 1);
  }
  expect(levels).toEqual(LEVELS);
  expect(writes).toBe(2);
});
