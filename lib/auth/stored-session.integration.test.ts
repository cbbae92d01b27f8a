// A session opens the console only while it lives and its person may: every way in which it ends takes effect with the
// next request.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addPerson, addSchool } from "#test/school.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { SESSION_IDLE_MS } from "./lifetimes.ts";
import { findPrincipal, remainingTime } from "./stored-session.ts";

const MINUTE_MS = 60_000;
const NOW = new Date();
const ago = (ms: number) => new Date(NOW.getTime() - ms);

let database: TestDatabase;
let people = 0;
let person = "";
let session = "";

beforeAll(async () => {
  database = await startTestDatabase();
  await addSchool(database.db, "S");
  await addPerson(database.db, { id: "land", roles: {} });
  await addPerson(database.db, { id: "land2", roles: {} });
  for (const personId of ["land", "land2"]) {
    await database.db.consoleRoleGrant.create({ data: { personId, role: "landAdmin" } });
  }
});
afterAll(async () => {
  await database.stop();
});
beforeEach(async () => {
  people += 1;
  person = `p${String(people)}`;
  session = `session-${person}`;
  await addPerson(database.db, { id: person, roles: { S: ["orgAdmin"] } });
  await database.db.session.create({
    data: {
      id: session,
      personId: person,
      authenticatedAt: NOW,
      lastSeenAt: NOW,
      expiresAt: new Date(NOW.getTime() + 10 * 60 * MINUTE_MS),
    },
  });
});

const change = (data: object) => database.db.session.update({ where: { id: session }, data });
const changePerson = (data: object) => database.db.person.update({ where: { id: person }, data });
const block = (personId = person, blockedById = "land") =>
  database.db.consoleAccessBlock.create({ data: { personId, blockedById, reason: "Gerät verloren, gemeldet" } });
const find = (touch = true) => findPrincipal(database.db, session, NOW, { touch });
const seenAt = async () => (await database.db.session.findUniqueOrThrow({ where: { id: session } })).lastSeenAt;

test("a living session finds its person with roles read anew", async () => {
  expect(await find()).toMatchObject({ personId: person, schoolRoles: [{ schoolId: "S", role: "orgAdmin" }] });
  await database.db.affiliation.deleteMany({ where: { personId: person } });
  expect(await find()).toMatchObject({ schoolRoles: [] });
});

describe("nobody is found, and nothing counts as a request, when", () => {
  test.each<[string, () => Promise<unknown>]>([
    ["the session has ended", () => change({ endedAt: NOW })],
    ["its time is over", () => change({ expiresAt: NOW })],
    ["nobody did anything for half an hour", () => change({ lastSeenAt: ago(SESSION_IDLE_MS) })],
    ["the person is locked", () => changePerson({ enabled: false })],
    ["the person has left", () => changePerson({ leftAt: NOW })],
    ["console access has been ended", () => block()],
    [
      "console access has been ended and the session row says otherwise",
      async () => {
        await block();
        await change({ endedAt: null });
      },
    ],
  ])("%s", async (_, happen) => {
    await happen();
    const before = await seenAt();
    expect(await find()).toBeNull();
    expect(await remainingTime(database.db, session, NOW, { touch: true })).toBeNull();
    expect(await seenAt()).toEqual(before);
  });
});

test("ending access ends every session, lets none begin, and lifting it does not bring them back", async () => {
  await block();
  expect((await database.db.session.findUniqueOrThrow({ where: { id: session } })).endedAt).not.toBeNull();
  const another = {
    id: `${session}-2`,
    personId: person,
    authenticatedAt: NOW,
    expiresAt: new Date(NOW.getTime() + 1e6),
  };
  await expect(database.db.session.create({ data: another })).rejects.toThrow(/SC007|has been ended/);
  await database.db.consoleAccessBlock.delete({ where: { personId: person } });
  expect(await find()).toBeNull();
  await database.db.session.create({ data: another });
  expect(await findPrincipal(database.db, another.id, NOW)).not.toBeNull();
});

test("the state keeps somebody who can act: two administrators cannot shut each other out at the same time", async () => {
  const outcomes = await Promise.allSettled([block("land", "land2"), block("land2", "land")]);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  await database.db.consoleAccessBlock.deleteMany({ where: { personId: { in: ["land", "land2"] } } });
});

test("a page that asks by itself does not keep a session alive; a person does", async () => {
  await change({ lastSeenAt: ago(10 * MINUTE_MS) });
  await find(false);
  expect(await seenAt()).toEqual(ago(10 * MINUTE_MS));
  expect(await remainingTime(database.db, session, NOW, { touch: false })).toEqual({
    remainingMs: 20 * MINUTE_MS,
    extendable: true,
  });
  await find();
  expect(await seenAt()).toEqual(NOW);
});

test("going on working moves the idle end, never the end of the school day", async () => {
  await change({ lastSeenAt: ago(29 * MINUTE_MS) });
  expect(await remainingTime(database.db, session, NOW, { touch: true })).toEqual({
    remainingMs: SESSION_IDLE_MS,
    extendable: true,
  });
  await change({ expiresAt: new Date(NOW.getTime() + MINUTE_MS) });
  expect(await remainingTime(database.db, session, NOW, { touch: true })).toEqual({
    remainingMs: MINUTE_MS,
    extendable: false,
  });
});
