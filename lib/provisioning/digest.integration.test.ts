// Guarantee: a school's management learns by mail that rooms were repaired, at most once a day, everything that happened
// once, and nobody else is told. With a real SMTP server.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { askDomains } from "#bin/mail.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { openMailTransport } from "#lib/mail/transport.ts";
import { sendNotice } from "#lib/notify/send.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { startTestMailServer, type TestMailServer } from "#test/mail-server.ts";
import { addPerson, addSchool } from "#test/school.ts";
import { writeDigests } from "./digest.ts";

const HOUR_MS = 3_600_000;
const NOON = new Date("2026-11-20T12:00:00Z");
const later = (hours: number) => new Date(NOON.getTime() + hours * HOUR_MS);

let database: TestDatabase;
let server: TestMailServer;
let jobs: JobSender;
let school = "";
let number = 0;

beforeAll(async () => {
  database = await startTestDatabase();
  server = await startTestMailServer();
  await server.listen(true);
  jobs = new JobSender(database.url);
});
afterAll(async () => {
  await jobs.stop();
  await server.stop();
  await database.stop();
});
beforeEach(async () => {
  number += 1;
  school = `DE-RP-SN-7${String(number).padStart(4, "0")}`;
  await addSchool(database.db, school);
  await person("head", ["schoolManagement", "teacher"]);
  await person("deputy", ["schoolManagement"]);
  await person("admin", ["orgAdmin"]);
  await person("teacher", ["teacher"]);
});

const idOf = (name: string) => `${name}${String(number)}`;
const addressOf = (name: string) => `${idOf(name)}@schule.example`;

async function person(name: string, roles: Parameters<typeof addPerson>[1]["roles"][string]): Promise<void> {
  const { db } = database;
  await addPerson(db, { id: idOf(name), roles: { [school]: roles } });
  await db.person.update({ where: { id: idOf(name) }, data: { email: addressOf(name) } });
}

async function happened(times = 1): Promise<void> {
  const rows = Array.from({ length: times }, (_, index) => ({
    ...{ kind: "moderatorAppointed" as const, schoolId: school, roomId: `!${String(index)}:localhost` },
    personId: idOf("teacher"),
  }));
  await database.db.schoolNotice.createMany({ data: rows });
}

const round = (at: Date) => writeDigests({ db: database.db, jobs }, at);
const notices = () =>
  database.db.mailNotice.findMany({ where: { schoolId: school }, orderBy: [{ cause: "asc" }, { personId: "asc" }] });
const told = async () => (await notices()).map(({ personId, kind }) => `${kind} ${personId}`);
const MANAGEMENT = () => [`digest ${idOf("deputy")}`, `digest ${idOf("head")}`];

test("what happened is gathered into one mail to each of school management, and told once", async () => {
  await happened(3);
  expect(await round(NOON)).toBe(1);
  expect(await told()).toEqual(MANAGEMENT());
  expect(await round(later(30))).toBe(0);
  expect(await told()).toEqual(MANAGEMENT());
});

test("what happens later the same day waits for the next one", async () => {
  await happened();
  await round(NOON);
  await happened();
  expect(await round(later(1))).toBe(0);
  expect(await round(later(23))).toBe(0);
  expect(await told()).toEqual(MANAGEMENT());
  expect(await round(later(25))).toBe(1);
  expect(await told()).toHaveLength(4);
  expect(await database.db.schoolNotice.count({ where: { schoolId: school, digestedAt: null } })).toBe(0);
});

test("many schools that were told today keep nobody from being told", async () => {
  const { db } = database;
  await db.$executeRaw`INSERT INTO school (id, name) SELECT 'A-' || n, n FROM generate_series(1, 501) n`;
  // before the one that is due, in whatever order they are looked at
  for (const digested of [later(-1), null]) {
    await db.$executeRaw`
      INSERT INTO school_notice (id, school_id, kind, room_id, person_id, digested_at)
      SELECT overlay(gen_random_uuid()::text placing '00000000' from 1)::uuid, id, 'moderatorAppointed', '!r:localhost', ${idOf("teacher")}, ${digested}::timestamptz FROM school WHERE starts_with(id, 'A-')`;
  }
  await happened();
  expect(await round(NOON)).toBe(1);
  expect(await told()).toEqual(MANAGEMENT());
  await db.$executeRaw`DELETE FROM school_notice WHERE starts_with(school_id, 'A-')`;
});

test("two workers at the same moment write one", async () => {
  await happened();
  const rounds = await Promise.all([round(NOON), round(NOON), round(later(0.001))]);
  expect(rounds.toSorted()).toEqual([0, 0, 1]);
  expect(await told()).toEqual(MANAGEMENT());
});

test("nobody is told who is locked, or who is no management any more when it is sent", async () => {
  const { db } = database;
  await db.person.update({ where: { id: idOf("head") }, data: { enabled: false } });
  await happened();
  await round(NOON);
  expect(await told()).toEqual([`digest ${idOf("deputy")}`]);
  await db.affiliation.deleteMany({ where: { personId: idOf("deputy"), role: "schoolManagement" } });
  await sendAll();
  expect(await notices()).toMatchObject([{ state: "dropped", problem: "notConcerned" }]);
});

async function sendAll(): Promise<void> {
  const transport = openMailTransport({ url: server.smtpUrl, from: "Schulchat <schulchat@land.example>" });
  const tools = {
    db: database.db,
    transport,
    consoleUrl: "http://konsole.example",
    ...askDomains(database.db),
  };
  for (const { id } of await notices()) await sendNotice(tools, id);
}

test("the mail names the school and the page, and neither a room nor a person", async () => {
  await happened();
  await round(NOON);
  await sendAll();
  const mails = (await server.mails()).filter(({ text }) => text.includes(school));
  expect(mails.map(({ to }) => to).sort()).toEqual([[addressOf("deputy")], [addressOf("head")]]);
  for (const { subject, text } of mails) {
    expect(subject).toContain(school);
    expect(text).toContain(`http://konsole.example/schools/${school}/provisioning`);
    expect(`${subject}${text}`).not.toMatch(/localhost|Test,/);
  }
  expect(await notices()).toMatchObject([{ state: "sent" }, { state: "sent" }]);
});
