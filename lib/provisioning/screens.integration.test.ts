// Guarantee: what the pages on provisioning read is the reader's school only, searchable, with whoever may decide, and
// for the state every school with those first where something is wrong.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Principal } from "#lib/auth/principal.ts";
import { personRemoval } from "#lib/directory/guard.ts";
import { reportOf } from "#lib/directory/report.ts";
import { findStateRun } from "#lib/directory/state-run-queries.ts";
import type { SchoolDifference } from "#lib/directory/types.ts";
import { findRecordProblems, findStateSyncWork, findSyncWork } from "#lib/directory/work-queries.ts";
import { syncKey } from "#lib/jobs/queues.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { addPerson, addSchool, signIn } from "#test/school.ts";
import { findProvisionedPeople } from "./queries.ts";
import { findStateSchools } from "./state-queries.ts";
import { findSwitchRequests } from "./switch-queries.ts";

const SCHOOL = "DE-RP-SN-51001";
const OTHER = "DE-RP-SN-51002";
const THIRD = "DE-RP-SN-51003";

let database: TestDatabase;
let jobs: JobSender;
let people: Record<"admin" | "manager" | "foreign" | "land" | "support", Principal>;

beforeAll(async () => {
  database = await startTestDatabase();
  jobs = new JobSender(database.url);
  const { db } = database;
  for (const id of [SCHOOL, OTHER, THIRD]) await addSchool(db, id);
  await addPerson(db, { id: "admin", roles: { [SCHOOL]: ["orgAdmin"] } });
  await addPerson(db, { id: "manager", roles: { [SCHOOL]: ["schoolManagement"] } });
  await addPerson(db, { id: "foreign", roles: { [OTHER]: ["orgAdmin"] } });
  await addPerson(db, { id: "pupil", roles: { [THIRD]: ["student"] } });
  for (const role of ["landAdmin", "support"] as const) {
    await addPerson(db, { id: role, roles: {} });
    await db.consoleRoleGrant.create({ data: { personId: role, role } });
  }
  people = {
    admin: await signIn(db, "admin"),
    manager: await signIn(db, "manager"),
    foreign: await signIn(db, "foreign"),
    land: await signIn(db, "landAdmin"),
    support: await signIn(db, "support"),
  };
});
afterAll(async () => {
  await jobs.stop();
  await database.stop();
});

test("people are found by a part of name or id; signs of a pattern are only letters", async () => {
  const find = async (who: keyof typeof people, text: string) =>
    (await findProvisionedPeople(database.db, people[who], SCHOOL, { text }))?.map(({ personId }) => personId);
  expect(await find("admin", "ADM")).toEqual(["admin"]);
  expect(await find("land", "")).toEqual(["admin", "manager"]);
  expect(await find("admin", "%")).toEqual([]);
  expect(await find("admin", String.raw`\_`)).toEqual([]);
  expect(await find("foreign", "")).toBeUndefined();
});

test("a request says who may decide it, to those of its school", async () => {
  const { db } = database;
  const request = { schoolId: SCHOOL, switchName: "announcements", authorId: "admin", authorRole: "orgAdmin" } as const;
  const expiresAt = new Date(Date.now() + 3_600_000);
  const { id } = await db.switchRequest.create({ data: { ...request, reason: "Für alle da", expiresAt } });
  const seen = async (who: keyof typeof people, now?: Date) => await findSwitchRequests(db, people[who], SCHOOL, now);
  expect(await seen("admin")).toMatchObject([
    { id, decision: { approval: { allowed: false, refusal: "isAuthor" }, mayReject: false, mayWithdraw: true } },
  ]);
  expect(await seen("manager")).toMatchObject([{ id, decision: { mayReject: true, mayWithdraw: false } }]);
  expect(await seen("land")).toMatchObject([{ id, status: "pending", decision: null }]);
  expect(await seen("manager", new Date(expiresAt.getTime() + 1))).toMatchObject([
    { status: "expired", decision: null },
  ]);
  for (const who of ["foreign", "support"] as const) expect(await seen(who)).toEqual([]);
});

test("records that could not be understood are told to the school and the state", async () => {
  const { db } = database;
  await db.intakeProblem.create({
    data: {
      ...{ source: "amqp", feed: "queue", schoolId: SCHOOL, about: "r1", recordType: "room", recordId: "r1" },
      ...{ reason: "unknownRoom", deadLettered: false },
    },
  });
  for (const who of ["admin", "land"] as const) {
    expect(await findRecordProblems(db, people[who], SCHOOL)).toMatchObject({
      problems: [{ source: "amqp", recordId: "r1", reason: "unknownRoom" }],
      strangers: [],
    });
  }
  for (const who of ["foreign", "support"] as const)
    expect(await findRecordProblems(db, people[who], SCHOOL)).toBeNull();
});

test("a sync that waits is told as soon as it is asked for, and to nobody else", async () => {
  const { db } = database;
  const data = { full: true, requestedBy: "admin", schoolId: SCHOOL };
  await db.$transaction((tx) => jobs.send(tx, "directory-sync", { ...data, dryRun: true }, syncKey(SCHOOL, true)));
  expect(await findSyncWork(db, people.admin, SCHOOL)).toMatchObject({ sync: null, dryRun: { state: "queued" } });
  expect(await findSyncWork(db, people.foreign, OTHER)).toEqual({ sync: null, dryRun: null });
  expect(await findSyncWork(db, people.foreign, SCHOOL)).toBeNull();
});

test("the state sees all schools, those first where something is wrong, and nobody else does", async () => {
  const { db } = database;
  await db.person.update({ where: { id: "pupil" }, data: { accountProblem: "subjectTaken" } });
  const run = await db.syncRun.create({ data: { source: "oneroster", correlationId: "k" } });
  const hold = { kind: "personRemoved", item: "foreign", rule: "peopleOfSchool", personId: "foreign", runId: run.id };
  await db.syncHold.create({ data: { ...hold, schoolId: OTHER } });
  const found = await findStateSchools(db, people.land);
  expect(found?.schools).toMatchObject([
    { id: OTHER, held: 1 },
    { id: THIRD, failedPeople: 1, failedRooms: 0 },
    { id: SCHOOL, held: 0, failedPeople: 0, records: 1 },
  ]);
  expect(found).toMatchObject({ total: 3, troubled: 3, page: 1, pages: 1 });
  expect(
    (await findStateSchools(db, people.land, { text: "51003", onlyTroubled: true, page: 7 }))?.schools,
  ).toHaveLength(1);
  expect((await findStateSchools(db, people.land, { text: "100%" }))?.schools).toEqual([]);
  for (const who of ["admin", "support"] as const) expect(await findStateSchools(db, people[who])).toBeNull();
});

test("the state sees a run over all schools school by school, what is held back first; nobody else does", async () => {
  const { db } = database;
  const run = await db.syncRun.create({
    data: { source: "oneroster", correlationId: "d", kind: "dryRun", outcome: "succeeded", counts: { held: 1 } },
  });
  const newGroup = { id: "g1", title: "5a" };
  const difference: SchoolDifference = {
    people: { added: [], returned: [], changed: [] },
    affiliations: { added: [], redated: [], removed: [] },
    leaving: [],
    groups: { added: [{ ...newGroup, kind: "class" }], changed: [], removed: [] },
    members: { added: [], renewed: [], removed: [] },
  };
  const held = [personRemoval("pupil", "peopleOfSchool")];
  const at = { runId: run.id };
  await db.syncSchoolChange.create({ data: { ...at, schoolId: SCHOOL, report: reportOf(difference, [], 2) } });
  await db.syncSchoolChange.create({ data: { ...at, schoolId: "new", report: reportOf(difference, [], 0) } });
  await db.syncSchoolChange.create({ data: { ...at, schoolId: THIRD, report: reportOf(difference, held, 0) } });
  expect(await findStateRun(db, people.land, run.id, 9)).toMatchObject({
    run: { id: run.id, kind: "dryRun", outcome: "succeeded" },
    changes: [
      { schoolId: THIRD, report: { held: { count: 1 } } },
      { schoolId: SCHOOL, report: { groupsAdded: { count: 1, first: [newGroup] } } },
      { schoolId: "new", name: null },
    ],
    ...{ total: 3, page: 1, pages: 1 },
  });
  const ofSchool = await db.syncRun.create({ data: { source: "oneroster", correlationId: "s", schoolId: SCHOOL } });
  for (const id of [ofSchool.id, crypto.randomUUID(), "no id"])
    expect(await findStateRun(db, people.land, id)).toBeNull();
  for (const who of ["admin", "manager", "support"] as const)
    expect(await findStateRun(db, people[who], run.id)).toBeNull();
});

test("a run over all schools that waits is told to the state only", async () => {
  const { db } = database;
  await db.$transaction((tx) =>
    jobs.send(tx, "directory-sync", { full: true, requestedBy: "landAdmin", dryRun: true }, syncKey(null, true)),
  );
  expect(await findStateSyncWork(db, people.land)).toMatchObject({ sync: null, dryRun: { state: "queued" } });
  for (const who of ["admin", "support"] as const) expect(await findStateSyncWork(db, people[who])).toBeNull();
});
