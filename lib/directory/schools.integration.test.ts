// Guarantee: a school that nobody has been entered for yet disturbs no run, and has no guard against its first people; one
// that the source switches on or off is looked at as a whole, at once.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DEMO_SERVICE_ID, makeOrg, timestamp } from "#demo/data/records.ts";
import type { DemoRole } from "#demo/data/types.ts";
import { startDirectoryWorld, type DirectoryWorld } from "#test/directory-world.ts";
import { isFullSyncDue } from "./sync-job.ts";

const OTHER = "DE-RP-SN-67890";
const DELTA = { full: false } as const;
let world: DirectoryWorld;
afterEach(() => world.stop());

async function startWith(filters: "everywhere" | "perSchool" = "everywhere"): Promise<void> {
  world = await startDirectoryWorld({ filters });
  const modified = timestamp(Date.UTC(2026, 7, 3) * 1_000);
  const services = [DEMO_SERVICE_ID];
  world.server.directory.current.orgs.push(makeOrg({ id: OTHER, name: "Andere", services, modified }));
}

const add = (role: DemoRole, count: number): string[] =>
  Array.from({ length: count }, (_, at) => {
    const names = { username: `${role}-${String(at)}`, givenName: role, familyName: String(at) };
    return world.server.directory.addPerson({ ...names, roles: [{ org: OTHER, role }] }).sourcedId;
  });
const rolesAt = (schoolId: string) => world.database.db.affiliation.count({ where: { schoolId } });
const cursorOf = async (scope: string) =>
  (await world.database.db.syncCursor.findFirst({ where: { source: "oneroster", scope } }))?.cursorAt;
const agePast = (date: string) => world.database.db.syncCursor.updateMany({ data: { cursorAt: new Date(date) } });

describe("a school without anybody", () => {
  beforeEach(() => startWith());

  test("is no fault, however often it is read; the run succeeds and its cursor moves", async () => {
    expect(await world.sync()).toMatchObject({ failure: null });
    await agePast("2026-08-10");
    expect(await world.sync()).toMatchObject({ failure: null, problems: [] });
    expect((await cursorOf("*"))?.getTime()).toBeGreaterThan(Date.UTC(2026, 8, 1));
    expect(await isFullSyncDue(world.database.db, new Date())).toBe(false);
    expect(await world.sync(DELTA)).toMatchObject({ kind: "delta", failure: null, counts: { requests: 4 } });
  });
});

test("a school that the source switches off or on is looked at by the same run, and no other one", async () => {
  await startWith();
  const { db } = world.database;
  await world.sync();
  await db.school.updateMany({ data: { stateEnabled: true, schoolEnabled: true } });
  const queued = async () =>
    await db.$queryRaw`DELETE FROM pgboss.job WHERE name = 'provision-school' RETURNING singleton_key AS school`;
  const { directory } = world.server;
  for (const services of [[], [DEMO_SERVICE_ID]]) {
    directory.setEnabledServices(OTHER, services);
    expect(await world.sync(DELTA)).toMatchObject({ kind: "delta", failure: null });
    expect(await queued()).toEqual([{ school: OTHER }]);
  }
  directory.setEnabledServices(OTHER, [DEMO_SERVICE_ID, "another service"]);
  await world.sync(DELTA);
  expect(await queued()).toEqual([]);
});

describe.each(["everywhere", "perSchool"] as const)("the first people of a school, with filters %s", (filters) => {
  beforeEach(async () => {
    await startWith(filters);
    await world.sync();
    await world.sync();
    await agePast("2026-08-10");
    add("teacher", 8);
    add("student", 8);
  });

  test.each([DELTA, { full: true }])("come all at once, by %o, and nobody is held back", async (request) => {
    expect(await world.sync(request)).toMatchObject({ failure: null, problems: [], counts: { held: 0 } });
    expect(await rolesAt(OTHER)).toBe(16);
    const { since } = await world.database.db.affiliation.findFirstOrThrow({ where: { schoolId: OTHER } });
    expect(since).toEqual(new Date("2000-01-01"));
  });
});
