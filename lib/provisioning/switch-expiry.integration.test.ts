// Guarantee: a request that nobody has decided in time ends by itself, once, and is written down.
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { addPerson, addSchool } from "#test/school.ts";
import { expireSwitchRequests } from "./switch-expiry.ts";

const SCHOOL = "DE-RP-SN-50101";
const DAY_MS = 86_400_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
  await addSchool(database.db, SCHOOL);
  await addPerson(database.db, { id: "admin", roles: { [SCHOOL]: ["orgAdmin"] } });
});
afterAll(() => database.stop());

test("only what is due ends, once, however many workers look", async () => {
  const { db } = database;
  const { id } = await db.switchRequest.create({
    data: {
      ...{ schoolId: SCHOOL, switchName: "announcements", authorId: "admin", authorRole: "orgAdmin" },
      ...{ reason: "Für Mitteilungen an alle", expiresAt: new Date(Date.now() + DAY_MS) },
    },
  });
  expect(await expireSwitchRequests(db, new Date())).toBe(0);
  const due = new Date(Date.now() + 2 * DAY_MS);
  const rounds = await Promise.all([expireSwitchRequests(db, due), expireSwitchRequests(db, due)]);
  expect(rounds.toSorted()).toEqual([0, 1]);
  expect(await expireSwitchRequests(db, due)).toBe(0);
  expect(await db.switchRequest.findUniqueOrThrow({ where: { id } })).toMatchObject({
    ...{ status: "expired", decidedAt: due, decidedById: null },
  });
  const entries = await db.auditEntry.findMany({ where: { scope: SCHOOL, type: "switchExpired" } });
  expect(entries).toHaveLength(1);
});
