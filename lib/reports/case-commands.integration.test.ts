// Two people at once, parties, schools and what each step leaves behind: nothing is done twice, nobody sees or does what
// is not theirs, and the timeline and the audit log tell every step.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { performAction, type ActionTools, type StateActionDefinition } from "#lib/action/perform-action.ts";
import { STATE_SCOPE } from "#lib/audit/events.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { code } from "#test/policy-world.ts";
import { addLostEvidence, addReport, CASE_KEYS } from "#test/report-cases.ts";
import { addPerson, addSchool, signIn } from "#test/school.ts";
import type { z } from "zod";
import {
  assignCaseCommand,
  closeCasesCommand,
  correctCaseCommand,
  noteCaseCommand,
  reopenCaseCommand,
  resolveCaseCommand,
  resumeCaseCommand,
  waitCaseCommand,
} from "./case-commands.ts";
import { getCase, listEarlier } from "./case-queries.ts";
import { answerEscalationCommand, escalateCaseCommand, releaseToSchoolCommand } from "./escalation-commands.ts";
import { getEscalation, listEscalations } from "./escalation-queries.ts";
import { openEvidenceCommand, openReleasedCommand } from "./evidence.ts";
import { mergeCaseCommand, splitCaseCommand } from "./merge-commands.ts";
import { removeViewCommand, saveViewCommand } from "./view-commands.ts";
import { getInboxChoices } from "./inbox-queries.ts";

const WHY = "Mit der Klassenleitung besprochen";
let database: TestDatabase;
let jobs: JobSender;
let tools: ActionTools;
let tests = 0;
let school = "";
let who: Record<"support" | "second" | "land" | "manager" | "admin" | "stranger", Principal>;
let caseId = "";
let reportId = "";

const db = () => database.db;
const id = (name: string) => `${name}-${String(tests)}`;

beforeAll(async () => {
  database = await startTestDatabase();
  jobs = new JobSender(database.url);
  tools = { db: db(), jobs };
  globalThis.schulchatDatabase = db();
});
afterAll(async () => {
  globalThis.schulchatDatabase = undefined;
  await jobs.stop();
  await database.stop();
});
beforeEach(async () => {
  tests += 1;
  school = id("S");
  await addSchool(db(), school);
  await addSchool(db(), id("T"));
  for (const name of ["support", "second", "land"]) await addPerson(db(), { id: id(name), roles: {} });
  await addPerson(db(), { id: id("manager"), roles: { [school]: ["schoolManagement"] } });
  await addPerson(db(), { id: id("admin"), roles: { [school]: ["orgAdmin"] } });
  await addPerson(db(), { id: id("stranger"), roles: { [id("T")]: ["schoolManagement"] } });
  for (const name of ["pupila", "pupilb"]) await addPerson(db(), { id: id(name), roles: { [school]: ["student"] } });
  for (const name of ["support", "second"])
    await db().consoleRoleGrant.create({ data: { personId: id(name), role: "support" } });
  await db().consoleRoleGrant.create({ data: { personId: id("land"), role: "landAdmin" } });
  who = {
    support: await signIn(db(), id("support")),
    second: await signIn(db(), id("second")),
    land: await signIn(db(), id("land")),
    manager: await signIn(db(), id("manager")),
    admin: await signIn(db(), id("admin")),
    stranger: await signIn(db(), id("stranger")),
  };
  const event = { type: "m.room.message", content: { body: "du bist blöd" } };
  const picture = Buffer.from("webp");
  ({ caseId, reportId } = await addReport(db(), { reporter: id("pupila"), reported: id("pupilb"), event, picture }));
});

async function perform<Schema extends z.ZodType, Output>(
  definition: StateActionDefinition<Schema, Output>,
  principal: Principal,
  input: object,
) {
  return await performAction(tools, definition, () => Promise.resolve(principal), input);
}
async function act<Schema extends z.ZodType, Output>(
  definition: StateActionDefinition<Schema, Output>,
  principal: Principal,
  input: object = {},
): Promise<string> {
  const { version } = await db().reportCase.findUniqueOrThrow({ where: { id: caseId } });
  return code(await perform(definition, principal, { caseId, version, ...input }));
}
const row = () => db().reportCase.findUniqueOrThrow({ where: { id: caseId } });
const timeline = async () => {
  const entries = await db().caseEntry.findMany({ where: { caseId }, orderBy: { id: "asc" } });
  return entries.map(({ content }) => (content as { type: string }).type);
};
const auditTypes = async (person: Principal) =>
  (await db().auditEntry.findMany({ where: { actorId: person.personId, scope: STATE_SCOPE } })).map(({ type }) => type);

test("taking, noting, correcting, waiting, closing and opening again: each step stands in the timeline and the audit log", async () => {
  expect(await act(assignCaseCommand, who.support, { to: { kind: "me" } })).toBe("ok");
  expect(await row()).toMatchObject({ state: "inProgress", assigneeId: id("support") });
  expect((await row()).firstActionAt).not.toBeNull();
  expect(await act(noteCaseCommand, who.second, { text: "Ich rufe die Schule an" })).toBe("ok");
  expect(await act(correctCaseCommand, who.support, { category: "sexual", severity: "critical" })).toBe("ok");
  const { createdAt, dueAt } = await row();
  expect(dueAt.getTime() - createdAt.getTime()).toBe(4 * 3_600_000);
  const until = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
  expect(await act(waitCaseCommand, who.support, { until, text: "Antwort der Eltern" })).toBe("ok");
  expect(await act(resumeCaseCommand, who.support)).toBe("ok");
  expect(await act(resolveCaseCommand, who.support, { outcome: "noViolation", text: WHY })).toBe("ok");
  expect(await row()).toMatchObject({ state: "resolved", outcome: "noViolation" });
  await db().reportCase.update({ where: { id: caseId }, data: { dueAt: new Date(0), toldOverdueAt: new Date() } });
  expect(await act(resolveCaseCommand, who.second, { outcome: "noViolation", text: WHY })).toBe("stepNotPossible");
  expect(await act(reopenCaseCommand, who.second, { text: WHY })).toBe("ok");
  const reopened = await row();
  expect(reopened.toldOverdueAt).toBeNull();
  expect(reopened.dueAt.getTime()).toBeGreaterThan(Date.now());
  expect(await timeline()).toEqual([
    "reported",
    "assigned",
    "note",
    "categorised",
    "severitySet",
    "waiting",
    "resumed",
    "resolved",
    "reopened",
  ]);
  expect(await auditTypes(who.support)).toEqual(Array(6).fill("caseChanged"));
});

test("of two people at once the second is told, and nothing is done twice", async () => {
  const { version } = await row();
  const input = { caseId, version, outcome: "noViolation", text: WHY };
  const answers = await Promise.all([
    perform(resolveCaseCommand, who.support, input),
    perform(resolveCaseCommand, who.second, input),
  ]);
  expect(answers.map(code).toSorted()).toEqual(["caseChanged", "ok"]);
  expect((await timeline()).filter((type) => type === "resolved")).toHaveLength(1);
});

test("a note of somebody else does not refuse what one is about to do", async () => {
  const { version } = await row();
  expect(await act(noteCaseCommand, who.second, { text: "Kenne ich" })).toBe("ok");
  expect(code(await perform(assignCaseCommand, who.support, { caseId, version, to: { kind: "me" } }))).toBe("ok");
});

test("whoever is a party gets the answer of a case that is not there, by every command", async () => {
  await db().caseParty.create({ data: { caseId, personId: id("second"), role: "reported" } });
  const evidence = await db().reportEvidence.findFirstOrThrow({ where: { reportId } });
  const until = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
  const refused = [
    await act(assignCaseCommand, who.second, { to: { kind: "me" } }),
    await act(noteCaseCommand, who.second, { text: "x" }),
    await act(correctCaseCommand, who.second, { category: "spam" }),
    await act(waitCaseCommand, who.second, { until, text: "x" }),
    await act(resolveCaseCommand, who.second, { outcome: "noViolation", text: WHY }),
    await act(escalateCaseCommand, who.second, { message: WHY }),
    await act(splitCaseCommand, who.second, { reportIds: [reportId] }),
    await act(
      openEvidenceCommand(() => CASE_KEYS),
      who.second,
      { evidenceId: evidence.id },
    ),
  ];
  expect(new Set(refused)).toEqual(new Set(["notFound"]));
  expect(await getCase(who.second, caseId)).toBeNull();
  expect(await act(assignCaseCommand, who.support, { to: { kind: "person", personId: id("second") } })).toBe("isParty");
  const other = await addReport(db(), { reporter: id("pupila"), reported: id("support") });
  const { number } = await db().reportCase.findUniqueOrThrow({ where: { id: other.caseId } });
  expect(await act(mergeCaseCommand, who.support, { intoNumber: Number(number) })).toBe("notFound");
});

test.each(["manager", "admin", "stranger"] as const)("a %s of a school does nothing in the inbox", async (name) => {
  expect(await act(assignCaseCommand, who[name], { to: { kind: "nobody" } })).toBe("notFound");
  expect(await act(resolveCaseCommand, who[name], { outcome: "noViolation", text: WHY })).toBe("notFound");
  expect(await getCase(who[name], caseId)).toBeNull();
});

test("the state's administrators hand cases out, and see and do nothing else", async () => {
  expect(await act(assignCaseCommand, who.land, { to: { kind: "person", personId: id("second") } })).toBe("ok");
  expect(await act(assignCaseCommand, who.land, { to: { kind: "team", team: "Nachtdienst" } })).toBe("ok");
  expect(await row()).toMatchObject({ assigneeId: null, team: "Nachtdienst" });
  expect(await act(assignCaseCommand, who.land, { to: { kind: "me" } })).toBe("notFound");
  expect(await act(noteCaseCommand, who.land, { text: "x" })).toBe("notFound");
  await act(noteCaseCommand, who.support, { text: "Geheimer Inhalt" });
  const view = await getCase(who.land, caseId);
  expect(view?.sight).toBe("assignment");
  const secrets = ["Geheimer Inhalt", "beleidigt", id("pupila"), id("pupilb")];
  for (const secret of secrets) expect(JSON.stringify(view)).not.toContain(secret);
});

test("opening evidence is told twice: in the case and in the audit log; the rest is not decrypted", async () => {
  const [event, picture] = await Promise.all(
    (["event", "screenshot"] as const).map((kind) =>
      db().reportEvidence.findFirstOrThrow({ where: { reportId, kind } }),
    ),
  );
  const command = openEvidenceCommand(() => CASE_KEYS);
  const opened = await perform(command, who.support, { caseId, evidenceId: event?.id });
  expect(opened).toMatchObject({ ok: true, value: { kind: "event", text: "du bist blöd", isEncrypted: false } });
  const seen = await perform(command, who.support, { caseId, evidenceId: picture?.id });
  expect(seen).toMatchObject({
    value: { address: `data:image/webp;base64,${Buffer.from("webp").toString("base64")}` },
  });
  expect((await timeline()).filter((type) => type === "evidenceViewed")).toHaveLength(2);
  expect(await auditTypes(who.support)).toEqual(["evidenceViewed", "evidenceViewed"]);
  const lost = await addLostEvidence(db(), reportId);
  expect(code(await perform(command, who.support, { caseId, evidenceId: lost }))).toBe("evidenceUnreadable");
  const other = await addReport(db(), { reporter: id("pupila"), reported: id("second") });
  expect(code(await perform(command, who.support, { caseId: other.caseId, evidenceId: event?.id }))).toBe("notFound");
});

test("what a report says stays closed while nobody knows its parties, and opening it is on record", async () => {
  const text = "Er droht mir";
  const open = await addReport(db(), { reason: text });
  const intake = { id: open.reportId, receivedAt: new Date(), keyId: "test", sealed: Buffer.from("x") };
  await db().reportIntake.create({ data: { ...intake, reportId: open.reportId } });
  const withheld = await getCase(who.support, open.caseId);
  expect(withheld?.reports).toMatchObject([{ reason: null }]);
  expect(JSON.stringify(withheld)).not.toContain(text);
  const opened = await perform(
    openEvidenceCommand(() => CASE_KEYS),
    who.support,
    {
      caseId: open.caseId,
      reportId: open.reportId,
    },
  );
  expect(opened).toMatchObject({ ok: true, value: { kind: "reason", text } });
  expect(await auditTypes(who.support)).toEqual(["evidenceViewed"]);
  const elsewhere = { caseId, reportId: open.reportId };
  expect(
    code(
      await perform(
        openEvidenceCommand(() => CASE_KEYS),
        who.support,
        elsewhere,
      ),
    ),
  ).toBe("notFound");
  await db().reportIntake.deleteMany({ where: { reportId: open.reportId } });
  expect((await getCase(who.support, open.caseId))?.reports).toMatchObject([{ reason: text }]);
});

test("school management sees what was handed to it without reporter and screenshot, until each is released", async () => {
  expect(await act(escalateCaseCommand, who.support, { message: WHY })).toBe("ok");
  expect(await row()).toMatchObject({ state: "escalated" });
  expect(await act(escalateCaseCommand, who.support, { message: WHY })).toBe("stepNotPossible");
  const [listed] = (await listEscalations(who.manager, school)) ?? [];
  const escalationId = listed?.id ?? "";
  for (const other of [who.stranger, who.admin, who.land]) {
    expect((await listEscalations(other, school)) ?? []).toEqual([]);
    expect(await getEscalation(other, school, escalationId)).toBeNull();
    expect(code(await perform(answerEscalationCommand, other, { escalationId, text: WHY, wanted: [] }))).toBe(
      "notFound",
    );
  }
  const before = await getEscalation(who.manager, school, escalationId);
  expect(before).toMatchObject({ message: WHY, reporters: null, screenshots: null });
  expect(JSON.stringify(before)).not.toContain(id("pupila"));
  const picture = await db().reportEvidence.findFirstOrThrow({ where: { reportId, kind: "screenshot" } });
  const released = openReleasedCommand(() => CASE_KEYS);
  const wish = { escalationId, evidenceId: picture.id };
  expect(code(await perform(released, who.manager, wish))).toBe("notFound");
  expect(await act(releaseToSchoolCommand, who.support, { what: "reporter", reason: WHY })).toBe("ok");
  expect(await act(releaseToSchoolCommand, who.support, { what: "screenshot", reason: WHY })).toBe("ok");
  expect(await act(releaseToSchoolCommand, who.support, { what: "screenshot", reason: WHY })).toBe("alreadyDone");
  const after = await getEscalation(who.manager, school, escalationId);
  expect(after?.reporters).toEqual([`Test, ${id("pupila")}`]);
  expect(after?.screenshots).toEqual([picture.id]);
  expect(code(await perform(released, who.manager, wish))).toBe("ok");
  expect(await auditTypes(who.manager)).toContain("evidenceViewed");
  const event = await db().reportEvidence.findFirstOrThrow({ where: { reportId, kind: "event" } });
  expect(code(await perform(released, who.manager, { escalationId, evidenceId: event.id }))).toBe("notFound");

  const answer = { escalationId, text: "Wir haben mit beiden gesprochen", wanted: ["warn"] };
  expect(code(await perform(answerEscalationCommand, who.manager, answer))).toBe("ok");
  expect(code(await perform(answerEscalationCommand, who.manager, answer))).toBe("alreadyDone");
  expect(await row()).toMatchObject({ state: "inProgress" });
  const view = await getCase(who.support, caseId);
  expect(view?.escalations[0]).toMatchObject({ answer: answer.text, wantedMeasures: ["warn"] });
  const ofSchool = await db().auditEntry.findMany({ where: { scope: school, type: { not: "firstVersion" } } });
  expect(ofSchool).toEqual([]);
});

test("is a manager a party, or is there none, the state is asked and the school sees nothing", async () => {
  await db().caseParty.create({ data: { caseId, personId: id("manager"), role: "reported" } });
  const { version } = await row();
  const answer = await perform(escalateCaseCommand, who.support, { caseId, version, message: WHY });
  expect(answer).toMatchObject({ ok: true, value: { toState: true } });
  expect(await listEscalations(who.manager, school)).toEqual([]);
  const [listed] = (await listEscalations(who.land, null)) ?? [];
  expect(listed?.caseNumber).toBe(Number((await row()).number));
  const input = { escalationId: listed?.id, text: WHY, wanted: [] };
  expect(code(await perform(answerEscalationCommand, who.manager, input))).toBe("notFound");
  expect(code(await perform(answerEscalationCommand, who.land, input))).toBe("ok");
});

test("merged cases are one, with every report and every party, and the other number leads to it", async () => {
  const other = await addReport(db(), { reporter: id("stranger"), reported: id("pupilb"), reason: "spam" });
  const { number } = await db().reportCase.findUniqueOrThrow({ where: { id: other.caseId } });
  expect(await act(mergeCaseCommand, who.support, { intoNumber: Number(number) })).toBe("ok");
  expect(await row()).toMatchObject({
    state: "resolved",
    outcome: "duplicate",
    mergedIntoId: other.caseId,
    reportCount: 0,
  });
  const view = await getCase(who.support, other.caseId);
  expect(view?.reports).toHaveLength(2);
  expect(await db().caseParty.count({ where: { caseId: other.caseId } })).toBe(3);
  expect(await act(reopenCaseCommand, who.support, { text: WHY })).toBe("stepNotPossible");
});

test("a split moves reports into a case of their own and leaves at least one; parties stay parties of both", async () => {
  const { roomId } = await db().report.findUniqueOrThrow({ where: { id: reportId } });
  const second = await addReport(db(), { reporter: id("stranger"), reported: id("pupilb"), room: roomId ?? "" });
  expect(second.caseId).toBe(caseId);
  expect(await act(splitCaseCommand, who.support, { reportIds: [reportId, second.reportId] })).toBe("stepNotPossible");
  expect(await act(splitCaseCommand, who.support, { reportIds: [second.reportId] })).toBe("ok");
  const moved = await db().report.findUniqueOrThrow({ where: { id: second.reportId }, include: { case: true } });
  expect(moved.caseId).not.toBe(caseId);
  expect(moved.case).toMatchObject({ reportCount: 1, schoolId: school });
  expect(await row()).toMatchObject({ reportCount: 1 });
  expect(await db().caseParty.count({ where: { caseId: moved.caseId ?? "" } })).toBe(3);
});

test("closing many closes those that are as they were shown, and says how many were not", async () => {
  const others = [await addReport(db(), { reported: id("pupila") }), await addReport(db(), { reported: id("pupila") })];
  const rows = await db().reportCase.findMany({ where: { id: { in: [caseId, ...others.map((one) => one.caseId)] } } });
  const cases = rows.map((one) => ({ caseId: one.id, version: one.version }));
  await act(assignCaseCommand, who.second, { to: { kind: "me" } });
  const answer = await perform(closeCasesCommand, who.support, { cases, outcome: "noViolation", text: WHY });
  expect(answer).toMatchObject({ ok: true, value: { closed: 2, skipped: 1 } });
  expect(await row()).toMatchObject({ state: "inProgress" });
});

test("earlier cases of reporter and reported are shown, but none in which the reader is a party", async () => {
  const earlier = await addReport(db(), { reporter: id("stranger"), reported: id("pupilb"), reason: "spam" });
  const hidden = await addReport(db(), { reporter: id("support"), reported: id("pupilb"), reason: "spam" });
  const found = await listEarlier(who.support, caseId);
  expect(found.map((one) => one.id)).toEqual([earlier.caseId]);
  expect((await listEarlier(who.second, caseId)).map((one) => one.id).toSorted()).toEqual(
    [earlier.caseId, hidden.caseId].toSorted(),
  );
});

test("a saved view holds filters only, and is one's own", async () => {
  const query = "severity=critical&evil=1";
  expect(code(await perform(saveViewCommand, who.support, { name: "Dringend", query }))).toBe("ok");
  const [view] = (await getInboxChoices(who.support))?.views ?? [];
  expect(view).toMatchObject({ name: "Dringend", query: "severity=critical" });
  expect(code(await perform(removeViewCommand, who.second, { viewId: view?.id }))).toBe("notFound");
  expect(code(await perform(removeViewCommand, who.support, { viewId: view?.id }))).toBe("ok");
});
