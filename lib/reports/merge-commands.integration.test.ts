// Protects what is owed to a case when two become one and one becomes two: whom it is about, how urgent it is, what is
// held, and what somebody is still to confirm or to answer.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { z } from "zod";
import { performAction, type StateActionDefinition } from "#lib/action/perform-action.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { code } from "#test/policy-world.ts";
import { addReport, CASE_KEYS, userOf } from "#test/report-cases.ts";
import { addPerson, addSchool, signIn } from "#test/school.ts";
import { getCase } from "./case-queries.ts";
import { answerEscalationCommand, escalateCaseCommand } from "./escalation-commands.ts";
import { readCaseFacts } from "./measure-facts.ts";
import { mergeCaseCommand, splitCaseCommand } from "./merge-commands.ts";
import { REPORTS_PAGE_SIZE } from "./report-pages.ts";
import { eraseDueCases } from "./retention.ts";
import { liftHoldCommand, setHoldCommand } from "./retention-commands.ts";

const WHY = "Gehört zusammen mit dem anderen";
const SCHOOL = "S";
let database: TestDatabase;
let jobs: JobSender;
let support: Principal;
let manager: Principal;
/** About ali, and about max, in two rooms. */
let ofAli: { readonly caseId: string; readonly reportId: string };
let ofMax: { readonly caseId: string; readonly reportId: string };
const db = () => database.db;

beforeAll(async () => {
  database = await startTestDatabase();
  jobs = new JobSender(database.url);
  await addSchool(db(), SCHOOL);
  for (const id of ["kim", "ali", "max"]) await addPerson(db(), { id, roles: { [SCHOOL]: ["student"] } });
  await addPerson(db(), { id: "manager", roles: { [SCHOOL]: ["schoolManagement"] } });
  await addPerson(db(), { id: "anna", roles: {} });
  await db().consoleRoleGrant.create({ data: { personId: "anna", role: "support" } });
  support = await signIn(db(), "anna");
  manager = await signIn(db(), "manager");
});
afterAll(async () => {
  await jobs.stop();
  await database.stop();
});
beforeEach(async () => {
  const at = new Date(Date.now() - 3_600_000);
  ofAli = await addReport(db(), { reporter: "kim", reported: "ali", reason: "er will mich umbringen", at });
  ofMax = await addReport(db(), { reporter: "kim", reported: "max", reason: "spam" });
});

const caseOf = (id: string) => db().reportCase.findUniqueOrThrow({ where: { id } });
async function act<Schema extends z.ZodType, Output>(
  command: StateActionDefinition<Schema, Output>,
  caseId: string,
  input: object = {},
): Promise<string> {
  const { version } = await caseOf(caseId);
  const who = () => Promise.resolve(support);
  return code(await performAction({ db: db(), jobs }, command, who, { caseId, version, ...input }));
}
async function merge(from: string, into: string): Promise<string> {
  return await act(mergeCaseCommand, from, { intoNumber: Number((await caseOf(into)).number) });
}

test("what is split off a merged case is about whom its own reports are about, and measures would reach that one", async () => {
  expect(await merge(ofAli.caseId, ofMax.caseId)).toBe("ok");
  expect(await act(splitCaseCommand, ofMax.caseId, { reportIds: [ofAli.reportId] })).toBe("ok");
  const { caseId, roomId } = await db().report.findUniqueOrThrow({ where: { id: ofAli.reportId } });
  expect(await caseOf(caseId ?? "")).toMatchObject({ reportedUserId: userOf("ali"), roomId });
  expect(await caseOf(ofMax.caseId)).toMatchObject({ reportedUserId: userOf("max") });
  const facts = await readCaseFacts(db(), { keys: CASE_KEYS, serverName: "chat.test" }, caseId ?? "");
  expect(facts?.reportedUserId).toBe(userOf("ali"));
});

test("a part about two people is about none of them, until it is split again", async () => {
  const third = await addReport(db(), { reporter: "kim", reported: "max", reason: "spam" });
  expect(await merge(ofAli.caseId, ofMax.caseId)).toBe("ok");
  expect(await merge(third.caseId, ofMax.caseId)).toBe("ok");
  expect(await act(splitCaseCommand, ofMax.caseId, { reportIds: [ofAli.reportId, third.reportId] })).toBe("ok");
  const { caseId } = await db().report.findUniqueOrThrow({ where: { id: ofAli.reportId } });
  expect(await caseOf(caseId ?? "")).toMatchObject({ reportedUserId: null, roomId: null });
});

test("no flood buries a verified report: it stands on the first page, and the pages show every one once", async () => {
  const { caseId } = ofAli;
  const flood = Array.from({ length: REPORTS_PAGE_SIZE + 5 }, (_, index) => ({
    caseId,
    kind: "event" as const,
    standing: "invalid" as const,
    roomId: "!r:chat.test",
    eventId: "$e",
    reason: String(index),
    byGateAt: new Date(),
    receivedAt: new Date(Date.now() - Math.floor(index / 3) * 1_000),
  }));
  await db().report.createMany({ data: flood });
  globalThis.schulchatDatabase = db();
  const first = await getCase(support, caseId);
  const second = await getCase(support, caseId, { reports: first?.nextReports ?? "" });
  const all = await getCase(support, caseId, { reports: "all" });
  globalThis.schulchatDatabase = undefined;
  expect(first?.reports[0]?.id).toBe(ofAli.reportId);
  expect(first?.reports).toHaveLength(REPORTS_PAGE_SIZE);
  expect(second?.nextReports).toBeNull();
  const paged = [...(first?.reports ?? []), ...(second?.reports ?? [])].map(({ id }) => id);
  expect(new Set(paged).size).toBe(flood.length + 1);
  expect(all?.reports.map(({ id }) => id)).toEqual(paged);
});

test("the worse severity, its category and the earlier date go along, and support is told anew", async () => {
  await db().reportCase.update({ where: { id: ofMax.caseId }, data: { toldNewAt: new Date() } });
  const from = await caseOf(ofAli.caseId);
  expect(await merge(ofAli.caseId, ofMax.caseId)).toBe("ok");
  expect(await caseOf(ofMax.caseId)).toMatchObject({
    severity: "critical",
    category: "violence",
    dueAt: from.dueAt,
    toldNewAt: null,
    reportCount: 2,
  });
});

test("a hold goes along: into the other case, into each part, and over the timeline that stays behind", async () => {
  expect(await act(setHoldCommand, ofAli.caseId, { reason: "Die Polizei ermittelt" })).toBe("ok");
  expect(await merge(ofAli.caseId, ofMax.caseId)).toBe("ok");
  const held = { holdReason: "Die Polizei ermittelt", heldById: "anna" };
  expect(await caseOf(ofMax.caseId)).toMatchObject(held);
  expect(await caseOf(ofAli.caseId)).toMatchObject({ holdReason: null });
  await db().reportCase.update({ where: { id: ofAli.caseId }, data: { closedAt: new Date("2020-01-01") } });
  expect(await eraseDueCases(db(), new Date(), AbortSignal.timeout(20_000))).toBe(0);

  expect(await act(splitCaseCommand, ofMax.caseId, { reportIds: [ofAli.reportId] })).toBe("ok");
  const { caseId } = await db().report.findUniqueOrThrow({ where: { id: ofAli.reportId } });
  expect(await caseOf(caseId ?? "")).toMatchObject(held);
  expect(await act(liftHoldCommand, ofMax.caseId)).toBe("ok");
  expect(await caseOf(caseId ?? "")).toMatchObject(held);
  expect(await eraseDueCases(db(), new Date(), AbortSignal.timeout(20_000))).toBe(1);
});

test("while a measure waits for its second person, the case does not end in another one", async () => {
  const soon = new Date(Date.now() + 3_600_000);
  const { id } = await db().caseMeasure.create({
    data: {
      caseId: ofAli.caseId,
      kind: "lock",
      target: userOf("ali"),
      state: "done",
      requestedById: "anna",
      confirmBy: soon,
    },
  });
  expect(await merge(ofAli.caseId, ofMax.caseId)).toBe("caseAwaited");
  await db().caseMeasure.update({ where: { id }, data: { state: "reverted" } });
  expect(await merge(ofAli.caseId, ofMax.caseId)).toBe("ok");
});

test("while the school is asked, the case does not end in another one, and the answer finds it", async () => {
  expect(await act(escalateCaseCommand, ofAli.caseId, { message: "Bitte sehen Sie sich das an" })).toBe("ok");
  expect(await merge(ofAli.caseId, ofMax.caseId)).toBe("caseAwaited");
  const { id } = await db().caseEscalation.findFirstOrThrow({ where: { caseId: ofAli.caseId } });
  const answered = await performAction({ db: db(), jobs }, answerEscalationCommand, () => Promise.resolve(manager), {
    escalationId: id,
    text: WHY,
    wanted: [],
  });
  expect(code(answered)).toBe("ok");
  expect(await merge(ofAli.caseId, ofMax.caseId)).toBe("ok");
});
