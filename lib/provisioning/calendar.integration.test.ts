// Guarantee: who only waits takes nobody's place: locks that were lost, deactivations and erasures are queued on their
// day, however many people of the state are between two steps (design §5, Leavers).
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { JobSender } from "#lib/jobs/boss.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { addPerson, addSchool } from "#test/school.ts";
import { followProvisioningCalendar } from "./calendar.ts";

const SCHOOL = "DE-RP-SN-32001";
const NOW = new Date("2026-11-20T12:00:00Z");
/** More than one round takes. */
const MANY = 501;
const keys = z.array(z.object({ singleton_key: z.string() }));

let database: TestDatabase;
let jobs: JobSender;

beforeAll(async () => {
  database = await startTestDatabase();
  jobs = new JobSender(database.url);
  await addSchool(database.db, SCHOOL);
});
afterAll(async () => {
  await jobs.stop();
  await database.stop();
});
beforeEach(async () => {
  await database.db.$executeRaw`DELETE FROM pgboss.job`;
  await database.db.$executeRaw`DELETE FROM person`;
});

type Leaver = { readonly state: "absent" | "active" | "conflict" | "locked" | "deactivated"; readonly leftAt: string };

async function addLeavers(prefix: string, count: number, { state, leftAt }: Leaver): Promise<void> {
  await database.db.$executeRaw`
    INSERT INTO person (id, source, family_name, given_name, display_name, subject, localpart, account_state, left_at)
    SELECT id, 'oneroster', 'Test', id, id, id, 'u-' || id, ${state}::account_state, ${new Date(leftAt)}
    FROM (SELECT ${prefix} || n AS id FROM generate_series(1, ${count}::int) n) AS numbered`;
}

async function depart(prefix: string): Promise<void> {
  await database.db.$executeRaw`
    INSERT INTO school_departure (person_id, school_id) SELECT id, ${SCHOOL} FROM person WHERE starts_with(id, ${prefix})`;
}

async function round(queue: string): Promise<string[]> {
  await followProvisioningCalendar(
    { db: database.db, jobs, verifyRooms: 0, now: () => NOW },
    new AbortController().signal,
  );
  const rows: unknown = await database.db.$queryRaw`
    SELECT singleton_key FROM pgboss.job WHERE name = ${queue} ORDER BY singleton_key`;
  return keys.parse(rows).map((row) => row.singleton_key);
}

test("whoever waits for an erasure keeps nobody from being locked, deactivated or erased", async () => {
  await addLeavers("waits", MANY, { state: "deactivated", leftAt: "2025-09-01" });
  await addLeavers("recent", MANY, { state: "locked", leftAt: "2026-11-01" });
  await addLeavers("lost-lock", 1, { state: "active", leftAt: "2026-11-19" });
  await addLeavers("grace-over", 1, { state: "locked", leftAt: "2026-10-01" });
  await addLeavers("erase", 1, { state: "deactivated", leftAt: "2025-07-01" });
  await addLeavers("forget", 1, { state: "absent", leftAt: "2025-07-01" });
  await addLeavers("foreign", 1, { state: "conflict", leftAt: "2025-07-01" });
  expect(await round("provision-account")).toEqual(["erase1", "foreign1", "forget1", "grace-over1", "lost-lock1"]);
});

test("a lost lock is queued again although rooms are still to be left; the other steps wait for the rooms", async () => {
  await addLeavers("lost-lock", 1, { state: "active", leftAt: "2026-11-19" });
  await addLeavers("grace-over", 1, { state: "locked", leftAt: "2026-10-01" });
  await depart("");
  expect(await round("provision-account")).toEqual(["lost-lock1"]);
});

test("many who cannot be removed from a room, or are not locked yet, keep nobody in theirs", async () => {
  await addLeavers("stuck", MANY, { state: "locked", leftAt: "2026-10-01" });
  await addLeavers("unlocked", MANY, { state: "active", leftAt: "2026-10-01" });
  await depart("");
  await database.db.schoolDeparture.updateMany({
    where: { personId: { startsWith: "stuck" } },
    data: { problem: "notRemoved" },
  });
  await addPerson(database.db, { id: "zoe", roles: {} });
  await depart("zoe");
  expect(await round("leave-rooms")).toContain("zoe");
});
