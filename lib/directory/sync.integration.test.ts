// Guarantee: a sync writes exactly what changed, with its jobs, and a source that fails changes nothing.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { DEMO_SERVICE_ID } from "#demo/data/records.ts";
import { startOneRosterServer, type OneRosterServer } from "#demo/oneroster-server.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { withCorrelationId } from "#lib/log/log.ts";
import { createOneRosterClient } from "#lib/oneroster/client.ts";
import { queueLeavers, queueSchool, queueSchools } from "#lib/provisioning/queue.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { buildSmallDirectory, SCHOOL, type SmallDirectory } from "#test/small-directory.ts";
import { findLatestRun, findRunProblems } from "./queries.ts";
import { syncDirectory, type SyncDependencies, type SyncResult } from "./sync.ts";

const CLIENT = { clientId: "console", clientSecret: "small directory" };

let database: TestDatabase;
let server: OneRosterServer;
let jobs: JobSender;
let small: SmallDirectory;
let dependencies: SyncDependencies;

beforeEach(async () => {
  small = buildSmallDirectory();
  database = await startTestDatabase();
  server = await startOneRosterServer({ port: 0, directory: small.directory, ...CLIENT });
  jobs = new JobSender(database.url);
  const client = createOneRosterClient({ baseUrl: server.baseUrl, tokenUrl: server.tokenUrl, ...CLIENT });
  dependencies = {
    db: database.db,
    pull: client.pull,
    serviceId: DEMO_SERVICE_ID,
    subject: "sourcedId",
    serverName: "localhost",
    onSchoolChanged: (tx, change) => queueSchool(tx, jobs, change),
    onSchoolsSwitched: (tx, ids) => queueSchools(tx, jobs, ids),
    onPeopleLeft: (tx, ids) => queueLeavers(tx, jobs, ids),
  };
});
afterEach(async () => {
  await jobs.stop();
  await server.stop();
  await database.stop();
});

const sync = (): Promise<SyncResult> => syncDirectory(dependencies);

/** The school says yes as well; until then nothing is provisioned. Rooms of the school as a whole are not looked at here. */
async function switchOn(): Promise<void> {
  const data = { stateEnabled: true, schoolEnabled: true, staffroomEnabled: false };
  await database.db.school.update({ where: { id: SCHOOL }, data });
}

const jobRows = z.array(z.object({ name: z.string(), singleton_key: z.string() }));

/** Waiting jobs by queue; taken away, as if they were done. */
async function takeJobs(): Promise<Record<string, string[]>> {
  const rows = jobRows.parse(
    await database.db.$queryRaw`DELETE FROM pgboss.job WHERE state = 'created' RETURNING name, singleton_key`,
  );
  const byQueue: Record<string, string[]> = {};
  for (const { name, singleton_key: key } of rows) (byQueue[name] ??= []).push(key);
  return byQueue;
}

/** As if the provisioner had done everything. */
async function markProvisioned(): Promise<void> {
  await takeJobs();
  await database.db.$executeRaw`
    UPDATE person SET account_state = 'active', account_display_name = display_name, account_synced_at = now()`;
  await database.db.$executeRaw`
    UPDATE managed_room SET room_id = '!' || alias, name = school_group.title, synced_at = now()
    FROM school_group WHERE school_group.id = managed_room.group_id`;
  await database.db.$executeRaw`
    INSERT INTO managed_room_member SELECT alias, person_id, CASE role WHEN 'teacher' THEN 100 ELSE 0 END
    FROM managed_room JOIN group_member USING (group_id)`;
}

/** Which row versions the directory's tables hold: the same text means that nothing was written. */
async function rowVersions(): Promise<unknown> {
  return database.db.$queryRaw`
    SELECT (SELECT string_agg(xmin::text || id, ',' ORDER BY id) FROM school) AS schools,
           (SELECT string_agg(xmin::text || id, ',' ORDER BY id) FROM person) AS people,
           (SELECT string_agg(xmin::text || person_id, ',' ORDER BY person_id, role) FROM affiliation) AS affiliations,
           (SELECT string_agg(xmin::text || id, ',' ORDER BY id) FROM school_group) AS groups,
           (SELECT string_agg(xmin::text || person_id, ',' ORDER BY person_id, group_id) FROM group_member) AS members,
           (SELECT string_agg(xmin::text || alias, ',' ORDER BY alias) FROM managed_room) AS rooms`;
}

const findPerson = (id: string) =>
  database.db.person.findUniqueOrThrow({ where: { id }, include: { affiliations: true } });

describe("the first sync", () => {
  test("brings people, groups and a first policy version; roles count as old; nothing is provisioned unasked", async () => {
    const result = await sync();
    expect(result).toMatchObject({
      failure: null,
      problems: [],
      counts: { schools: 1, people: 6, groups: 2, members: 4, jobs: 0 },
    });
    const school = await database.db.school.findUniqueOrThrow({ where: { id: SCHOOL } });
    expect(school).toMatchObject({
      currentVersion: 1,
      serviceEnabled: true,
      stateEnabled: false,
      schoolEnabled: false,
    });
    const teacher = await findPerson(small.teacher);
    expect(teacher).toMatchObject({
      displayName: "Jörg Kühn",
      subject: small.teacher,
      localpart: `u-${small.teacher}`,
    });
    expect(teacher.affiliations).toMatchObject([{ role: "teacher", since: new Date("2000-01-01") }]);
    expect(await takeJobs()).toEqual({});
  });

  test("brings who lives under a protected address, and a later one takes it back", async () => {
    const pupil = server.directory.current.users.find(({ sourcedId }) => sourcedId === small.pupil);
    if (!pupil) throw new Error("no pupil");
    const roles = [{ org: SCHOOL, role: "student" as const }];
    pupil.metadata = { roles, addressProtected: true };
    await sync();
    expect(await findPerson(small.pupil)).toMatchObject({ addressProtected: true });
    expect(await findPerson(small.classmate)).toMatchObject({ addressProtected: false });
    const entry = { where: { personId: small.pupil } };
    expect(await database.db.addressEntry.findFirst(entry)).toMatchObject({ isProtected: true });
    pupil.metadata = { roles };
    await sync();
    expect(await database.db.addressEntry.findFirst(entry)).toMatchObject({ isProtected: false });
  });

  test("of a school that is served queues every account and both rooms of each group", async () => {
    await sync();
    await switchOn();
    await sync();
    const queued = await takeJobs();
    expect(queued["provision-account"]).toHaveLength(6);
    const groups = [small.class7a, small.class7b];
    const aliases = groups.flatMap((id) => [`${SCHOOL}--${id}`, `${SCHOOL}--${id}--chat`]);
    expect(queued["provision-room"]?.sort()).toEqual(aliases.sort());
  });
});

describe("a later sync", () => {
  beforeEach(async () => {
    await sync();
    await switchOn();
    await sync();
    await markProvisioned();
  });

  test("without changes writes nothing and queues nothing", async () => {
    const before = await rowVersions();
    expect(await sync()).toMatchObject({ failure: null, counts: { jobs: 0, peopleChanged: 0, groupsChanged: 0 } });
    expect(await rowVersions()).toEqual(before);
    expect(await takeJobs()).toEqual({});
  });

  test("queues what a change touches and nothing else; whoever is known keeps the localpart", async () => {
    await database.db.person.update({ where: { id: small.pupil }, data: { localpart: "u-older-form" } });
    server.directory.renamePerson(small.pupil, { familyName: "Groß" });
    server.directory.renameClass(small.class7b, "8b");
    await sync();
    const queued = await takeJobs();
    expect(queued["provision-account"]).toEqual([small.pupil]);
    const touched = [small.class7a, small.class7b].flatMap((id) => [`${SCHOOL}--${id}`, `${SCHOOL}--${id}--chat`]);
    expect(queued["provision-room"]?.sort()).toEqual(touched.sort());
    expect(await findPerson(small.pupil)).toMatchObject({ displayName: "Mia Groß", localpart: "u-older-form" });
  });

  test("whoever has left keeps the row, loses role and groups, and is locked first", async () => {
    server.directory.removePerson(small.pupil);
    expect((await sync()).counts.peopleLeft).toBe(1);
    const pupil = await findPerson(small.pupil);
    expect(pupil.leftAt).not.toBeNull();
    expect(pupil.affiliations).toEqual([]);
    expect(await database.db.groupMember.count({ where: { personId: small.pupil } })).toBe(0);
    const queued = await takeJobs();
    expect(queued["provision-account"]).toEqual([small.pupil]);
    expect(queued["provision-room"]).toHaveLength(2);
  });

  test("a role that is new counts from this sync on", async () => {
    const before = Date.now();
    server.directory.setRoles(small.manager, [
      { org: SCHOOL, role: "schoolManagement" },
      { org: SCHOOL, role: "orgAdmin" },
    ]);
    await sync();
    const { affiliations } = await findPerson(small.manager);
    const since = new Map(affiliations.map((held) => [held.role, held.since.getTime()]));
    expect(since.get("schoolManagement")).toBe(Date.UTC(2000, 0, 1));
    expect(since.get("orgAdmin")).toBeGreaterThanOrEqual(before);
  });

  test("a record that cannot be read is reported, and its person has not left", async () => {
    const record = server.directory.current.users.find((user) => user.sourcedId === small.pupil);
    Object.assign(record ?? {}, { givenName: 42 });
    const { runId } = await sync();
    expect(await findRunProblems(database.db, runId)).toContainEqual({
      recordType: "user",
      recordId: small.pupil,
      reason: "unreadable: givenName",
    });
    const pupil = await findPerson(small.pupil);
    expect(pupil).toMatchObject({ leftAt: null, displayName: "Mia Klein" });
    expect(pupil.affiliations).toHaveLength(1);
    expect(await database.db.groupMember.count({ where: { personId: small.pupil } })).toBe(1);
  });

  test.each([
    ["html", 0, "notOneRoster"],
    ["down", 0, "unreachable"],
    ["html", 3, "notOneRoster"],
    ["down", 2, "unreachable"],
  ] as const)(
    "%s after %i requests changes nothing, and the run says so with an id",
    async (failure, afterRequests, code) => {
      const before = await rowVersions();
      server.directory.removePerson(small.pupil);
      server.setFailure(failure, { afterRequests });
      await withCorrelationId("TESTID", sync);
      expect(await findLatestRun(database.db)).toMatchObject({
        outcome: "failed",
        failure: code,
        correlationId: "TESTID",
      });
      expect(await rowVersions()).toEqual(before);
      expect(await takeJobs()).toEqual({});
    },
  );

  test("an answer without people is a fault of the source, not a school that everybody has left", async () => {
    const before = await rowVersions();
    server.directory.current.users.splice(0);
    expect(await sync()).toMatchObject({ failure: "emptyAnswer" });
    expect(await rowVersions()).toEqual(before);
  });

  test("a run that ended with its process is closed by the next one", async () => {
    await database.db.syncRun.create({ data: { source: "oneroster", correlationId: "DEAD" } });
    await sync();
    const dead = await database.db.syncRun.findFirstOrThrow({ where: { correlationId: "DEAD" } });
    expect(dead).toMatchObject({ outcome: "failed", failure: "interrupted" });
  });
});
