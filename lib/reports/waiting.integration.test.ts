// Protects "nothing waits unseen": whatever keeps a report from being looked into, support sees it, or at least sees that
// it is there; and one that fails keeps no other waiting.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startProxy } from "#deploy/proxy/server.ts";
import { openGatePool } from "#lib/gate/pool.ts";
import { ReportIntake } from "#lib/gate/report-intake.ts";
import { openReportPool } from "#lib/gate/report-pool.ts";
import { startGate } from "#lib/gate/server.ts";
import { connectMatrix } from "#lib/matrix/connection.ts";
import { reporterApi, synapseReports, type ReportsApi } from "#lib/matrix/reports.ts";
import { openChatSchool, type ChatSchool } from "#test/chat-school.ts";
import { startCuttingProxy, type Cut, type CuttingProxy } from "#test/cutting-proxy.ts";
import { allowConnections } from "#test/database.ts";
import { signIn } from "#test/school.ts";
import { startTestSystem, TEST_KEYS, type MatrixSession, type TestSystem } from "#test/system.ts";
import { getUnreadableReports } from "./inbox-queries.ts";
import { pollReports } from "./poll.ts";
import { verifyNext, type VerifyDependencies } from "./verify.ts";

let system: TestSystem;
let school: ChatSchool;
let cutting: CuttingProxy;
let room: string;
let eventId: string;

const db = () => system.database.db;
const people = () => school.people;
const reportsOf = (accessToken = system.provisioner.accessToken): ReportsApi =>
  synapseReports(connectMatrix({ baseUrl: cutting.baseUrl, accessToken }));
const dependencies = (accessToken?: string): VerifyDependencies => ({
  db: db(),
  keys: TEST_KEYS,
  serverName: system.serverName,
  synapse: () => ({
    reports: reportsOf(accessToken),
    asReporter: (token) => reporterApi(cutting.baseUrl, token),
  }),
});

async function verifyAll(by = dependencies()): Promise<void> {
  await db().reportIntake.updateMany({ data: { tryAt: new Date(0) } });
  while (await verifyNext(by));
}

const poll = (reports = reportsOf(), aheadMs = 60_000) =>
  pollReports(
    { db: db(), keys: TEST_KEYS, serverName: system.serverName, reports },
    new Date(Date.now() + aheadMs),
    AbortSignal.timeout(20_000),
  );

const pathOf = (event: string) =>
  `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/report/${encodeURIComponent(event)}`;

async function say(who: MatrixSession, text: string): Promise<string> {
  const content = { msgtype: "m.text", body: text };
  const answer = await who.inRoom("PUT", room, `send/m.room.message/${crypto.randomUUID()}`, content);
  return String(answer.body["event_id"]);
}

/** Past the gate, as a client that does not go through our proxy. */
async function reportToSynapse(path: string, reason: string, { accessToken } = people().pupila): Promise<void> {
  const response = await fetch(`${system.synapseUrl}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${accessToken}` },
    body: JSON.stringify({ reason }),
    signal: AbortSignal.timeout(10_000),
  });
  expect(response.status).toBe(200);
}

const found = async (event = eventId) =>
  await db().report.findFirst({ where: { eventId: event }, include: { evidence: true, case: true } });

beforeAll(async () => {
  system = await startTestSystem();
  school = await openChatSchool(system);
  cutting = await startCuttingProxy(system.synapseUrl);
  const { teacher, pupila, pupilb } = people();
  room = await teacher.openRoom({ preset: "private_chat", name: "Klasse 7b", invite: [pupila.userId, pupilb.userId] });
  await pupila.join(room);
  await pupilb.join(room);
  globalThis.schulchatDatabase = db(); // where the inbox looks for it
  await db().consoleRoleGrant.create({ data: { personId: "colleague", role: "support" } });
}, 180_000);
afterAll(async () => {
  await cutting.stop();
  await system.stop();
});
beforeEach(async () => {
  eventId = await say(people().pupilb, "du bist blöd");
});
afterEach(async () => {
  cutting.reset();
  await db().reportIntake.deleteMany();
  await db().damagedSpoolFile.deleteMany();
  await db().synapseReportFailure.deleteMany();
});

const isAsked = (part: string) => (call: { readonly path: string }) => decodeURIComponent(call.path).includes(part);
test.each<readonly [string, Cut | null, string | undefined]>([
  ["Synapse has lost its own database", { mode: "error500", at: isAsked("/account/whoami") }, undefined],
  ["Synapse cannot say what stands in the room", { mode: "error500", at: isAsked("/state") }, undefined],
  ["Synapse cannot find out what was reported", { mode: "error500", at: isAsked("/fetch_event/") }, undefined],
  ["the provisioner's token is no longer valid", null, "syt_no_longer_valid"],
])("%s: support sees the report at once, and it is confirmed later", async (_, cut, accessToken) => {
  await people().pupila.request("POST", pathOf(eventId), { reason: "jetzt" });
  if (cut !== null) cutting.cutOnce(cut);
  await verifyAll(dependencies(accessToken));
  expect(await found()).toMatchObject({ standing: "received", reason: "jetzt" });
  expect((await found())?.case).not.toBeNull();
  await verifyAll();
  expect(await found()).toMatchObject({ standing: "verified", reporterUserId: people().pupila.userId });
  expect(await db().reportIntake.count()).toBe(0);
});

test("the same report twice while Synapse is away: it is one in the end, says both, and nothing waits for ever", async () => {
  for (const reason of ["einmal", "zweimal"]) await people().pupila.request("POST", pathOf(eventId), { reason });
  cutting.setAway(true);
  await verifyAll();
  cutting.setAway(false);
  expect(await db().report.count({ where: { eventId, standing: "received" } })).toBe(2);
  await verifyAll();
  expect(await db().reportIntake.count()).toBe(0);
  // the other row keeps its number, and nothing else
  const reports = await db().report.findMany({ where: { eventId, doubleOfId: null } });
  expect(reports).toMatchObject([{ standing: "verified", problem: null }]);
  expect(reports[0]?.reason).toContain("einmal");
  expect(reports[0]?.reason).toContain("zweimal");
});

test("what nobody can read stands in the inbox as a number, until it can be read", async () => {
  const support = await signIn(db(), "colleague");
  expect(await getUnreadableReports(support)).toBeNull();
  await people().pupila.request("POST", pathOf(eventId), { reason: "verschlossen" });
  const other = [{ id: "other", secret: new Uint8Array(32) }] as const;
  await db().reportIntake.updateMany({ data: { tryAt: new Date(0) } });
  await verifyNext({ ...dependencies(), keys: other });
  const { id, receivedAt } = await db().reportIntake.findFirstOrThrow();
  expect(await getUnreadableReports(support)).toEqual({ count: 1, since: receivedAt, id });
  const writtenAt = new Date("2026-01-01T08:00:00Z");
  await db().damagedSpoolFile.create({ data: { spool: "gate-0:/spool", name: "x.report.damaged", writtenAt } });
  expect(await getUnreadableReports(support)).toEqual({ count: 2, since: writtenAt, id: "x.report.damaged" });
  await verifyAll();
  expect(await getUnreadableReports(support)).toMatchObject({ count: 1 });
  expect(await getUnreadableReports(await signIn(db(), "pupilb"))).toBeNull();
});

test("no worker takes reports up: the inbox says that something waits", async () => {
  const support = await signIn(db(), "colleague");
  await people().pupila.request("POST", pathOf(eventId), { reason: "liegt" });
  expect(await getUnreadableReports(support)).toBeNull();
  expect(await getUnreadableReports(support, new Date(Date.now() + 660_000))).toMatchObject({ count: 1 });
});

test("one row of Synapse's list that fails keeps no other waiting, is shown as far as it is known, and completed later", async () => {
  const later = await say(people().pupilb, "und dumm");
  await poll(); // what the tests before have left in the list
  await reportToSynapse(pathOf(eventId), "die erste");
  await reportToSynapse(pathOf(later), "die zweite");
  await reportToSynapse(`/_matrix/client/v3/users/${encodeURIComponent(people().pupilb.userId)}/report`, "die dritte");
  cutting.cutOnce({ mode: "error500", at: ({ path }) => /\/event_reports\/\d+/.test(path) });
  await poll();
  expect(cutting.hasCut()).toBe(true);
  expect((await found(later))?.evidence).toHaveLength(1);
  expect(await db().report.count({ where: { reason: "die dritte" } })).toBe(1);
  expect(await found()).toMatchObject({ reason: "die erste", evidence: [], snapshot: null });
  expect(await db().synapseReportFailure.findMany()).toMatchObject([{ isShown: true, attempts: 1 }]);
  // not before its time
  expect(await poll(reportsOf(), 20_000)).toBe(0);
  expect(await poll()).toBe(1);
  expect((await found())?.evidence).toHaveLength(1);
  expect(await db().report.count({ where: { eventId } })).toBe(1);
  expect((await found())?.case?.reportedUserId).toBe(people().pupilb.userId);
  expect(await db().synapseReportFailure.count()).toBe(0);
  expect(await poll()).toBe(0);
});

test("a row that Synapse has deleted meanwhile is looked for twice, and then waits no more", async () => {
  await poll(); // what the tests before have left in the list
  const row = { kind: "event", synapseId: 10_000_000n } as const;
  const rest = { receivedAt: new Date(), isShown: true, problem: "MatrixAnswerError", attempts: 1, tryAt: new Date(0) };
  await db().synapseReportFailure.create({ data: { ...row, ...rest } });
  expect(await poll()).toBe(0);
  expect(await db().synapseReportFailure.findMany()).toMatchObject([{ ...row, problem: "gone", attempts: 2 }]);
  expect(await poll(reportsOf(), 0)).toBe(0); // not before its time
  expect(await db().synapseReportFailure.count()).toBe(1);
  expect(await poll()).toBe(0);
  expect(await db().synapseReportFailure.count()).toBe(0);
});

test("a row that fails is found again when everything around it is known and older than the window", async () => {
  const later = await say(people().pupilb, "und dumm");
  await poll(); // what the tests before have left in the list
  await reportToSynapse(pathOf(eventId), "die alte");
  await reportToSynapse(pathOf(later), "die neue");
  cutting.cutOnce({ mode: "error500", at: ({ path }) => /\/event_reports\/\d+/.test(path) });
  await poll();
  expect((await found())?.evidence).toEqual([]);
  // the real list, one row a page, as it looks two hours later
  const reports = reportsOf();
  const paged: ReportsApi = {
    ...reports,
    eventReports: async (from) => {
      const { rows } = await reports.eventReports(null);
      const at = Number(from ?? 0);
      const old = rows.slice(at, at + 1).map((row) => ({ ...row, receivedAt: new Date(Date.now() - 7_200_000) }));
      return { rows: old, next: at + 1 < rows.length ? String(at + 1) : null };
    },
  };
  await poll(paged);
  expect((await found())?.evidence).toHaveLength(1);
});

test("the spool is full: the proxy gives the report to Synapse, and polling finds it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "schulchat-spool-"));
  const [pool, decisions] = [openReportPool(system.database.url, 1), openGatePool(system.database.url, 1)];
  const reports = await ReportIntake.open({
    pool,
    keys: TEST_KEYS,
    spoolFolder: folder,
    spoolLimitBytes: 1,
    limits: { perReporter: 10, tokenlessPerAddress: 10, bytesPerAddress: 1_000_000 },
  });
  const gate = await startGate({
    host: "127.0.0.1",
    port: 0,
    secret: "x".repeat(40),
    serverName: system.serverName,
    synapseUrl: system.synapseUrl,
    pool: decisions,
    clientPool: decisions,
    reports,
  });
  const proxy = await startProxy({
    port: 0,
    publicBaseUrl: system.chatUrl,
    synapseUrl: system.synapseUrl,
    gateUrl: `http://127.0.0.1:${String(gate.port)}`,
    defences: "on",
    log: { warn: () => undefined },
  });
  try {
    await allowConnections(system.database, false);
    const response = await fetch(`http://127.0.0.1:${String(proxy.port)}${pathOf(eventId)}`, {
      method: "POST",
      headers: { authorization: `Bearer ${people().pupila.accessToken}` },
      body: JSON.stringify({ reason: "kein Platz" }),
      signal: AbortSignal.timeout(20_000),
    });
    expect(response.status).toBe(200);
  } finally {
    await allowConnections(system.database, true);
    await proxy.stop();
    await gate.stop();
    await reports.stop();
    await Promise.all([pool.end(), decisions.end()]);
    await rm(folder, { recursive: true });
  }
  await expect.poll(() => poll().catch(() => 0), { timeout: 15_000 }).toBeGreaterThan(0);
  expect(await found()).toMatchObject({ standing: "verified", reason: "kein Platz", byGateAt: null });
}, 60_000);
