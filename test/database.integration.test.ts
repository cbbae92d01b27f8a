import { afterAll, beforeAll, expect, test } from "vitest";
import { seedFrame } from "#lib/policy/seed-frame.ts";
import { grantConsoleRole } from "#lib/setup/console-roles.ts";
import { prepareDatabase } from "#lib/setup/prepare-database.ts";
import { startTestDatabase, type TestDatabase } from "./database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(async () => {
  await database.stop();
});

test("preparing a database again changes nothing, also from two replicas at once", async () => {
  const twice = await Promise.all([prepareDatabase(database.url), prepareDatabase(database.url)]);
  expect(twice).toEqual([
    { migrations: [], frameSeeded: false },
    { migrations: [], frameSeeded: false },
  ]);
  expect(await seedFrame(database.db)).toBe(false);
  expect(await database.db.policyFrameCell.count()).toBe(72);
});

test("a console role is granted once, with one audit entry", async () => {
  const staff = { subject: "land-1", familyName: "Prößl", givenName: "Jürgen" };
  expect(await grantConsoleRole(database.db, staff, "landAdmin")).toBe(true);
  expect(await grantConsoleRole(database.db, staff, "landAdmin")).toBe(false);
  const entries = await database.db.auditEntry.findMany({ where: { scope: "state" } });
  expect(entries.map(({ type }) => type)).toEqual(["consoleRoleGranted"]);
});
