// Guarantee: every source is told by its own name, none hides another, people of all sources are seen and helped, and long
// work says how far it is.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { performAction } from "#lib/action/perform-action.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { findSchoolRuns, findStateRuns } from "#lib/directory/queries.ts";
import { startRun, trackSchools, type PulledSource } from "#lib/directory/runs.ts";
import { findRecordProblems, findStateSyncWork } from "#lib/directory/work-queries.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { SYNC_KEY } from "#lib/jobs/queues.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { addPerson, addSchool, signIn } from "#test/school.ts";
import { retryProvisioningCommand } from "./commands.ts";
import { findProgress } from "./progress.ts";
import { findProvisionedPeople, findSchoolProvisioning } from "./queries.ts";
import { findStateSchools } from "./state-queries.ts";

const SCHOOL = "DE-RP-SN-52001";
let database: TestDatabase;
let jobs: JobSender;
let admin: Principal;
let land: Principal;

beforeAll(async () => {
  database = await startTestDatabase();
  jobs = new JobSender(database.url);
  const { db } = database;
  await addSchool(db, SCHOOL);
  await addPerson(db, { id: "admin", roles: { [SCHOOL]: ["orgAdmin"] } });
  await addPerson(db, { id: "land", roles: {} });
  await db.consoleRoleGrant.create({ data: { personId: "land", role: "landAdmin" } });
  [admin, land] = [await signIn(db, "admin"), await signIn(db, "land")];
});
afterAll(async () => {
  await jobs.stop();
  await database.stop();
});
beforeEach(async () => {
  await database.db.syncRun.deleteMany();
  await database.db.$executeRaw`DELETE FROM pgboss.job`;
});

async function addRun(source: PulledSource, minutesAgo: number, problem?: string): Promise<string> {
  const at = new Date(Date.now() - minutesAgo * 60_000);
  const head = { source, correlationId: source, kind: "full", outcome: "succeeded", startedAt: at } as const;
  const { id } = await database.db.syncRun.create({ data: head });
  if (problem !== undefined) {
    const record = { recordType: "person", recordId: "p1", reason: problem, schoolId: SCHOOL };
    await database.db.syncProblem.create({ data: { runId: id, ...record } });
  }
  return id;
}

test("runs of LDAP hide neither the last run of the directory nor its problems, and have their own name", async () => {
  const { db } = database;
  const ofDirectory = await addRun("oneroster", 60, "nameMissing");
  await addRun("ldap", 45);
  // at a school without groups of LDAP its runs are nothing to tell
  expect(await findSchoolRuns(db, admin, SCHOOL, { source: "ldap" })).toEqual([]);
  await db.group.create({ data: { id: "chor", schoolId: SCHOOL, title: "Chor", kind: "team", source: "ldap" } });
  await addRun("ldap", 30, "unknownPerson");
  const ofLdap = await addRun("ldap", 15, "ambiguousPerson");
  expect(await findSchoolRuns(db, admin, SCHOOL, { limit: 1 })).toMatchObject([
    { id: ofDirectory, source: "oneroster" },
  ]);
  expect(await findSchoolRuns(db, admin, SCHOOL, { limit: 1, source: "ldap" })).toMatchObject([
    { id: ofLdap, source: "ldap" },
  ]);
  expect((await findStateRuns(db, land, 1)).map(({ id, source }) => [id, source])).toEqual([
    [ofLdap, "ldap"],
    [ofDirectory, "oneroster"],
  ]);
  const found = await findRecordProblems(db, admin, SCHOOL);
  expect(found?.problems.map(({ source, reason }) => `${source} ${reason}`)).toEqual([
    "oneroster nameMissing",
    "ldap ambiguousPerson",
  ]);
  expect((await findStateSchools(db, land))?.schools).toMatchObject([{ id: SCHOOL, records: 2 }]);
});

test("people known from messages alone are listed, counted and helped like everybody else", async () => {
  const { db } = database;
  const guest = { familyName: "Gast", givenName: "", displayName: "Gast Person", username: "", subject: "gast" };
  const failed = { accountState: "absent", accountProblem: "subjectTaken" } as const;
  await db.person.create({ data: { id: "amqp:gast", source: "amqp", localpart: "sso_gast", ...guest, ...failed } });
  const retry = () =>
    performAction({ db, jobs }, retryProvisioningCommand, () => Promise.resolve(land), {
      ...{ schoolId: SCHOOL, what: { kind: "person", personId: "amqp:gast" } },
    });
  expect(await retry()).toMatchObject({ ok: false });
  const named = { source: "amqp", schoolId: SCHOOL, externalId: "@sso_gast:localhost", personId: "amqp:gast" };
  await db.personSource.create({ data: named });
  const people = await findProvisionedPeople(db, admin, SCHOOL, { state: "failed" });
  expect(people).toMatchObject([{ personId: "amqp:gast", displayName: "Gast Person", problem: "subjectTaken" }]);
  expect((await findSchoolProvisioning(db, admin, SCHOOL))?.people.failed).toBe(1);
  expect((await findStateSchools(db, land))?.schools).toMatchObject([{ id: SCHOOL, failedPeople: 1 }]);
  expect(await retry()).toMatchObject({ ok: true });
  expect(await findProgress(db, admin, SCHOOL)).toMatchObject({ total: 1, remaining: 1 });
});

test("the care for rooms that people made counts as work of their school", async () => {
  const { db } = database;
  await db.roomRecord.create({ data: { roomId: "!r", schoolId: SCHOOL, creator: "u-admin", creatorWasStaff: true } });
  const job = { data: { roomId: "!r" }, key: "!r" };
  await db.$transaction(async (tx) => {
    for (const name of ["repair-room", "follow-groups", "protect-room", "freeze-room"] as const)
      await jobs.sendMany(tx, name, [job]);
  });
  expect(await findProgress(db, admin, SCHOOL)).toMatchObject({ total: 4, done: 0, remaining: 4 });
});

test("a run over all schools says how many it has done; one that nobody works on any more says nothing", async () => {
  const { db } = database;
  const head = { source: "oneroster", kind: "full", schoolId: null, requestedById: null, correlationId: "r" } as const;
  const runId = await startRun(db, head);
  await db.$transaction((tx) => jobs.send(tx, "directory-sync", { full: true, requestedBy: null }, SYNC_KEY));
  const progress = async () => (await findStateSyncWork(db, land))?.progress;
  await db.$executeRaw`UPDATE pgboss.job SET state = 'active', started_on = now()`;
  expect(await progress()).toBeNull();
  const { step } = await trackSchools(db, runId, 3, 0);
  expect(await progress()).toMatchObject({ of: "sync", total: 3, done: 0 });
  await step();
  await step();
  expect(await progress()).toMatchObject({ of: "sync", total: 3, done: 2 });
  await db.$executeRaw`DELETE FROM pgboss.job`;
  expect(await progress()).toBeNull();
});
