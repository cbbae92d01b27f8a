// Guarantee: the people of a school that has left the directory do not stay for ever: they lose their roles, and leave if
// they have no other school; a school that comes back has everything again; too many people at once wait for a release.
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { DEMO_SERVICE_ID, makeOrg, timestamp } from "#demo/data/records.ts";
import { grantConsoleRole } from "#lib/setup/console-roles.ts";
import { startDirectoryWorld, type DirectoryWorld } from "#test/directory-world.ts";
import { SCHOOL } from "#test/small-directory.ts";
import { findRunReports } from "./queries.ts";

const GONE = "DE-RP-SN-67890";
const PUPILS = 8;
const DELTA = { full: false } as const;
const jobRows = z.array(z.object({ name: z.string(), singleton_key: z.string() }));

let world: DirectoryWorld;
let classId: string;
let pupils: string[];
let both: string;

beforeEach(async () => {
  world = await startDirectoryWorld();
  const { directory } = world.server;
  const modified = timestamp(Date.UTC(2026, 7, 3) * 1_000);
  directory.current.orgs.push(makeOrg({ id: GONE, name: "Andere", services: [DEMO_SERVICE_ID], modified }));
  classId = directory.addClass(GONE, "5a").sourcedId;
  pupils = Array.from({ length: PUPILS }, (_, at) => {
    const names = { username: `gone-${String(at)}`, givenName: "Kind", familyName: String(at) };
    const { sourcedId } = directory.addPerson({ ...names, roles: [{ org: GONE, role: "student" }] });
    directory.enroll(classId, sourcedId, "student");
    return sourcedId;
  });
  const roles = [GONE, SCHOOL].map((org) => ({ org, role: "teacher" as const }));
  both = directory.addPerson({ username: "both", givenName: "Beide", familyName: "Schulen", roles }).sourcedId;
  await world.sync();
  const { db } = world.database;
  await db.school.update({ where: { id: GONE }, data: { stateEnabled: true, schoolEnabled: true } });
  await db.$executeRaw`UPDATE person SET account_state = 'active'`;
});
afterEach(() => world.stop());

/** A state of which the school is no hundredth, and its people no fiftieth. */
async function addState(): Promise<void> {
  const { db } = world.database;
  await db.$executeRaw`INSERT INTO school (id, name) SELECT 'S-' || n, n FROM generate_series(1, 120) n`;
  await db.$executeRaw`
    INSERT INTO person (id, source, family_name, given_name, display_name, subject, localpart)
    SELECT 'crowd' || n, 'oneroster', 'T', 'T', 'T', 'crowd' || n, 'u-crowd' || n FROM generate_series(1, 500) n`;
  await db.$executeRaw`
    INSERT INTO affiliation (person_id, school_id, role, since)
    SELECT id, 'S-1', 'student', now() FROM person WHERE starts_with(id, 'crowd')`;
}

function setStatus(status: "active" | "tobedeleted"): void {
  const org = world.server.directory.current.orgs.find(({ sourcedId }) => sourcedId === GONE);
  Object.assign(org ?? {}, { status, dateLastModified: new Date().toISOString() });
}

async function takeJobs(): Promise<Record<string, string[]>> {
  const rows: unknown = await world.database.db.$queryRaw`
    DELETE FROM pgboss.job WHERE state = 'created' RETURNING name, singleton_key`;
  const jobs: Record<string, string[]> = {};
  for (const { name, singleton_key: key } of jobRows.parse(rows)) (jobs[name] ??= []).push(key);
  return jobs;
}

const rolesAt = (schoolId: string) => world.database.db.affiliation.count({ where: { schoolId } });
const present = () => world.database.db.person.count({ where: { id: { in: pupils }, leftAt: null } });
const members = () => world.database.db.groupMember.count({ where: { groupId: classId } });

test("its people leave; whoever has another school only leaves this one; the run says so", async () => {
  const { db } = world.database;
  await addState();
  await takeJobs();
  setStatus("tobedeleted");
  const { runId, counts } = await world.sync(DELTA);
  expect(counts).toMatchObject({ schoolsRemoved: 1, held: 0, peopleLeft: PUPILS });
  expect([await rolesAt(GONE), await present(), await members()]).toEqual([0, 0, 0]);
  expect(await db.affiliation.findMany({ where: { personId: both } })).toMatchObject([{ schoolId: SCHOOL }]);
  expect(await db.person.findUnique({ where: { id: both } })).toMatchObject({ leftAt: null });
  expect(await db.school.findUnique({ where: { id: GONE } })).toMatchObject({
    unservedSince: expect.any(Date) as Date,
  });
  const jobs = await takeJobs();
  expect(jobs["provision-account"]?.sort()).toEqual(pupils.toSorted());
  expect(jobs["leave-rooms"]).toEqual([both]); // the others are locked first
  expect(jobs["provision-school"]).toEqual([GONE]);
  const [report] = (await findRunReports(db, runId)).filter(({ schoolId }) => schoolId === GONE);
  expect(report?.report).toMatchObject({ peopleRemoved: { count: PUPILS + 1 }, groupsRemoved: { count: 1 } });
});

test("it comes back with everything, and nobody is held back", async () => {
  await addState();
  setStatus("tobedeleted");
  await world.sync(DELTA);
  setStatus("active");
  expect(await world.sync(DELTA)).toMatchObject({ kind: "delta", failure: null, counts: { held: 0 } });
  expect([await rolesAt(GONE), await present(), await members()]).toEqual([PUPILS + 1, PUPILS, PUPILS]);
  const { db } = world.database;
  expect(await db.group.findUnique({ where: { id: classId } })).toMatchObject({ leftAt: null });
  expect(await db.school.findUnique({ where: { id: GONE } })).toMatchObject({ leftAt: null, unservedSince: null });
});

test("it comes back with a pupil as a teacher: only that waits for a release", async () => {
  const { db } = world.database;
  await addState();
  setStatus("tobedeleted");
  await world.sync(DELTA);
  const [pupil = ""] = pupils;
  world.server.directory.setRoles(pupil, [{ org: GONE, role: "teacher" }]);
  setStatus("active");
  expect(await world.sync(DELTA)).toMatchObject({ failure: null, counts: { held: 1 } });
  expect([await rolesAt(GONE), await present()]).toEqual([PUPILS, PUPILS - 1]);
  const [held] = await db.syncHold.findMany();
  expect(held).toMatchObject({ kind: "roleGained", rule: "pupilBecomesStaff", personId: pupil, status: "open" });
  // nor in the full run of the night
  expect(await world.sync()).toMatchObject({ failure: null });
  expect(await present()).toBe(PUPILS - 1);
  await grantConsoleRole(db, { subject: "land", familyName: "Land", givenName: "Eins" }, "landAdmin");
  const { id: releasedById } = await db.person.findUniqueOrThrow({ where: { subject: "land" } });
  await db.syncHold.updateMany({ data: { status: "released", releasedById, releasedAt: new Date() } });
  expect(await world.sync()).toMatchObject({ failure: null });
  expect(await db.affiliation.findMany({ where: { personId: pupil } })).toMatchObject([{ role: "teacher" }]);
  expect(await present()).toBe(PUPILS);
});

test("what a run that was cut off has left behind, the next one does", async () => {
  await addState();
  setStatus("tobedeleted");
  const onPeopleLeft = () => Promise.reject(new Error("cut off"));
  expect(await world.sync(DELTA, { onPeopleLeft })).toMatchObject({ failure: "unexpected" });
  expect(await present()).toBe(PUPILS);
  expect(await world.sync(DELTA)).toMatchObject({ failure: null, counts: { peopleLeft: PUPILS } });
  expect(await rolesAt(GONE)).toBe(0);
});

test("one school with more than a fiftieth of the state's people is held back", async () => {
  const { db } = world.database;
  await addState();
  await db.$executeRaw`DELETE FROM person WHERE starts_with(id, 'crowd')`;
  setStatus("tobedeleted");
  expect(await world.sync(DELTA)).toMatchObject({ counts: { schoolsRemoved: 0, held: 1 } });
  expect(await present()).toBe(PUPILS);
  expect(await db.syncHold.findMany()).toMatchObject([{ kind: "schoolRemoved", schoolId: GONE, status: "open" }]);
});
