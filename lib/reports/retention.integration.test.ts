// Protects "gone means gone, and nothing goes that is needed": deletion by category, holds, and what stays; and that
// support is told of what is urgent, once, without content.
import type { z } from "zod";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { askDomains } from "#bin/mail.ts";
import { performAction, type AnyActionDefinition } from "#lib/action/perform-action.ts";
import { verifyStretch } from "#lib/audit/verify.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { openMailTransport } from "#lib/mail/transport.ts";
import { sendNotice } from "#lib/notify/send.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { startTestMailServer, type TestMailServer } from "#test/mail-server.ts";
import { addPerson, addSchool, signIn } from "#test/school.ts";
import { writeCaseEntry } from "./case-entries.ts";
import { countCases } from "./case-counts.ts";
import { dueAt } from "./case-life.ts";
import { listCases } from "./inbox-queries.ts";
import { parseInboxQuery } from "./inbox-filter.ts";
import { followNotices } from "./notices.ts";
import { getCaseNumbers } from "./numbers.ts";
import { wakeCases } from "./waking.ts";
import { exportCaseCommand, liftHoldCommand, setHoldCommand } from "./retention-commands.ts";
import { eraseDueCases } from "./retention.ts";
import { getRetention } from "./retention-queries.ts";

const SCHOOL = "DE-RP-SN-10001";
const DAY_MS = 86_400_000;
/** A Monday morning. */
const NOW = new Date("2026-11-23T08:00:00Z");
const ago = (days: number) => new Date(NOW.getTime() - days * DAY_MS);
const HTML = "<script>alert(1)</script>";

let database: TestDatabase;
let mail: TestMailServer;
let jobs: JobSender;
let support: Principal;
let other: Principal;
const db = () => database.db;

async function grantSupport(id: string): Promise<Principal> {
  await addPerson(db(), { id, roles: {} });
  await db().person.update({ where: { id }, data: { email: `${id}@land.example` } });
  await db().consoleRoleGrant.create({ data: { personId: id, role: "support" } });
  return await signIn(db(), id);
}

beforeAll(async () => {
  database = await startTestDatabase();
  mail = await startTestMailServer();
  jobs = new JobSender(database.url);
  await addSchool(db(), SCHOOL);
  await addPerson(db(), { id: "pupil", roles: { [SCHOOL]: ["student"] } });
  support = await grantSupport("anna");
  other = await grantSupport("bert");
});
afterAll(async () => {
  await jobs.stop();
  await mail.stop();
  await database.stop();
});

type Given = {
  readonly category?: "spam" | "violence";
  readonly closedAt?: Date;
  readonly severity?: "low" | "critical";
  readonly dueAt?: Date;
};

async function makeCase({ category = "spam", closedAt, severity = "low", dueAt = NOW }: Given = {}): Promise<string> {
  const { id } = await db().reportCase.create({
    data: {
      category,
      severity,
      dueAt,
      schoolId: SCHOOL,
      roomId: "!r:localhost",
      roomName: HTML,
      reportedUserId: "@u-pupil:localhost",
      createdAt: ago(1),
      lastReportAt: ago(0.5),
      ...(closedAt && { state: "resolved", outcome: "noViolation", closedAt }),
    },
  });
  const report = await db().report.create({
    data: {
      caseId: id,
      kind: "event",
      standing: "verified",
      reporterUserId: `@u-${crypto.randomUUID()}:localhost`,
      roomId: "!r:localhost",
      eventId: "$e",
      reason: HTML,
      byGateAt: ago(1),
      snapshot: { secret: true },
    },
  });
  const bytes = Uint8Array.from([1, 2, 3]);
  await db().reportEvidence.create({
    data: { reportId: report.id, kind: "screenshot", mediaType: "image/webp", keyId: "test", sealed: bytes, bytes: 3 },
  });
  await db().caseParty.create({ data: { caseId: id, personId: "pupil", role: "reported" } });
  await db().$transaction((tx) => writeCaseEntry(tx, id, { type: "note", text: HTML }));
  return id;
}

const act = <Schema extends z.ZodType, Output>(
  who: Principal,
  command: AnyActionDefinition<Schema, Output>,
  input: unknown,
) => performAction({ db: db(), jobs }, command, () => Promise.resolve(who), input);
const erase = (now = NOW) => eraseDueCases(db(), now, AbortSignal.timeout(20_000));

beforeEach(async () => {
  // what another test has left open or due
  await db().reportCase.updateMany({
    where: { erasedAt: null },
    data: {
      state: "resolved",
      outcome: "duplicate",
      closedAt: NOW,
      waitingUntil: null,
      holdReason: null,
      heldById: null,
      heldAt: null,
    },
  });
  await db().caseNoticeSetting.deleteMany();
});

test("each category has its own time; content and evidence go, the record of the case stays", async () => {
  const spam = await makeCase({ category: "spam", closedAt: ago(91) });
  const young = await makeCase({ category: "spam", closedAt: ago(89) });
  const violence = await makeCase({ category: "violence", closedAt: ago(91) });
  expect(await erase()).toBe(1);
  expect(await erase()).toBe(0);
  const gone = await db().reportCase.findUniqueOrThrow({
    where: { id: spam },
    include: { reports: { include: { evidence: true } }, entries: true, parties: true },
  });
  expect(JSON.stringify(gone, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value))).not.toMatch(
    /script|u-|!r|\$e|secret/,
  );
  expect(gone).toMatchObject({ outcome: "noViolation", category: "spam", reportCount: 0, parties: [] });
  expect(gone.reports[0]?.evidence).toEqual([]);
  expect(gone.entries.map(({ content }) => content)).toEqual([{ type: "erased", was: "note" }]);
  const rest = await db().reportEvidence.count({ where: { report: { caseId: { in: [young, violence] } } } });
  expect(rest).toBe(2);
  expect(await db().auditEntry.count({ where: { type: "caseErased" } })).toBe(1);
  expect(await verifyStretch(db(), "state", 0)).toMatchObject({ fault: null });
});

test("a hold keeps everything, says why, and is lifted again", async () => {
  const id = await makeCase({ closedAt: ago(400) });
  expect(await act(support, setHoldCommand, { caseId: id, version: 1, reason: "kurz" })).toMatchObject({ ok: false });
  const reason = "Die Polizei ermittelt noch.";
  expect(await act(support, setHoldCommand, { caseId: id, version: 1, reason })).toMatchObject({ ok: true });
  expect(await act(other, setHoldCommand, { caseId: id, version: 1, reason })).toMatchObject({
    error: { code: "caseChanged" },
  });
  expect(await erase()).toBe(0);
  await expect(db().reportCase.update({ where: { id }, data: { erasedAt: NOW } })).rejects.toThrow("is not emptied");
  const view = await getRetention(support, NOW, db());
  expect(view?.held.map((row) => row.holdReason)).toEqual([reason]);
  expect(await act(other, liftHoldCommand, { caseId: id, version: 2 })).toMatchObject({ ok: true });
  expect(await erase()).toBe(1);
});

test("why something was held or taken out goes with the case, and the audit log's chain still verifies", async () => {
  const id = await makeCase({ closedAt: ago(400) });
  const stays = await makeCase({ closedAt: ago(1) });
  const reason = "Kim ritzt sich, sagt die Mutter";
  const command = exportCaseCommand(() => [{ id: "other", secret: new Uint8Array(32) }]);
  for (const caseId of [id, stays]) expect(await act(support, command, { caseId, reason })).toMatchObject({ ok: true });
  const { version } = await db().reportCase.findUniqueOrThrow({ where: { id } });
  expect(await act(support, setHoldCommand, { caseId: id, version, reason })).toMatchObject({ ok: true });
  expect(await act(support, liftHoldCommand, { caseId: id, version: version + 1 })).toMatchObject({ ok: true });
  await expect(db().$executeRaw`SELECT erase_case_reasons(${id}::uuid)`).rejects.toThrow("has its content");
  expect(await erase()).toBe(1);
  const payloads = await db().auditPayload.findMany({ where: { payload: { contains: "ritzt" } } });
  expect(payloads.map(({ payload }) => JSON.parse(payload) as unknown)).toEqual([
    expect.objectContaining({ type: "caseExported", caseId: stays }),
  ]);
  expect(await verifyStretch(db(), "state", 0)).toMatchObject({ fault: null });
});

test("what is still in force must be explainable: a locked account keeps its case", async () => {
  const id = await makeCase({ closedAt: ago(400) });
  const measure = { caseId: id, target: "@u-pupil:localhost", requestedById: "anna" };
  await db().caseMeasure.create({
    data: { ...measure, kind: "lock", state: "confirmed", requestedAt: ago(410), confirmBy: ago(409) },
  });
  expect(await erase()).toBe(0);
  expect((await getRetention(support, NOW, db()))?.next.find((row) => row.id === id)?.isInForce).toBe(true);
  await db().caseMeasure.create({ data: { ...measure, kind: "unlock", state: "done", requestedAt: ago(2) } });
  expect(await erase()).toBe(1);
});

test("the page tells when each goes; a party sees nothing of its own case", async () => {
  const id = await makeCase({ category: "violence", closedAt: ago(10) });
  const row = (await getRetention(support, NOW, db()))?.next.find((one) => one.id === id);
  expect(row?.eraseAt.getTime()).toBe(ago(10).getTime() + 730 * DAY_MS);
  await db().caseParty.create({ data: { caseId: id, personId: "bert", role: "reporter" } });
  expect((await getRetention(other, NOW, db()))?.next.some((one) => one.id === id)).toBe(false);
  expect(await act(other, setHoldCommand, { caseId: id, version: 1, reason: "ein langer Grund" })).toMatchObject({
    error: { code: "notFound" },
  });
});

test("an export needs a reason and a recent sign-in, and is an entry", async () => {
  const caseId = await makeCase();
  const reason = "Für die Akte der Schulaufsicht";
  const old = await signIn(db(), "anna", new Date(Date.now() - 600_000));
  const command = exportCaseCommand(() => [{ id: "other", secret: new Uint8Array(32) }]);
  expect(await act(old, command, { caseId, reason })).toMatchObject({ error: { code: "signInTooOld" } });
  expect(await act(support, command, { caseId, reason: "" })).toMatchObject({ ok: false });
  // its key is gone: the file says so, and is made all the same
  expect(await act(support, command, { caseId, reason })).toMatchObject({
    ok: true,
    value: { evidence: [{ kind: "screenshot", content: null }] },
  });
  const told = { type: "caseExported", payload: { payload: { contains: caseId } } };
  expect(await db().auditEntry.count({ where: told })).toBe(1);
});

test("the state keeps reports longer only with a second person", async () => {
  const { version, ...frame } = await db().policyFrame.findFirstOrThrow({ orderBy: { version: "desc" } });
  const next = (days: number) =>
    db().policyFrame.create({ data: { ...frame, version: version + 1, reason: "Test", retainSpamDays: days } });
  await expect(next(91)).rejects.toThrow("keeps reports longer");
  await expect(
    db().$transaction(async (tx) => {
      await tx.policyFrame.create({ data: { ...frame, version: version + 1, reason: "Test", retainSpamDays: 30 } });
      throw new Error("shorter is fine");
    }),
  ).rejects.toThrow("shorter is fine");
});

const follow = (now = NOW) => followNotices({ db: db(), jobs, hasRoom: false }, now);
const noticesOf = async (caseId: string) =>
  (await db().mailNotice.findMany({ where: { caseId }, orderBy: { personId: "asc" } })).map(
    ({ personId, kind }) => `${personId} ${kind}`,
  );
const sunday = new Date("2026-11-22T08:00:00Z");

test("severe and overdue cases are told once, to everybody but parties and who wants quiet", async () => {
  const severe = await makeCase({ severity: "critical", dueAt: new Date(NOW.getTime() + DAY_MS) });
  const overdue = await makeCase({ dueAt: ago(0.1) });
  const calm = await makeCase({ dueAt: new Date(NOW.getTime() + DAY_MS) });
  await db().caseParty.create({ data: { caseId: severe, personId: "bert", role: "reporter" } });
  await db().caseNoticeSetting.create({ data: { personId: "anna", overdue: false, digest: false } });
  await follow(sunday);
  await follow(NOW);
  await follow(NOW);
  expect(await noticesOf(severe)).toEqual(["anna caseSevere"]);
  expect(await noticesOf(overdue)).toEqual(["bert caseOverdue"]);
  expect(await noticesOf(calm)).toEqual([]);
  const digests = await db().mailNotice.findMany({ where: { kind: "caseDigest" } });
  expect(digests.map(({ personId }) => personId)).toEqual(["bert"]);
  expect(await countCases(db(), "bert", NOW)).toEqual({ open: 2, severe: 0, overdue: 1 });
});

test("on the day until which a case was to wait it comes back, and whoever has it is told, once", async () => {
  const until = ago(0.01);
  const id = await makeCase({ severity: "low", dueAt: ago(30) });
  const later = await makeCase();
  const waiting = { state: "waiting", assigneeId: "anna", toldOverdueAt: ago(29) } as const;
  await db().reportCase.update({ where: { id }, data: { ...waiting, waitingUntil: until } });
  await db().reportCase.update({
    where: { id: later },
    data: { ...waiting, waitingUntil: new Date(NOW.getTime() + DAY_MS) },
  });
  const before = await db().reportCase.findUniqueOrThrow({ where: { id } });
  expect(await wakeCases({ db: db(), jobs }, NOW)).toBe(1);
  expect(await wakeCases({ db: db(), jobs }, NOW)).toBe(0);
  expect(await db().reportCase.findUniqueOrThrow({ where: { id } })).toMatchObject({
    state: "inProgress",
    waitingUntil: null,
    dueAt: dueAt(NOW, "low"),
    toldOverdueAt: null,
    changedAt: NOW,
    version: before.version + 1,
  });
  const entries = await db().caseEntry.findMany({ where: { caseId: id }, orderBy: { id: "asc" } });
  expect(entries.at(-1)?.content).toEqual({ type: "woken" });
  expect(await noticesOf(id)).toEqual(["anna caseWoken"]);
  expect(await noticesOf(later)).toEqual([]);
});

test("notice, digest, inbox and numbers call the same cases overdue: also one that the school has not answered", async () => {
  const late = { dueAt: ago(0.1) };
  const made = {
    new: await makeCase(late),
    escalated: await makeCase(late),
    waiting: await makeCase(late),
    acted: await makeCase(late),
    inTime: await makeCase({ dueAt: new Date(NOW.getTime() + DAY_MS) }),
  };
  await db().reportCase.update({ where: { id: made.escalated }, data: { state: "escalated", firstActionAt: ago(1) } });
  await db().reportCase.update({ where: { id: made.acted }, data: { state: "inProgress", firstActionAt: ago(1) } });
  await db().reportCase.update({
    where: { id: made.waiting },
    data: { state: "waiting", waitingUntil: new Date(NOW.getTime() + DAY_MS) },
  });
  const expected = [made.new, made.escalated, made.acted].toSorted();
  await follow(NOW);
  const told = await db().mailNotice.findMany({
    where: { kind: "caseOverdue", personId: "bert", caseId: { in: Object.values(made) } },
  });
  expect(told.map(({ caseId }) => caseId).toSorted()).toEqual(expected);
  globalThis.schulchatDatabase = db();
  const inbox = await listCases(other, parseInboxQuery("overdue=1"), { now: NOW });
  const numbers = await getCaseNumbers(other, NOW);
  globalThis.schulchatDatabase = undefined;
  expect(inbox?.rows.map(({ id }) => id).toSorted()).toEqual(expected);
  expect(numbers?.bySeverity.map(({ late: count }) => count)).toEqual([3]);
  expect((await countCases(db(), "bert", NOW)).overdue).toBe(3);
});

test("the mail holds a number and a link, and nothing that anybody wrote", async () => {
  const id = await makeCase({ severity: "critical" });
  await db().caseNoticeSetting.create({ data: { personId: "bert", quietUntil: new Date(NOW.getTime() + DAY_MS) } });
  await follow(sunday);
  const [notice] = await db().mailNotice.findMany({ where: { caseId: id } });
  const transport = openMailTransport({ url: mail.smtpUrl, from: "Schulchat <schulchat@land.example>" });
  const tools = { db: db(), transport, consoleUrl: "http://konsole.example", ...askDomains(db()) };
  await sendNotice(tools, notice?.id ?? "", sunday);
  const [received] = await mail.mails();
  expect(received?.to).toEqual(["anna@land.example"]);
  expect(received?.text).toContain(`http://konsole.example/reports/${id}`);
  expect(`${received?.subject ?? ""}${received?.text ?? ""}`).not.toMatch(/script|pupil|Schule DE|!r/);
});

test("closed before the mail goes out: it is not sent", async () => {
  const id = await makeCase({ severity: "critical" });
  await follow(sunday);
  await db().reportCase.update({ where: { id }, data: { state: "resolved", outcome: "noViolation", closedAt: NOW } });
  const [notice] = await db().mailNotice.findMany({ where: { caseId: id, personId: "bert" } });
  const transport = openMailTransport({ url: mail.smtpUrl, from: "Schulchat <schulchat@land.example>" });
  await sendNotice(
    { db: db(), transport, consoleUrl: "http://konsole.example", ...askDomains(db()) },
    notice?.id ?? "",
    sunday,
  );
  expect(await db().mailNotice.findUniqueOrThrow({ where: { id: notice?.id ?? "" } })).toMatchObject({
    state: "dropped",
    problem: "settled",
  });
});
