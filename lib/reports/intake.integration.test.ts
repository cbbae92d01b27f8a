// Protects "a lost report hurts a child": from the published client's own request to the case, on a real Synapse, with
// the gate, PostgreSQL, Synapse and the worker away in turn.
import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startGate, type RunningGate } from "#lib/gate/server.ts";
import { openGatePool } from "#lib/gate/pool.ts";
import { ReportIntake } from "#lib/gate/report-intake.ts";
import { openReportPool } from "#lib/gate/report-pool.ts";
import { connectMatrix } from "#lib/matrix/connection.ts";
import { reporterApi, synapseReports } from "#lib/matrix/reports.ts";
import { FIRST_SCHOOL, openChatSchool, type ChatSchool } from "#test/chat-school.ts";
import { allowConnections } from "#test/database.ts";
import { startTestSystem, TEST_KEYS, type MatrixSession, type TestSystem } from "#test/system.ts";
import { open } from "./sealing.ts";
import { pollReports } from "./poll.ts";
import { eraseDueCases, forgetAtSynapse } from "./retention.ts";
import { snapshotSchema } from "./snapshot.ts";
import { verifyNext, type VerifyDependencies } from "./verify.ts";

let system: TestSystem;
let school: ChatSchool;
let room: string;
let eventId: string;
let undo: (() => Promise<void>)[] = [];

const people = () => school.people;
const db = () => system.database.db;
const picture = async () =>
  (
    await sharp({ create: { width: 20, height: 20, channels: 3, background: "red" } })
      .png()
      .toBuffer()
  ).toString("base64");

const api = () =>
  synapseReports(connectMatrix({ baseUrl: system.synapseUrl, accessToken: system.provisioner.accessToken }));
const dependencies = (synapse = true): VerifyDependencies => ({
  db: db(),
  keys: TEST_KEYS,
  serverName: system.serverName,
  synapse: () => (synapse ? { reports: api(), asReporter: (token) => reporterApi(system.synapseUrl, token) } : null),
});

async function verifyAll(): Promise<void> {
  await db().reportIntake.updateMany({ data: { tryAt: new Date(0) } });
  while (await verifyNext(dependencies())) await db().reportIntake.updateMany({ data: { tryAt: new Date(0) } });
}

const poll = (ahead = 60_000) =>
  pollReports(
    { db: db(), keys: TEST_KEYS, serverName: system.serverName, reports: api() },
    new Date(Date.now() + ahead),
    AbortSignal.timeout(20_000),
  );

const report = (who: MatrixSession, event: string, body: object) =>
  who.request("POST", `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/report/${encodeURIComponent(event)}`, body);

async function say(who: MatrixSession, text: string): Promise<string> {
  const answer = await who.inRoom("PUT", room, `send/m.room.message/${crypto.randomUUID()}`, {
    msgtype: "m.text",
    body: text,
  });
  return String(answer.body["event_id"]);
}

beforeAll(async () => {
  system = await startTestSystem();
  school = await openChatSchool(system);
  const { teacher, pupila } = people();
  room = await teacher.openRoom({
    preset: "private_chat",
    name: "Klasse 7b",
    invite: [pupila.userId, people().pupilb.userId],
  });
  await pupila.join(room);
  await people().pupilb.join(room);
}, 180_000);
afterAll(() => system.stop());

beforeEach(async () => {
  eventId = await say(people().pupilb, "du bist blöd");
});
afterEach(async () => {
  for (const step of undo.toReversed()) await step();
  undo = [];
});

/** Of several reports of an event, the first that came. */
const caseOf = async (event: string) => {
  const found = await db().report.findFirstOrThrow({
    where: { eventId: event },
    orderBy: { receivedAt: "asc" },
    include: { evidence: true, case: { include: { parties: true, entries: true } } },
  });
  return { report: found, case: found.case };
};

test("the published client's report becomes a case with evidence, snapshot, school and parties", async () => {
  const sent = { reason: "Er beleidigt mich", score: -100, img: await picture(), school_id: FIRST_SCHOOL };
  const answer = await report(people().pupila, eventId, sent);
  expect([answer.status, answer.body]).toEqual([200, {}]);
  await verifyAll();

  const { report: row, case: found } = await caseOf(eventId);
  expect(row).toMatchObject({
    kind: "event",
    standing: "verified",
    problem: null,
    reason: sent.reason,
    reporterUserId: people().pupila.userId,
    roomId: room,
  });
  expect(row.forwardedAt).not.toBeNull();
  expect(found).toMatchObject({
    state: "new",
    category: "bullying",
    severity: "high",
    schoolId: FIRST_SCHOOL,
    roomName: "Klasse 7b",
    reportedUserId: people().pupilb.userId,
    reportCount: 1,
  });
  expect(found?.parties.map(({ personId, role }) => `${personId} ${role}`).toSorted()).toEqual([
    "pupila reporter",
    "pupilb reported",
  ]);
  const snapshot = snapshotSchema.parse(row.snapshot);
  expect(snapshot.memberCount).toBe(3);
  expect(snapshot.members.map(({ userId, level, roles }) => ({ userId, level, roles }))[0]).toEqual({
    userId: people().teacher.userId,
    level: 100,
    roles: ["teacher"],
  });
  expect(row.evidence.map(({ kind }) => kind).toSorted()).toEqual(["event", "screenshot"]);
  const event = row.evidence.find(({ kind }) => kind === "event");
  if (event === undefined) throw new Error("no event");
  const opened = open(TEST_KEYS, row.id, { keyId: event.keyId, bytes: Uint8Array.from(event.sealed) });
  expect(opened.toString("utf8")).toContain("du bist blöd");
  expect(await db().reportIntake.count()).toBe(0);
});

test("the same report by polling, and once more by the client, stays one; another text is kept", async () => {
  await report(people().pupila, eventId, { reason: "erst", score: -100 });
  await verifyAll();
  expect(await poll()).toBeGreaterThan(0);
  await report(people().pupila, eventId, { reason: "noch etwas", score: -100 });
  await verifyAll();
  await poll();
  expect(await poll()).toBe(0);
  const rows = await db().report.findMany({ where: { eventId }, include: { case: { include: { entries: true } } } });
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ reason: "erst\n\nnoch etwas", repeats: 1 });
  expect(rows[0]?.byGateAt).not.toBeNull();
  expect(rows[0]?.byPollAt).not.toBeNull();
});

test("another reporter of the same person in the same room joins the case", async () => {
  await report(people().pupila, eventId, { reason: "a" });
  await report(people().teacher, eventId, { reason: "b" });
  await verifyAll();
  const rows = await db().report.findMany({ where: { eventId } });
  expect(rows).toHaveLength(2);
  expect(new Set(rows.map(({ caseId }) => caseId)).size).toBe(1);
});

test("a room and a person can be reported too", async () => {
  const { pupila, pupilb } = people();
  const ofRoom = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/report`;
  expect((await pupila.request("POST", ofRoom, { reason: "der ganze Raum" })).status).toBe(200);
  const ofPerson = `/_matrix/client/v3/users/${encodeURIComponent(pupilb.userId)}/report`;
  expect((await pupila.request("POST", ofPerson, { reason: "er hört nicht auf" })).status).toBe(200);
  await verifyAll();
  await poll();
  const [byRoom, byPerson] = [
    await db().report.findMany({ where: { kind: "room" }, include: { case: true } }),
    await db().report.findMany({ where: { kind: "user" }, include: { case: true } }),
  ];
  expect(byRoom.map(({ standing, case: found }) => [standing, found?.reportedUserId])).toEqual([["verified", null]]);
  expect(byPerson.map(({ standing, case: found }) => [standing, found?.reportedUserId])).toEqual([
    ["verified", pupilb.userId],
  ]);
  expect(byPerson[0]?.byPollAt).not.toBeNull();
});

test.each([
  ["no token", null, "noToken"],
  ["a forged token", "syt_forged_token", "tokenUnknown"],
])("%s: marked, not dropped, and without what only the server knows", async (_, token, problem) => {
  const response = await fetch(
    `${system.chatUrl}/_matrix/client/v3/rooms/${encodeURIComponent(room)}/report/${encodeURIComponent(eventId)}`,
    {
      method: "POST",
      headers: { "content-type": "application/json", ...(token !== null && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ reason: "gefälscht" }),
      signal: AbortSignal.timeout(10_000),
    },
  );
  expect(response.status).toBe(200);
  await verifyAll();
  const { report: row, case: found } = await caseOf(eventId);
  expect(row).toMatchObject({ standing: "invalid", problem, reporterUserId: null, forwardedAt: null });
  expect(row.evidence).toEqual([]);
  expect(found).not.toBeNull();
});

test("an event that the reporter cannot see", async () => {
  expect((await report(people().foreignpupil, eventId, { reason: "fremd" })).status).toBe(200);
  await verifyAll();
  const { report: row } = await caseOf(eventId);
  expect(row).toMatchObject({ standing: "invalid", problem: "eventNotVisible" });
  expect(row.evidence).toEqual([]);
});

test("bad bodies and pictures: the report stays, its problem is named", async () => {
  const url = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/report/`;
  const raw = async (body: string) => {
    const event = await say(people().pupilb, "noch eine");
    const response = await fetch(`${system.chatUrl}${url}${encodeURIComponent(event)}`, {
      method: "POST",
      headers: { authorization: `Bearer ${people().pupila.accessToken}` },
      body,
      signal: AbortSignal.timeout(30_000),
    });
    expect(response.status).toBe(200);
    await verifyAll();
    const { report: row } = await caseOf(event);
    return { standing: row.standing, problem: row.problem };
  };
  expect(await raw("<html>")).toEqual({ standing: "verified", problem: "bodyUnreadable" });
  expect(await raw(JSON.stringify({ reason: "x", img: "AAAA" }))).toEqual({
    standing: "verified",
    problem: "screenshotUnreadable",
  });
  expect(await raw(JSON.stringify({ reason: "x", img: "A".repeat(20_000_000) }))).toEqual({
    standing: "verified",
    problem: "screenshotTooLarge",
  });
}, 90_000);

test("Synapse away: support sees it at once as not confirmed, and it is confirmed later", async () => {
  await report(people().pupila, eventId, { reason: "jetzt", img: await picture() });
  await db().reportIntake.updateMany({ data: { tryAt: new Date(0) } });
  await verifyNext(dependencies(false));
  const before = await caseOf(eventId);
  expect(before.report).toMatchObject({ standing: "received", reason: "jetzt" });
  expect(before.case).not.toBeNull();
  expect(await db().reportIntake.count()).toBe(1);
  // the next one is shown before the first is tried again
  await report(people().colleague, eventId, { reason: "jetzt auch" });
  await db().reportIntake.updateMany({ where: { reportId: { not: null } }, data: { tryAt: new Date(0) } });
  await verifyNext(dependencies(false));
  expect(await db().report.count({ where: { reason: "jetzt auch" } })).toBe(1);
  await verifyAll();
  const after = await caseOf(eventId);
  expect(after.report).toMatchObject({ standing: "verified", reporterUserId: people().pupila.userId });
  expect(after.case).toMatchObject({ reportedUserId: people().pupilb.userId });
  expect(after.report.evidence.filter(({ kind }) => kind === "screenshot")).toHaveLength(1);
  expect(await db().reportIntake.count()).toBe(0);
});

test("the gate is off: the client's report reaches Synapse past it, and polling finds it", async () => {
  await system.stopGate();
  undo.push(() => system.startGate());
  const answer = await report(people().pupila, eventId, { reason: "ohne Gate", score: -100 });
  expect(answer.status).toBe(200);
  expect(await poll(0)).toBe(0); // the gate's copy would have a head start
  expect(await poll()).toBeGreaterThan(0);
  const { report: row, case: found } = await caseOf(eventId);
  expect(row).toMatchObject({ standing: "verified", reason: "ohne Gate", byGateAt: null });
  expect(found).toMatchObject({ reportedUserId: people().pupilb.userId });
});

test("a redacted event loses nothing that was taken in", async () => {
  await report(people().pupila, eventId, { reason: "weg damit" });
  await verifyAll();
  await people().pupilb.inRoom("PUT", room, `redact/${encodeURIComponent(eventId)}/${crypto.randomUUID()}`, {});
  const { report: row } = await caseOf(eventId);
  const event = row.evidence.find(({ kind }) => kind === "event");
  if (event === undefined) throw new Error("no event");
  const opened = open(TEST_KEYS, row.id, { keyId: event.keyId, bytes: Uint8Array.from(event.sealed) });
  expect(opened.toString("utf8")).toContain("du bist blöd");
});

test("what retention deletes is deleted at Synapse too, and a list that was read before brings nothing back", async () => {
  await report(people().pupila, eventId, { reason: "zu vergessen" });
  await people().pupila.request(
    "POST",
    `/_matrix/client/v3/users/${encodeURIComponent(people().pupilb.userId)}/report`,
    {
      reason: "auch zu vergessen",
    },
  );
  await verifyAll();
  await poll(); // the rows that the gate has handed on
  const reasons = async () => {
    const [events, users] = await Promise.all([api().eventReports(null), api().userReports(null)]);
    return [...events.rows, ...users.rows]
      .map(({ reason }) => reason)
      .filter((reason) => reason.includes("zu vergessen"));
  };
  expect(await reasons()).toHaveLength(2);
  const { caseId } = (await caseOf(eventId)).report;
  const userReport = await db().report.findFirstOrThrow({ where: { reason: "auch zu vergessen" } });
  const list = await api().eventReports(null);
  const readBefore = { ...api(), eventReports: () => Promise.resolve({ ...list, next: null }) };
  await db().reportCase.updateMany({
    where: { id: { in: [caseId ?? "", userReport.caseId ?? ""] } },
    data: { state: "resolved", outcome: "noViolation", closedAt: new Date() },
  });
  expect(await eraseDueCases(db(), new Date(Date.now() + 4_000 * 86_400_000), AbortSignal.timeout(20_000))).toBe(2);
  await forgetAtSynapse(db(), api(), AbortSignal.timeout(20_000));
  expect(await reasons()).toEqual([]);
  const count = await db().report.count();
  const later = new Date(Date.now() + 60_000);
  const own = { db: db(), keys: TEST_KEYS, serverName: system.serverName };
  await pollReports({ ...own, reports: readBefore }, later, AbortSignal.timeout(20_000));
  expect(await db().report.count()).toBe(count);
  expect(await db().synapseReport.count({ where: { toForget: true } })).toBe(0);
});

test("a key that is missing: the sealed copy waits, nothing is dropped", async () => {
  await report(people().pupila, eventId, { reason: "später" });
  await db().reportIntake.updateMany({ data: { tryAt: new Date(0) } });
  const other = [{ id: "other", secret: new Uint8Array(32) }] as const;
  await verifyNext({ ...dependencies(), keys: other });
  expect(await db().reportIntake.findMany({ select: { problem: true } })).toEqual([{ problem: "CannotOpenError" }]);
  await verifyAll();
  expect((await caseOf(eventId)).report.standing).toBe("verified");
});

test("a flood by one person is merged, not lost", async () => {
  const { teacher, colleague } = people();
  const texts: string[] = [];
  for (let n = 0; n < 23; n += 1) {
    const own = await teacher.openRoom({
      preset: "private_chat",
      name: `Raum ${String(n)}`,
      invite: [colleague.userId],
    });
    await colleague.join(own);
    const answer = await colleague.request("POST", `/_matrix/client/v3/rooms/${encodeURIComponent(own)}/report`, {
      reason: `Flut ${String(n)}`,
    });
    expect(answer.status).toBe(200);
    texts.push(`Flut ${String(n)}`);
  }
  await verifyAll();
  const rows = await db().report.findMany({ where: { reporterUserId: colleague.userId } });
  expect(rows.map(({ reason }) => reason).toSorted()).toEqual(texts.toSorted());
  expect(new Set(rows.map(({ caseId }) => caseId)).size).toBe(20);
}, 120_000);

test("PostgreSQL away: the report lies encrypted on disk before the answer, and comes in when it is back", async () => {
  const spool = await mkdtemp(join(tmpdir(), "schulchat-spool-"));
  const decisions = openGatePool(system.database.url, 1);
  let gate: RunningGate | undefined;
  const start = async () => {
    const pool = openReportPool(system.database.url, 2);
    const intake = await ReportIntake.open({
      pool,
      keys: TEST_KEYS,
      spoolFolder: spool,
      spoolLimitBytes: 1_000_000,
      limits: { perReporter: 10, tokenlessPerAddress: 10, bytesPerAddress: 100_000_000 },
    });
    gate = await startGate({
      host: "127.0.0.1",
      port: 0,
      secret: "x".repeat(40),
      serverName: system.serverName,
      synapseUrl: system.synapseUrl,
      pool: decisions,
      clientPool: decisions,
      reports: intake,
    });
    return {
      port: gate.port,
      stop: async () => {
        await gate?.stop();
        await intake.stop();
        await pool.end();
      },
    };
  };
  const send = (port: number, event: string) =>
    fetch(
      `http://127.0.0.1:${String(port)}/_matrix/client/v3/rooms/${encodeURIComponent(room)}/report/${encodeURIComponent(event)}`,
      {
        method: "POST",
        headers: { authorization: `Bearer ${people().pupila.accessToken}` },
        body: JSON.stringify({ reason: "geheimer Grund" }),
        signal: AbortSignal.timeout(10_000),
      },
    );
  const allow = (allowed: boolean) => allowConnections(system.database, allowed);

  const first = await start();
  await allow(false);
  try {
    expect((await send(first.port, eventId)).status).toBe(200);
    const files = await readdir(spool);
    expect(files).toHaveLength(1);
    const content = await readFile(join(spool, files[0] ?? ""));
    expect(content.includes("geheimer Grund")).toBe(false);
    expect(content.includes(people().pupila.accessToken)).toBe(false);
    await first.stop(); // as if it had been killed: the file stays
  } finally {
    await allow(true);
  }
  const second = await start();
  await expect.poll(() => readdir(spool), { timeout: 10_000 }).toEqual([]);
  await verifyAll();
  expect((await caseOf(eventId)).report).toMatchObject({ standing: "verified", reason: "geheimer Grund" });
  await second.stop();
  await decisions.end();
}, 90_000);
