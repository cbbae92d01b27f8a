// Protects "whatever happens in between, the report stands, once, and says what is wrong with it": everything that can
// change between the report, its verification and a measure, on a real Synapse.
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { JobSender } from "#lib/jobs/boss.ts";
import { connectMatrix } from "#lib/matrix/connection.ts";
import { synapseMeasures } from "#lib/matrix/measures.ts";
import { reporterApi, synapseReports } from "#lib/matrix/reports.ts";
import { synapseRooms } from "#lib/matrix/rooms.ts";
import { FIRST_SCHOOL, openChatSchool, setServed, type ChatSchool } from "#test/chat-school.ts";
import { purgeRoom } from "#test/rooms.ts";
import { signIn } from "#test/school.ts";
import { startTestSystem, TEST_KEYS, type MatrixSession, type TestSystem } from "#test/system.ts";
import { listCases } from "./inbox-queries.ts";
import { parseInboxQuery } from "./inbox-filter.ts";
import { getMeasures } from "./measure-queries.ts";
import { carryOutMeasures } from "./measure-work.ts";
import { followNotices } from "./notices.ts";
import { pollReports } from "./poll.ts";
import { open, type KeyRing } from "./sealing.ts";
import { verifyNext, type VerifyDependencies } from "./verify.ts";

let system: TestSystem;
let school: ChatSchool;
let jobs: JobSender;
let room: string;
let eventId: string;

const db = () => system.database.db;
const people = () => school.people;
const connection = () => connectMatrix({ baseUrl: system.synapseUrl, accessToken: system.provisioner.accessToken });
const dependencies = (keys: KeyRing = TEST_KEYS): VerifyDependencies => ({
  db: db(),
  keys,
  serverName: system.serverName,
  synapse: () => ({
    reports: synapseReports(connection()),
    asReporter: (token) => reporterApi(system.synapseUrl, token),
  }),
});

async function verifyAll(by = dependencies()): Promise<void> {
  await db().reportIntake.updateMany({ data: { tryAt: new Date(0) } });
  while (await verifyNext(by));
}

const at = (event: string, inRoom = room) =>
  `/_matrix/client/v3/rooms/${encodeURIComponent(inRoom)}/report/${encodeURIComponent(event)}`;

async function report(who: MatrixSession, body: object, event = eventId): Promise<void> {
  const answer = await who.request("POST", at(event), body);
  expect([answer.status, answer.body]).toEqual([200, {}]);
}

async function say(who: MatrixSession, text: string): Promise<string> {
  const content = { msgtype: "m.text", body: text };
  const answer = await who.inRoom("PUT", room, `send/m.room.message/${crypto.randomUUID()}`, content);
  return String(answer.body["event_id"]);
}

const found = async (event = eventId) =>
  await db().report.findFirstOrThrow({ where: { eventId: event }, include: { evidence: true, case: true } });

beforeAll(async () => {
  system = await startTestSystem();
  school = await openChatSchool(system);
  jobs = new JobSender(system.database.url);
  globalThis.schulchatDatabase = db(); // where the inbox looks for it
}, 180_000);
afterAll(async () => {
  await jobs.stop();
  await system.stop();
});
beforeEach(async () => {
  const { teacher, pupila, pupilb } = people();
  room = await teacher.openRoom({ preset: "private_chat", name: "Klasse 7b", invite: [pupila.userId, pupilb.userId] });
  await pupila.join(room);
  await pupilb.join(room);
  eventId = await say(pupilb, "du bist blöd");
});
afterEach(async () => {
  await setServed(db(), true);
  await db().consoleRoleGrant.deleteMany();
});

const picture = async () =>
  (
    await sharp({ create: { width: 20, height: 20, channels: 3, background: "red" } })
      .png()
      .toBuffer()
  ).toString("base64");

test("the room is purged before anybody looks: text and picture stand, and it says that it could not be checked", async () => {
  await report(people().pupila, { reason: "vor dem Löschen", img: await picture() });
  await purgeRoom(system, room);
  await verifyAll();
  const row = await found();
  expect(row).toMatchObject({ standing: "invalid", problem: "eventNotVisible", reason: "vor dem Löschen" });
  expect(row.evidence.map(({ kind }) => kind)).toEqual(["screenshot"]);
  expect(row.case).not.toBeNull();
});

test("the event is redacted before anybody looks: the report stands verified", async () => {
  await report(people().pupila, { reason: "schnell gelöscht", img: await picture() });
  await people().pupilb.inRoom("PUT", room, `redact/${encodeURIComponent(eventId)}/${crypto.randomUUID()}`, {});
  await verifyAll();
  const row = await found();
  expect(row).toMatchObject({ standing: "verified", case: { reportedUserId: people().pupilb.userId } });
  expect(row.evidence.map(({ kind }) => kind).toSorted()).toEqual(["event", "screenshot"]);
});

test("who reports is whose token it is, whatever the body says", async () => {
  const body = { reason: "im Namen anderer", user_id: people().teacher.userId, sender: people().teacher.userId };
  await report(people().pupila, body);
  await verifyAll();
  expect((await found()).reporterUserId).toBe(people().pupila.userId);
});

test("the reporter's account is gone before the token was checked: marked, not dropped", async () => {
  const leaver = await system.signIn("u-leaver", "Test, leaver");
  await report(leaver, { reason: "und tschüss" });
  await system.provisioner.request("POST", `/_synapse/admin/v1/deactivate/${encodeURIComponent(leaver.userId)}`, {});
  await verifyAll();
  const row = await found();
  expect(row).toMatchObject({ standing: "invalid", reason: "und tschüss" });
  expect(row.problem).toMatch(/^(tokenUnknown|eventNotVisible)$/);
});

test("50 MB, and a picture that is none: the report stands without them", async () => {
  const response = await fetch(`${system.chatUrl}${at(eventId)}`, {
    method: "POST",
    headers: { authorization: `Bearer ${people().pupila.accessToken}` },
    body: JSON.stringify({ reason: "x", img: "A".repeat(50_000_000) }),
    signal: AbortSignal.timeout(60_000),
  });
  expect(response.status).toBe(200);
  await verifyAll();
  const large = await found();
  expect(large).toMatchObject({ standing: "verified", problem: "screenshotTooLarge", reason: "x" });
  expect(large.evidence.map(({ kind }) => kind)).toEqual(["event"]);
  const other = await say(people().pupilb, "noch eine");
  const script = Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>").toString(
    "base64",
  );
  await report(people().pupila, { reason: "y", img: script }, other);
  await verifyAll();
  const row = await found(other);
  expect(row).toMatchObject({ standing: "verified", problem: "screenshotUnreadable" });
  expect(row.evidence.map(({ kind }) => kind)).toEqual(["event"]);
}, 120_000);

test("HTML in every text is kept as text, and nothing more", async () => {
  const html = `<img src=x onerror="alert(1)"><script>alert(1)</script>`;
  await people().teacher.setState(room, "m.room.name", { name: html });
  const event = await say(people().pupilb, html);
  await report(people().pupila, { reason: html, school_id: html }, event);
  await verifyAll();
  const row = await found(event);
  expect(row).toMatchObject({ reason: html, case: { roomName: html, schoolId: FIRST_SCHOOL } });
});

test("a report about somebody of support: they see nothing of it, and are not told", async () => {
  const said = await say(people().teacher, "Sie sind unmöglich, ich bringe Sie um");
  for (const [personId, email] of [
    ["teacher", "t@land.example"],
    ["colleague", "c@land.example"],
  ] as const) {
    await db().person.update({ where: { id: personId }, data: { email } });
    await db().consoleRoleGrant.create({ data: { personId, role: "support" } });
  }
  await report(people().pupila, { reason: "er bedroht mich" }, said);
  await verifyAll();
  const caseId = (await found(said)).caseId ?? "";
  const [reported, other] = [await signIn(db(), "teacher"), await signIn(db(), "colleague")];
  const tools = { db: db(), tools: { keys: TEST_KEYS, serverName: system.serverName } };
  const filter = parseInboxQuery("state=all");
  expect((await listCases(reported, filter))?.rows.some(({ id }) => id === caseId)).toBe(false);
  expect((await listCases(other, filter))?.rows.some(({ id }) => id === caseId)).toBe(true);
  expect(await getMeasures(reported, caseId, new Date(), tools)).toBeNull();
  expect(await getMeasures(other, caseId, new Date(), tools)).not.toBeNull();
  await followNotices({ db: db(), jobs, hasRoom: false }, new Date());
  const told = await db().mailNotice.findMany({ where: { caseId }, select: { personId: true } });
  expect(told).toEqual([{ personId: "colleague" }]);
});

test("a school that is switched off: its pupils' reports arrive all the same", async () => {
  await setServed(db(), false);
  await report(people().pupila, { reason: "noch vor den Ferien" });
  await verifyAll();
  expect(await found()).toMatchObject({ standing: "verified", case: { schoolId: FIRST_SCHOOL } });
});

test("what comes after forwarding fails: the report is shown, found at Synapse as the same, and stays one", async () => {
  await report(people().pupila, { reason: "einmal" });
  const failing: VerifyDependencies = {
    ...dependencies(),
    synapse: () => ({
      reports: synapseReports(connection()),
      asReporter: (token) => {
        const api = reporterApi(system.synapseUrl, token);
        const forward = async (...args: Parameters<typeof api.forward>) => {
          await api.forward(...args);
          throw new Error("after forwarding");
        };
        return { ...api, forward };
      },
    }),
  };
  await db().reportIntake.updateMany({ data: { tryAt: new Date(0) } });
  await verifyNext(failing);
  expect(await found()).toMatchObject({ standing: "received", reporterUserId: people().pupila.userId });
  const own = { db: db(), keys: TEST_KEYS, serverName: system.serverName, reports: synapseReports(connection()) };
  expect(await pollReports(own, new Date(Date.now() + 60_000), AbortSignal.timeout(20_000))).toBeGreaterThan(0);
  await verifyAll();
  expect(await db().report.count({ where: { eventId } })).toBe(1);
  expect(await found()).toMatchObject({ standing: "verified", reason: "einmal" });
  expect(await db().reportIntake.count()).toBe(0);
});

test("a rotated key: what the old one sealed is opened, new evidence is sealed by the new one", async () => {
  await report(people().pupila, { reason: "alter Schlüssel" });
  const rotated = [{ id: "next", secret: new Uint8Array(32).fill(7) }, ...TEST_KEYS] as const;
  await verifyAll(dependencies(rotated));
  const [evidence] = (await found()).evidence;
  expect(evidence?.keyId).toBe("next");
  const stored = { keyId: evidence?.keyId ?? "", bytes: Uint8Array.from(evidence?.sealed ?? []) };
  expect(open(rotated, evidence?.reportId ?? "", stored).toString("utf8")).toContain("du bist blöd");
});

test("the reported account is deleted: measures say so instead of failing for ever", async () => {
  const gone = await system.signIn("u-gone", "Test, gone");
  const said = await say(people().pupilb, "über jemanden");
  await report(people().pupila, { reason: "x" }, said);
  await verifyAll();
  const caseId = (await found(said)).caseId ?? "";
  await db().reportCase.update({ where: { id: caseId }, data: { reportedUserId: "@u-nobody:localhost" } });
  const base = { caseId, requestedById: "traveller", target: "@u-nobody:localhost" };
  const lock = { ...base, kind: "lock", confirmBy: new Date(Date.now() + 86_400_000) } as const;
  await db().caseMeasure.createMany({ data: [{ ...base, kind: "warn", text: "Bitte nicht." }, lock] });
  const tools = { db: db(), keys: TEST_KEYS, serverName: system.serverName };
  const work = { ...tools, jobs, measures: synapseMeasures(connection()), rooms: synapseRooms(connection()) };
  await carryOutMeasures(work, caseId, AbortSignal.timeout(20_000));
  const measures = await db().caseMeasure.findMany({ where: { caseId }, orderBy: { kind: "asc" } });
  expect(measures.map(({ state, problem }) => `${state} ${problem ?? ""}`)).toEqual([
    "failed M_NOT_FOUND",
    "failed accountGone",
  ]);
  expect(gone.userId).toBe("@u-gone:localhost");
});
