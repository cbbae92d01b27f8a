// Protects "what a child says is never lost": said again, said twice at once, said while nobody knew who says it, and
// said where a forged report stands already.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { CASE_KEYS, userOf } from "#test/report-cases.ts";
import { addPerson, addSchool } from "#test/school.ts";
import { until } from "#test/until.ts";
import { writeCaseEntry } from "./case-entries.ts";
import { DUE_HOURS } from "./case-life.ts";
import { open } from "./sealing.ts";
import { isForwarded, writeReport, type FoundReport } from "./sorting.ts";

const HOUR_MS = 3_600_000;
let database: TestDatabase;
const db = () => database.db;

beforeAll(async () => {
  database = await startTestDatabase();
  await addSchool(db(), "S");
  for (const id of ["kim", "ali", "eve", "max"]) await addPerson(db(), { id, roles: { S: ["student"] } });
  await addPerson(db(), { id: "anna", roles: {} });
});
afterAll(() => database.stop());

const room = () => `!${randomUUID()}:chat.test`;
const picture = (content: string) =>
  ({ kind: "screenshot", mediaType: "image/webp", content: Buffer.from(content) }) as const;

/** As it comes from kim about ali, verified. */
function report(wish: Partial<FoundReport> = {}): FoundReport {
  return {
    id: randomUUID(),
    kind: "event",
    channel: "gate",
    standing: "verified",
    problem: null,
    receivedAt: new Date(),
    forwardedAt: null,
    reason: "",
    schoolHint: "",
    reporterUserId: userOf("kim"),
    reportedUserId: userOf("ali"),
    roomId: "!room:chat.test",
    eventId: "$event",
    snapshot: null,
    evidence: [],
    synapseId: null,
    ...wish,
  };
}
/** Taken while Synapse was away: nobody knows who says it, and about whom. */
const unknown = { standing: "received", reporterUserId: null, reportedUserId: null } as const;

const write = (found: FoundReport) => db().$transaction((tx) => writeReport(tx, CASE_KEYS, found));
const caseOf = (id: string) => db().reportCase.findUniqueOrThrow({ where: { id } });
const typesOf = async (caseId: string) => {
  const entries = await db().caseEntry.findMany({ where: { caseId }, orderBy: { id: "asc" } });
  return entries.map(({ content }) => (content as { type: string }).type);
};
const picturesOf = async (reportId: string) => {
  const rows = await db().reportEvidence.findMany({ where: { reportId, kind: "screenshot" } });
  const opened = rows.map(({ keyId, sealed }) => open(CASE_KEYS, reportId, { keyId, bytes: Uint8Array.from(sealed) }));
  return opened.map(String).toSorted();
};
const close = (id: string) =>
  db().reportCase.update({
    where: { id },
    data: { state: "resolved", outcome: "noViolation", closedAt: new Date(), toldNewAt: new Date() },
  });

test.each([
  ["another text", { reason: "Jetzt droht er mir" }],
  ["another picture", { reason: "Er beleidigt mich", evidence: [picture("zwei")] }],
])("%s for a message whose case is closed opens it again, and support is told", async (_, again) => {
  const first = report({ reason: "Er beleidigt mich", roomId: room(), evidence: [picture("eins")] });
  const { caseId, reportId } = await write(first);
  await close(caseId);
  const before = await caseOf(caseId);
  const second = await write(report({ roomId: first.roomId, ...again }));
  expect(second).toEqual({ caseId, reportId });
  const after = await caseOf(caseId);
  expect(after).toMatchObject({ state: "reopened", outcome: null, closedAt: null, toldNewAt: null, reportCount: 1 });
  expect(after.changedAt.getTime()).toBeGreaterThanOrEqual(before.changedAt.getTime());
  expect((await db().report.findUniqueOrThrow({ where: { id: reportId } })).reason).toContain(again.reason);
  expect(await picturesOf(reportId)).toEqual("evidence" in again ? ["eins", "zwei"] : ["eins"]);
  expect(await typesOf(caseId)).toContain("reportRepeated");
});

test("a further picture of the same room wakes a case that waits; exactly the same once more does not open a closed one", async () => {
  const first = report({ kind: "room", eventId: null, reportedUserId: null, reason: "der ganze Raum", roomId: room() });
  const { caseId } = await write(first);
  await db().reportCase.update({
    where: { id: caseId },
    data: { state: "waiting", waitingUntil: new Date(Date.now() + 24 * HOUR_MS) },
  });
  const second = { ...first, id: randomUUID(), evidence: [picture("drei")] };
  await write(second);
  expect(await caseOf(caseId)).toMatchObject({ state: "reopened", waitingUntil: null });
  await close(caseId);
  await write({ ...second, id: randomUUID() });
  expect(await caseOf(caseId)).toMatchObject({ state: "resolved" });
});

test("two reports of one message by one person, shown while nobody knew that, become one with all that both said", async () => {
  const place = { roomId: room(), eventId: "$twice" };
  const [one, two] = [
    report({ ...place, ...unknown, reason: "erst", evidence: [picture("eins")] }),
    report({ ...place, ...unknown, reason: "dann", evidence: [picture("zwei")] }),
  ];
  const shown = await write(one);
  expect((await write(two)).caseId).toBe(shown.caseId);
  expect(await caseOf(shown.caseId)).toMatchObject({ reportCount: 2, reportedUserId: null });

  const known = { standing: "verified", reporterUserId: userOf("kim"), reportedUserId: userOf("ali") } as const;
  const first = await write({ ...one, ...known, evidence: [], forwardedAt: new Date() });
  const sent = { ...two, ...known, evidence: [] };
  expect(await isForwarded(db(), { ...sent, reason: "erst" })).toBe(true);
  expect(await isForwarded(db(), sent)).toBe(false);
  expect(await write(sent)).toEqual(first);
  expect(await db().report.findUniqueOrThrow({ where: { id: first.reportId } })).toMatchObject({
    reason: "erst\n\ndann",
    standing: "verified",
    repeats: 1,
    targetUserId: userOf("ali"),
  });
  expect(await picturesOf(first.reportId)).toEqual(["eins", "zwei"]);
  expect(await db().report.findUniqueOrThrow({ where: { id: two.id } })).toMatchObject({
    caseId: null,
    doubleOfId: one.id,
    reason: "",
  });
  expect(await caseOf(first.caseId)).toMatchObject({ reportCount: 1, state: "new", reportedUserId: userOf("ali") });
});

test("one that polling has found before the gate's copy was verified: the gate's goes into it, with its picture", async () => {
  const place = { roomId: room(), eventId: "$polled" };
  const gate = report({ ...place, ...unknown, reason: "hilfe", evidence: [picture("eins")] });
  const shown = await write(gate);
  const polled = await write(report({ ...place, reason: "hilfe", channel: "poll", synapseId: 4_711 }));
  expect(polled.caseId).not.toBe(shown.caseId);
  const verified = { ...gate, ...place, standing: "verified", evidence: [] } as const;
  const known = { ...verified, reporterUserId: userOf("kim"), reportedUserId: userOf("ali") };
  expect(await isForwarded(db(), known)).toBe(true);
  expect(await write(known)).toEqual(polled);
  expect(await picturesOf(polled.reportId)).toEqual(["eins"]);
  // nothing is left in the other: it is closed as a double
  expect(await caseOf(shown.caseId)).toMatchObject({
    state: "resolved",
    outcome: "duplicate",
    mergedIntoId: polled.caseId,
    reportCount: 0,
  });
});

test("unverified reports of one room that turn out to be about two people go two ways", async () => {
  const roomId = room();
  const [one, two] = [
    report({ ...unknown, roomId, eventId: "$1" }),
    report({ ...unknown, roomId, eventId: "$2", reason: "b" }),
  ];
  const shown = await write(one);
  await write(two);
  const known = { standing: "verified", reporterUserId: userOf("kim") } as const;
  const first = await write({ ...one, ...known, reportedUserId: userOf("ali") });
  const second = await write({ ...two, ...known, reportedUserId: userOf("max") });
  expect(first.caseId).toBe(shown.caseId);
  expect(second.caseId).not.toBe(first.caseId);
  expect(await caseOf(first.caseId)).toMatchObject({ reportedUserId: userOf("ali"), reportCount: 1 });
  expect(await caseOf(second.caseId)).toMatchObject({ reportedUserId: userOf("max"), reportCount: 1 });
  const parties = await db().caseParty.findMany({ where: { caseId: first.caseId, role: "reported" } });
  expect(parties.map(({ personId }) => personId)).toEqual(["ali"]);
});

test("a verified report raises what a forged one has begun, and support is told of it as severe", async () => {
  const roomId = room();
  const forged = report({ roomId, standing: "invalid", problem: "noToken", reporterUserId: null, reason: "x" });
  const { caseId } = await write(forged);
  expect(await caseOf(caseId)).toMatchObject({ severity: "low" });
  await db().reportCase.update({ where: { id: caseId }, data: { toldNewAt: new Date(), toldOverdueAt: new Date() } });
  const receivedAt = new Date();
  expect(await write(report({ roomId, receivedAt, reason: "er will mich umbringen" }))).toMatchObject({ caseId });
  const after = await caseOf(caseId);
  expect(after).toMatchObject({ severity: "critical", category: "violence", toldNewAt: null, toldOverdueAt: null });
  expect(after.dueAt.getTime()).toBe(receivedAt.getTime() + DUE_HOURS.critical * HOUR_MS);
  expect(await typesOf(caseId)).toEqual(expect.arrayContaining(["severitySet", "categorised"]));
});

test("what support has called it stays; a worse report raises the severity, and the timeline says so", async () => {
  const roomId = room();
  const { caseId } = await write(report({ roomId, reason: "spam" }));
  const anna = { personId: "anna", role: "support" };
  await db().$transaction((tx) =>
    writeCaseEntry(tx, caseId, { type: "categorised", before: "spam", after: "bullying" }, anna),
  );
  await db().reportCase.update({ where: { id: caseId }, data: { category: "bullying" } });
  await write(report({ roomId, eventId: "$worse", reason: "er will mich umbringen" }));
  expect(await caseOf(caseId)).toMatchObject({ severity: "critical", category: "bullying" });
  await write(report({ roomId, eventId: "$less", reason: "spam" }));
  expect(await caseOf(caseId)).toMatchObject({ severity: "critical", category: "bullying", reportCount: 3 });
  expect((await typesOf(caseId)).filter((type) => type === "severitySet")).toHaveLength(1);
});

test("a report that comes while somebody hands the case to the school does not take that back", async () => {
  const roomId = room();
  const { caseId } = await write(report({ roomId }));
  let coming: Promise<unknown> = Promise.resolve();
  await db().$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM report_case WHERE id = ${caseId}::uuid FOR UPDATE`;
    coming = write(report({ roomId, eventId: "$meanwhile" }));
    // it waits for this row, whatever it has read before
    await until(async () => {
      const waiting: unknown[] = await db().$queryRaw`
        SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()`;
      return waiting.length > 0;
    }, "the report waits for the row");
    await tx.reportCase.update({ where: { id: caseId }, data: { state: "escalated" } });
  });
  await coming;
  expect(await caseOf(caseId)).toMatchObject({ state: "escalated", reportCount: 2 });
});

test("a flood of reports by nobody known is stacked, however many rooms it names; what is verified gets its own case", async () => {
  const flood = Array.from({ length: 25 }, () => report({ ...unknown, roomId: room(), reason: "umbringen" }));
  const cases: string[] = [];
  for (const found of flood) cases.push((await write(found)).caseId);
  expect(new Set(cases).size).toBeLessThanOrEqual(20);
  const last = flood.at(-1);
  if (last === undefined) throw new Error("no flood");
  const known = { standing: "verified", reporterUserId: userOf("eve"), reportedUserId: userOf("max") } as const;
  const { caseId } = await write({ ...last, ...known });
  expect(cases).not.toContain(caseId);
  expect(await caseOf(caseId)).toMatchObject({ roomId: last.roomId, reportedUserId: userOf("max"), reportCount: 1 });
});
