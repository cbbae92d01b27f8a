// Guarantee: what the guard holds back changes nothing until somebody releases it who may and gains nothing; then exactly
// that is done, if the source still says it. A dry run shows all of it and leaves nothing.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { performAction } from "#lib/action/perform-action.ts";
import type { Principal, SchoolRole } from "#lib/auth/principal.ts";
import { setSchoolSwitchCommand, setStateSwitchCommand } from "#lib/provisioning/commands.ts";
import { grantConsoleRole } from "#lib/setup/console-roles.ts";
import { startDirectoryWorld, type DirectoryWorld } from "#test/directory-world.ts";
import { SCHOOL } from "#test/small-directory.ts";
import { releaseHeldChangesCommand, requestSyncCommand } from "./commands.ts";
import { findFreshDryRun, findHeldChanges, findRunReports, findSchoolProblems, findSchoolRuns } from "./queries.ts";

let world: DirectoryWorld;
let pupils: string[];

beforeEach(async () => {
  world = await startDirectoryWorld();
  const { directory } = world.server;
  pupils = Array.from({ length: 8 }, (_, at) => {
    const names = { username: `kind${String(at)}`, givenName: "Kind", familyName: String(at) };
    const { sourcedId } = directory.addPerson({ ...names, roles: [{ org: SCHOOL, role: "student" }] });
    directory.enroll(world.small.class7b, sourcedId, "student");
    return sourcedId;
  });
  await world.sync();
});
afterEach(() => world.stop());

function principal(personId: string, role: SchoolRole["role"] | null): Principal {
  return {
    personId,
    displayName: "",
    sessionId: "s",
    authenticatedAt: new Date(),
    schoolRoles: role === null ? [] : [{ schoolId: SCHOOL, role, since: new Date(0) }],
    consoleRoles: [],
  };
}
const manager = (): Principal => principal(world.small.manager, "schoolManagement");
const held = () => findHeldChanges(world.database.db, manager(), SCHOOL);
const tools = () => ({ db: world.database.db, jobs: world.jobs });
const release = (who: Principal, holds: readonly string[]) =>
  performAction(tools(), releaseHeldChangesCommand, () => Promise.resolve(who), { schoolId: SCHOOL, holds });
const present = () => world.database.db.affiliation.count({ where: { personId: { in: pupils } } });
const statuses = async () => Object.groupBy(await world.database.db.syncHold.findMany(), ({ status }) => status);

describe("eight of fourteen people gone", () => {
  beforeEach(async () => {
    for (const id of pupils) world.server.directory.removePerson(id);
    world.server.directory.renamePerson(world.small.guardian, { givenName: "Ute" });
    expect(await world.sync()).toMatchObject({ failure: null, counts: { held: 8, peopleLeft: 0 } });
  });

  test("stay with roles and groups; everything else goes on; the page shows them", async () => {
    const { db } = world.database;
    expect(await present()).toBe(8);
    expect(await db.groupMember.count({ where: { personId: { in: pupils } } })).toBe(8);
    expect(await db.person.findUnique({ where: { id: world.small.guardian } })).toMatchObject({ givenName: "Ute" });
    const shown = await held();
    expect(shown).toHaveLength(8);
    expect(shown[0]).toMatchObject({ kind: "personRemoved", rule: "peopleOfSchool", person: { name: "Kind 0" } });
    expect(await findHeldChanges(db, principal("x", "teacher"), SCHOOL)).toEqual([]);
    const [run] = await findSchoolRuns(db, manager(), SCHOOL, { limit: 1 });
    expect(run?.report).toMatchObject({ held: { count: 8 }, peopleChanged: { count: 1 }, peopleRemoved: { count: 0 } });
    // another run changes nothing about it
    await world.sync();
    expect(await held()).toHaveLength(8);
  });

  test("released: exactly those that the source still says; the others are dropped", async () => {
    const [comesBack = ""] = pupils;
    world.server.directory.restorePerson(comesBack);
    const ids = (await held()).map(({ id }) => id);
    expect(await release(principal(world.small.teacher, "orgAdmin"), ids)).toMatchObject({
      error: { code: "notFound" },
    });
    const old = { ...manager(), authenticatedAt: new Date(0) };
    expect(await release(old, ids)).toMatchObject({ error: { code: "signInTooOld" } });
    expect(await release(manager(), ids)).toEqual({ ok: true, value: { changes: 8 } });
    expect(await world.database.db.auditEntry.count({ where: { type: "heldChangesReleased" } })).toBe(1);
    expect(await present()).toBe(8); // only the job does it
    expect(await world.sync({ full: true, schoolId: SCHOOL })).toMatchObject({
      failure: null,
      counts: { peopleLeft: 7 },
    });
    expect(await present()).toBe(1);
    expect(await statuses()).toMatchObject({ applied: { length: 7 }, dropped: { length: 1 } });
    expect(await release(manager(), ids)).toMatchObject({ error: { code: "alreadyDone" } });
  });

  test("taken back by the source before anybody released: dropped", async () => {
    for (const id of pupils) world.server.directory.restorePerson(id);
    await world.sync();
    expect(await held()).toEqual([]);
    expect(await statuses()).toMatchObject({ dropped: { length: 8 } });
  });
});

test("a pupil who leaves in one sync and comes as staff in the next waits outside, also for syncs of changes", async () => {
  const { directory } = world.server;
  const [pupil = ""] = pupils;
  directory.removePerson(pupil);
  expect(await world.sync()).toMatchObject({ counts: { peopleLeft: 1 } });
  directory.restorePerson(pupil);
  directory.setRoles(pupil, [{ org: SCHOOL, role: "teacher" }]);
  const leftAt = () => world.database.db.person.findUniqueOrThrow({ where: { id: pupil }, select: { leftAt: true } });
  for (const request of [{ full: false }, { full: true }]) {
    expect(await world.sync(request)).toMatchObject({ failure: null, counts: { held: 1 } });
    expect((await leftAt()).leftAt).not.toBeNull();
    expect(await present()).toBe(7);
  }
  expect(await release(manager(), [(await held())[0]?.id ?? ""])).toMatchObject({ ok: true });
  await world.sync({ full: true, schoolId: SCHOOL });
  expect((await leftAt()).leftAt).toBeNull();
  expect(await present()).toBe(8);
});

test("nor does a pupil become staff by way of another role", async () => {
  const { directory } = world.server;
  const [pupil = ""] = pupils;
  directory.setRoles(pupil, [{ org: SCHOOL, role: "guardian" }]);
  expect(await world.sync({ full: false })).toMatchObject({ failure: null, counts: { held: 0 } });
  directory.setRoles(pupil, [{ org: SCHOOL, role: "teacher" }]);
  expect(await world.sync({ full: false })).toMatchObject({ failure: null, counts: { held: 1 } });
  const roles = await world.database.db.affiliation.findMany({ where: { personId: pupil } });
  expect(roles.map(({ role }) => role)).toEqual(["guardian"]);
  // who has not left has no room to leave
  expect(await world.database.db.schoolDeparture.count({ where: { settledAt: null } })).toBe(0);
});

test("a pupil who becomes staff stays a pupil until somebody else has released it", async () => {
  const { db } = world.database;
  const [pupil = ""] = pupils;
  world.server.directory.setRoles(pupil, [{ org: SCHOOL, role: "schoolManagement" }]);
  await world.sync();
  const [change] = await held();
  expect(change).toMatchObject({ kind: "roleGained", rule: "pupilBecomesStaff", role: "schoolManagement" });
  expect(await db.affiliation.findMany({ where: { personId: pupil } })).toMatchObject([{ role: "student" }]);
  // whatever roles a beneficiary may hold: neither the action nor the database
  expect(await release(principal(pupil, "schoolManagement"), [change?.id ?? ""])).toMatchObject({
    error: { code: "isBeneficiary" },
  });
  const data = { status: "released", releasedAt: new Date() } as const;
  const byOneself = db.syncHold.updateMany({ data: { ...data, releasedById: pupil } });
  await expect(byOneself).rejects.toThrow();
  await expect(db.syncHold.updateMany({ data: { ...data, releasedById: world.small.teacher } })).rejects.toThrow();
  await expect(db.syncHold.updateMany({ data: { status: "applied" } })).rejects.toThrow();

  await release(manager(), [change?.id ?? ""]);
  await world.sync({ full: true, schoolId: SCHOOL });
  expect(await db.affiliation.findMany({ where: { personId: pupil } })).toMatchObject([{ role: "schoolManagement" }]);
});

test("a dry run says what the next run then does, and leaves nothing but its own rows", async () => {
  const { db } = world.database;
  const { directory } = world.server;
  await db.school.update({ where: { id: SCHOOL }, data: { stateEnabled: true, schoolEnabled: true } });
  directory.renamePerson(world.small.pupil, { familyName: "Groß" });
  directory.removePerson(world.small.colleague);
  directory.addClass(SCHOOL, "9c");
  const everything = () => db.$queryRaw`
    SELECT (SELECT md5(string_agg(person::text, '' ORDER BY id)) FROM person) AS people,
      (SELECT md5(string_agg(affiliation::text, '' ORDER BY affiliation::text)) FROM affiliation) AS roles,
      (SELECT md5(string_agg(school_group::text, '' ORDER BY id)) FROM school_group) AS groups,
      (SELECT md5(string_agg(group_member::text, '' ORDER BY group_member::text)) FROM group_member) AS members,
      (SELECT md5(string_agg(school::text, '' ORDER BY id)) FROM school) AS schools,
      (SELECT count(*)::int FROM managed_room) AS rooms, (SELECT count(*)::int FROM pgboss.job) AS jobs,
      (SELECT count(*)::int FROM sync_hold) AS holds, (SELECT max(cursor_at) FROM sync_cursor) AS cursor,
      (SELECT count(*)::int FROM audit_entry) AS audit`;
  const before = await everything();
  const dry = await world.dryRun({ schoolId: SCHOOL });
  expect(await everything()).toEqual(before);
  expect(dry).toMatchObject({ failure: null });
  expect(dry.counts.jobs).toBeGreaterThan(0);
  const [wouldBe] = await findRunReports(db, dry.runId);
  const real = await world.sync();
  const [done] = await findRunReports(db, real.runId);
  expect(wouldBe?.report.peopleRemoved.first).toEqual([{ id: world.small.colleague, name: null }]);
  // the real one queues rooms that its two steps touch twice only once, so jobs are compared by being there
  expect({ ...wouldBe?.report, jobs: 0 }).toEqual({ ...done?.report, jobs: 0 });
  expect(await findFreshDryRun(db, SCHOOL, new Date())).toEqual({ runId: dry.runId });
  expect(await findFreshDryRun(db, SCHOOL, new Date(Date.now() + 25 * 3_600_000))).toBeNull();
});

test("a sync or dry run is started for one's own school, with an audit entry, and queued once", async () => {
  const { db } = world.database;
  const start = (who: Principal) =>
    performAction(tools(), requestSyncCommand, () => Promise.resolve(who), { schoolId: SCHOOL, dryRun: true });
  expect(await start(manager())).toEqual({ ok: true, value: null });
  expect(await start(manager())).toEqual({ ok: true, value: null });
  expect(await start(principal("x", "student"))).toMatchObject({ error: { code: "notFound" } });
  const jobs = await db.$queryRaw`SELECT data FROM pgboss.job WHERE name = 'directory-sync'`;
  expect(jobs).toMatchObject([{ data: { schoolId: SCHOOL, dryRun: true } }]);
  expect(await db.auditEntry.count({ where: { scope: SCHOOL, type: "syncRequested" } })).toBe(2);
  expect(await findSchoolProblems(db, manager(), SCHOOL)).toEqual([]);
});

test("a school is switched on for the first time only after a dry run, which counts what would follow", async () => {
  const { db } = world.database;
  const on = () =>
    performAction(tools(), setSchoolSwitchCommand, () => Promise.resolve(manager()), {
      schoolId: SCHOOL,
      name: "messenger",
      on: true,
    });
  expect(await on()).toMatchObject({ error: { code: "dryRunNeeded" } });
  const { runId } = await world.dryRun({ schoolId: SCHOOL, asServed: true });
  const [wouldBe] = await findRunReports(db, runId);
  expect(wouldBe?.report.jobs).toBeGreaterThan(14); // an account for everybody, and rooms
  expect(await db.school.findUnique({ where: { id: SCHOOL } })).toMatchObject({ schoolEnabled: false });
  expect(await on()).toMatchObject({ ok: true });
});

test("if the state's switch is the last of the two, it too needs a dry run; if it is the first, none", async () => {
  const { db } = world.database;
  await grantConsoleRole(db, { subject: "land", familyName: "Land", givenName: "Eins" }, "landAdmin");
  const { id } = await db.person.findUniqueOrThrow({ where: { subject: "land" } });
  const land: Principal = { ...principal(id, null), consoleRoles: ["landAdmin"] };
  const set = (on: boolean) =>
    performAction(tools(), setStateSwitchCommand, () => Promise.resolve(land), { schoolId: SCHOOL, on });
  expect(await set(true)).toMatchObject({ ok: true });
  expect(await set(false)).toMatchObject({ ok: true });
  await db.school.update({ where: { id: SCHOOL }, data: { schoolEnabled: true } });
  expect(await set(true)).toMatchObject({ error: { code: "dryRunNeeded" } });
  expect(await db.school.findUnique({ where: { id: SCHOOL } })).toMatchObject({ stateEnabled: false });
  await world.dryRun({ schoolId: SCHOOL, asServed: true });
  expect(await set(true)).toMatchObject({ ok: true });
  // once it was served, off and on again needs none
  await db.syncRun.deleteMany({ where: { kind: "dryRun" } });
  expect(await set(false)).toMatchObject({ ok: true });
  expect(await set(true)).toMatchObject({ ok: true });
});
