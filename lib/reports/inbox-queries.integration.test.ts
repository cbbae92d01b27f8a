// The inbox shows each of its readers exactly their cases, and loses none between two pages.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Principal } from "#lib/auth/principal.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { addCase, addReport } from "#test/report-cases.ts";
import { addPerson, addSchool, signIn } from "#test/school.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { markCaseRead } from "./case-queries.ts";
import { INBOX_SORTS, parseInboxQuery } from "./inbox-filter.ts";
import { countOpenCases, getInboxChoices, INBOX_PAGE_SIZE, listCases } from "./inbox-queries.ts";
import { SEVERITIES } from "./inbox-filter.ts";

const SCHOOL = "S";
const HOUR_MS = 3_600_000;
let database: TestDatabase;
let who: Record<"support" | "second" | "both" | "land" | "manager" | "teacher", Principal>;
let pupilCase = "";
let supportCase = "";

const db = () => database.db;

beforeAll(async () => {
  database = await startTestDatabase();
  globalThis.schulchatDatabase = db();
  await addSchool(db(), SCHOOL);
  const roles = { support: {}, second: {}, both: {}, land: {}, manager: { [SCHOOL]: ["schoolManagement"] } } as const;
  for (const [id, held] of Object.entries(roles)) await addPerson(db(), { id, roles: held });
  await addPerson(db(), { id: "teacher", roles: { [SCHOOL]: ["teacher"] } });
  await addPerson(db(), { id: "pupila", roles: { [SCHOOL]: ["student"] } });
  await addPerson(db(), { id: "pupilb", roles: { [SCHOOL]: ["student"] } });
  for (const personId of ["support", "second", "both"])
    await db().consoleRoleGrant.create({ data: { personId, role: "support" } });
  for (const personId of ["land", "both"])
    await db().consoleRoleGrant.create({ data: { personId, role: "landAdmin" } });
  who = {
    support: await signIn(db(), "support"),
    second: await signIn(db(), "second"),
    both: await signIn(db(), "both"),
    land: await signIn(db(), "land"),
    manager: await signIn(db(), "manager"),
    teacher: await signIn(db(), "teacher"),
  };
  pupilCase = (await addReport(db(), { reporter: "pupila", reported: "pupilb" })).caseId;
  supportCase = (await addReport(db(), { reporter: "pupila", reported: "second", reason: "spam" })).caseId;
}, 60_000);
afterAll(async () => {
  globalThis.schulchatDatabase = undefined;
  await database.stop();
});

const idsOf = async (principal: Principal, query = "") =>
  (await listCases(principal, parseInboxQuery(query)))?.rows.map(({ id }) => id);

test("support sees every case, whoever is a party sees neither the case nor a gap", async () => {
  expect(new Set(await idsOf(who.support))).toEqual(new Set([pupilCase, supportCase]));
  expect(await idsOf(who.second)).toEqual([pupilCase]);
  expect(await countOpenCases(who.support)).toBe(2);
  expect(await countOpenCases(who.second)).toBe(1);
  const number = (await db().reportCase.findUniqueOrThrow({ where: { id: supportCase } })).number;
  expect(await idsOf(who.second, `number=${String(number)}`)).toEqual([]);
  expect(await idsOf(who.support, `number=${String(number)}`)).toEqual([supportCase]);
});

test("a party with two roles of the state sees nothing either, and the choices do not tell", async () => {
  const { caseId } = await addReport(db(), { reporter: "both", reported: "pupilb" });
  await db().reportCase.update({ where: { id: caseId }, data: { team: "Geheimes Team" } });
  expect(await idsOf(who.both)).not.toContain(caseId);
  expect((await getInboxChoices(who.both))?.teams).toEqual([]);
  expect((await getInboxChoices(who.support))?.teams).toEqual(["Geheimes Team"]);
});

test("teams and schools to choose from: each once, in order, only those of cases that one sees", async () => {
  await addSchool(db(), "choice");
  await addSchool(db(), "choice-of-a-party");
  const [first, second, party] = [
    await addCase(db(), { schoolId: "choice" }),
    await addCase(db(), { schoolId: "choice" }),
    await addCase(db(), { schoolId: "choice-of-a-party" }),
  ];
  const teamOf = (id: string, team: string) => db().reportCase.update({ where: { id }, data: { team } });
  await Promise.all([teamOf(first, "Recht"), teamOf(second, "Recht"), teamOf(party, "Beratung")]);
  await db().caseParty.create({ data: { caseId: party, personId: "second", role: "reporter" } });
  const choicesOf = async (principal: Principal) => {
    const choices = await getInboxChoices(principal);
    const schools = choices?.schools.map(({ id }) => id).filter((id) => id.startsWith("choice"));
    return { schools, teams: choices?.teams.filter((team) => team !== "Geheimes Team") };
  };
  expect(await choicesOf(who.support)).toEqual({
    schools: ["choice", "choice-of-a-party"],
    teams: ["Beratung", "Recht"],
  });
  expect(await choicesOf(who.second)).toEqual({ schools: ["choice"], teams: ["Recht"] });
  await db().reportCase.updateMany({ where: { id: { in: [first, second, party] } }, data: { team: null } });
});

test("the state's administrators see what is to be assigned, without content", async () => {
  const page = await listCases(who.land, parseInboxQuery(""));
  expect(page?.sight).toBe("assignment");
  expect(page?.rows.map(({ reportedName, roomName }) => [reportedName, roomName])).toEqual(
    page?.rows.map(() => [null, null]),
  );
  const bySupport = await listCases(who.support, parseInboxQuery(""));
  expect(bySupport?.rows.find(({ id }) => id === pupilCase)?.reportedName).toBe("Test, pupilb");
});

test.each(["manager", "teacher"] as const)("there is no inbox for a %s", async (name) => {
  expect(await listCases(who[name], parseInboxQuery(""))).toBeNull();
  expect(await countOpenCases(who[name])).toBe(0);
  expect(await getInboxChoices(who[name])).toBeNull();
});

test("filters choose by school, severity, category, assignee, state and time", async () => {
  const id = await addCase(db(), {
    category: "sexual",
    schoolId: SCHOOL,
    createdAt: new Date(Date.now() - 5 * HOUR_MS),
  });
  await db().reportCase.update({ where: { id }, data: { assigneeId: "support", state: "inProgress" } });
  const only = async (query: string) => expect(await idsOf(who.support, query), query).toEqual([id]);
  await only("category=sexual");
  await only("severity=critical");
  await only("assignee=me");
  await only("assignee=p%3Asupport");
  await only("state=inProgress");
  await only("overdue=1");
  expect(await idsOf(who.support, "assignee=none")).not.toContain(id);
  expect(await idsOf(who.support, "school=T")).toEqual([]);
  expect(await idsOf(who.support, `school=${SCHOOL}`)).toContain(id);
  expect(await idsOf(who.support, "state=resolved")).toEqual([]);
});

test("unread is what changed since one looked, for each person on their own", async () => {
  const readAt = new Date(Date.now() + HOUR_MS);
  await db().caseReadMark.create({ data: { caseId: pupilCase, personId: "support", readAt } });
  expect(await idsOf(who.support, "unread=1")).not.toContain(pupilCase);
  expect(await idsOf(who.second, "unread=1")).toContain(pupilCase);
});

test("what was read stays read as the case is closed and opened again, until it changes", async () => {
  const id = await addCase(db());
  await markCaseRead(who.support, id, new Date(Date.now() + HOUR_MS));
  const unread = async () => {
    const queries = ["unread=1", "unread=1&state=all", "unread=1&state=resolved", "unread=1&state=reopened"];
    const found = await Promise.all(queries.map((query) => idsOf(who.support, query)));
    return queries.filter((_, at) => found[at]?.includes(id));
  };
  expect(await unread()).toEqual([]);
  const set = (data: Prisma.ReportCaseUncheckedUpdateInput) => db().reportCase.update({ where: { id }, data });
  await set({ state: "resolved", outcome: "noViolation", closedAt: new Date() });
  expect(await unread()).toEqual([]);
  expect(await idsOf(who.second, "unread=1&state=resolved")).toContain(id);
  await set({ state: "reopened", outcome: null, closedAt: null });
  expect(await unread()).toEqual([]);
  await set({ changedAt: new Date(Date.now() + 2 * HOUR_MS) });
  expect(await unread()).toEqual(["unread=1", "unread=1&state=all", "unread=1&state=reopened"]);
  await markCaseRead(who.support, id, new Date(Date.now() + 3 * HOUR_MS));
  expect(await unread()).toEqual([]);
});

test.each(INBOX_SORTS)("paging by %s shows every case once, also while new ones arrive", async (sort) => {
  const school = `paging-${sort}`;
  await addSchool(db(), school);
  const start = Date.now() - 1_000 * HOUR_MS;
  const made: string[] = [];
  for (let index = 0; index < INBOX_PAGE_SIZE * 2 + 3; index += 1) {
    // several with the same moment: only the id tells them apart
    const createdAt = new Date(start + Math.floor(index / 4) * HOUR_MS);
    const severity = SEVERITIES[index % SEVERITIES.length] ?? "low";
    made.push(await addCase(db(), { severity, schoolId: school, createdAt }));
  }
  const seen: string[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    const page = await listCases(who.support, parseInboxQuery(`school=${school}&sort=${sort}`), {
      cursor: cursor ?? undefined,
    });
    seen.push(...(page?.rows.map(({ id }) => id) ?? []));
    cursor = page?.nextCursor ?? null;
    pages += 1;
    if (pages === 1) await addCase(db(), { schoolId: school, severity: "critical" });
  } while (cursor !== null && pages < 10);
  const known = new Set(made);
  const ofMade = seen.filter((id) => known.has(id));
  expect(ofMade.length).toBe(made.length);
  expect(new Set(ofMade)).toEqual(known);
});

test.each(["", "x", "bm90IGpzb24", Buffer.from('[["x"],"y"]').toString("base64url")])(
  "a cursor that was cut or made up leads to the first page: %s",
  async (cursor) => {
    const first = await listCases(who.support, parseInboxQuery(""));
    const page = await listCases(who.support, parseInboxQuery(""), { cursor });
    expect(page?.rows[0]?.id).toBe(first?.rows[0]?.id);
  },
);
