// The numbers count every case once, and none in which the reader is a party.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Principal } from "#lib/auth/principal.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { addCase, addReport } from "#test/report-cases.ts";
import { addPerson, addSchool, signIn } from "#test/school.ts";
import { getCaseNumbers } from "./numbers.ts";

const HOUR_MS = 3_600_000;
const NOW = new Date("2026-11-15T12:00:00Z");
const ago = (hours: number) => new Date(NOW.getTime() - hours * HOUR_MS);

let database: TestDatabase;
let support: Principal;
let second: Principal;
let manager: Principal;

beforeAll(async () => {
  database = await startTestDatabase();
  const { db } = database;
  globalThis.schulchatDatabase = db;
  await addSchool(db, "S");
  for (const id of ["support", "second"]) {
    await addPerson(db, { id, roles: {} });
    await db.consoleRoleGrant.create({ data: { personId: id, role: "support" } });
  }
  await addPerson(db, { id: "manager", roles: { S: ["schoolManagement"] } });
  support = await signIn(db, "support");
  second = await signIn(db, "second");
  manager = await signIn(db, "manager");
  await addCase(db, { severity: "critical", schoolId: "S", createdAt: ago(5) });
  await addCase(db, { severity: "low", createdAt: ago(100) });
  const closed = await addCase(db, { severity: "high", schoolId: "S", createdAt: ago(1_000) });
  await db.reportCase.update({
    where: { id: closed },
    data: { state: "resolved", outcome: "noViolation", firstActionAt: ago(998), closedAt: ago(990) },
  });
});
afterAll(async () => {
  globalThis.schulchatDatabase = undefined;
  await database.stop();
});

test("open cases by severity and age, times by month and school", async () => {
  const numbers = await getCaseNumbers(support, NOW);
  expect(numbers?.bySeverity).toEqual([
    { severity: "critical", open: 1, late: 1 },
    { severity: "low", open: 1, late: 0 },
  ]);
  expect(new Map(numbers?.byAge.map(({ age, open }) => [age, open]))).toEqual(
    new Map([
      ["day", 1],
      ["week", 1],
    ]),
  );
  expect(numbers?.byMonth).toEqual([
    { month: "2026-10", received: 1, closed: 1, firstActionHours: 2, closingHours: 10 },
    { month: "2026-11", received: 2, closed: 0, firstActionHours: null, closingHours: null },
  ]);
  expect(numbers?.bySchool[0]).toMatchObject({
    schoolId: "S",
    schoolName: "Schule S",
    open: 1,
    received: 2,
    closed: 1,
  });
});

test("a party's numbers leave the case out; a school has none", async () => {
  const at = ago(3);
  await addReport(database.db, { reporter: "second", reported: "manager", reason: "spam", at });
  const open = async (who: Principal) =>
    (await getCaseNumbers(who, NOW))?.bySeverity.reduce((sum, row) => sum + row.open, 0);
  expect([await open(support), await open(second)]).toEqual([3, 2]);
  expect(await getCaseNumbers(manager, NOW)).toBeNull();
});
