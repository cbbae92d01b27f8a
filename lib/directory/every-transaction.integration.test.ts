// Guarantee: whichever transaction of a sync is cut off from the database, and however, the next attempt ends in the same
// state with the same jobs, and no cursor stands past what was not stored. Every transaction is counted first and then
// cut, none is chosen by hand.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { DEMO_SERVICE_ID } from "#demo/data/records.ts";
import { startOneRosterServer, type OneRosterServer, type OneRosterServerOptions } from "#demo/oneroster-server.ts";
import { openDatabase, type Database } from "#lib/db/client.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { createOneRosterClient } from "#lib/oneroster/client.ts";
import { queueLeavers, queueSchool, queueSchools } from "#lib/provisioning/queue.ts";
import { startCuttingDatabaseProxy, type CuttingDatabaseProxy } from "#test/cutting-database-proxy.ts";
import { createTestDatabase, dropTestDatabase, urlOf } from "#test/database.ts";
import { buildSmallDirectory, SCHOOL, type SmallDirectory } from "#test/small-directory.ts";
import { TEMPLATE } from "#test/template.ts";
import { SCHOOL_LIST } from "./cursor.ts";
import { isFullSyncDue, runSyncJob } from "./sync-job.ts";
import type { SyncDependencies } from "./sync.ts";

const MODES = ["beforeRequest", "afterRequest", "beforeAnswer"] as const;
const TIMEOUT_MS = 600_000;
/** Transactions that a sync cannot do without: else the counting is broken. */
const LEAST = 5;
const CLIENT = { clientId: "console", clientSecret: "small directory" };
const LAST_RUN = new Date("2026-08-10T00:00:00Z");
const STAFF_ROOM_OFF = { stateEnabled: true, schoolEnabled: true, staffroomEnabled: false };

let proxy: CuttingDatabaseProxy;
let server: OneRosterServer | undefined;
const databases: string[] = [];
beforeAll(async () => {
  proxy = await startCuttingDatabaseProxy(urlOf("postgres"));
});
afterAll(() => proxy.stop());
afterEach(async () => {
  await server?.stop();
  for (const name of databases.splice(0)) await dropTestDatabase(name);
});

type Syncing = {
  /** Past the proxy. */
  readonly db: Database;
  /** As the worker does it. @returns whether it succeeded, in our eyes and in its own */
  readonly sync: () => Promise<boolean>;
};

/** A database of its own, whose sync goes through the proxy. */
async function inCopyOf<T>(template: string, source: OneRosterServer, work: (syncing: Syncing) => Promise<T>) {
  const name = await createTestDatabase(template);
  databases.push(name);
  const url = urlOf(name);
  const proxied = new URL(proxy.url);
  proxied.pathname = `/${name}`;
  const db = openDatabase(url);
  const cuttable = openDatabase(proxied.toString());
  const jobs = new JobSender(url);
  const { pull } = createOneRosterClient({ baseUrl: source.baseUrl, tokenUrl: source.tokenUrl, ...CLIENT });
  const dependencies: SyncDependencies = {
    ...{ db: cuttable, pull, serviceId: DEMO_SERVICE_ID, subject: "sourcedId", serverName: "localhost" },
    onSchoolChanged: (tx, change) => queueSchool(tx, jobs, change),
    onSchoolsSwitched: (tx, ids) => queueSchools(tx, jobs, ids),
    onPeopleLeft: (tx, ids) => queueLeavers(tx, jobs, ids),
  };
  async function sync(): Promise<boolean> {
    try {
      const full = await isFullSyncDue(db, new Date());
      return (await runSyncJob(dependencies, { full, requestedBy: null })) === null;
    } catch {
      return false;
    }
  }
  try {
    return { name, result: await work({ db, sync }) };
  } finally {
    await jobs.stop();
    await Promise.all([db.$disconnect(), cuttable.$disconnect()]);
  }
}

/** Everything that a sync is for, without times and numbers that each attempt has of its own. */
async function contentOf(db: Database): Promise<unknown> {
  return await db.$queryRaw`
    SELECT
      (SELECT json_agg(r ORDER BY id) FROM (SELECT id, name, enabled_services, service_enabled, current_version,
        left_at IS NULL AS here, first_synced_at IS NULL AS never FROM school) r) AS schools,
      (SELECT json_agg(r ORDER BY id) FROM (SELECT id, source, display_name, username, subject, localpart, enabled,
        left_at IS NULL AS here, account_state FROM person) r) AS people,
      (SELECT json_agg(r ORDER BY person_id, role) FROM (SELECT person_id, school_id, role,
        since < '2001-01-01' AS is_old FROM affiliation) r) AS affiliations,
      (SELECT json_agg(r ORDER BY id) FROM (SELECT id, title, kind, left_at IS NULL AS here FROM school_group) r) AS groups,
      (SELECT json_agg(r ORDER BY group_id, person_id) FROM (SELECT group_id, person_id, role FROM group_member) r) AS members,
      (SELECT json_agg(r ORDER BY alias) FROM (SELECT alias, kind, group_id FROM managed_room) r) AS rooms,
      (SELECT json_agg(r ORDER BY person_id) FROM (SELECT person_id, school_id FROM school_departure) r) AS departures,
      (SELECT json_agg(r ORDER BY r::text) FROM (SELECT person_id, school_id, role_mask, sort_name FROM address_entry) r) AS entries,
      (SELECT json_agg(r ORDER BY r::text) FROM (SELECT school_id, number FROM policy_version) r) AS versions,
      (SELECT json_agg(r ORDER BY r::text) FROM (SELECT name, singleton_key, state FROM pgboss.job) r) AS jobs,
      (SELECT count(*)::int FROM sync_run WHERE outcome = 'running') AS unfinished,
      (SELECT count(*)::int FROM sync_staged_user) AS staged`;
}

/** Without what a run writes at its beginning and its end about itself. */
async function storedContentOf(db: Database): Promise<unknown> {
  const rows = await contentOf(db);
  return Array.isArray(rows) ? rows.map((row: object) => ({ ...row, unfinished: 0, staged: 0 })) : rows;
}

/** Of people, classes and memberships: the list of schools is a page of its own. A whole run, where one is due, asks no cursor. */
async function cursorsInUse(db: Database): Promise<string> {
  if (await isFullSyncDue(db, new Date())) return "";
  const cursors = await db.syncCursor.findMany({ where: { scope: { not: SCHOOL_LIST } }, orderBy: { scope: "asc" } });
  return cursors.map(({ scope, cursorAt }) => `${scope} ${cursorAt.toISOString()}`).join();
}

/** Counts the transactions of a sync, then cuts each of them in each way, in a database of its own. */
async function expectSameEnd(source: OneRosterServer, template: string): Promise<void> {
  const { result: whole } = await inCopyOf(template, source, async ({ db, sync }) => {
    proxy.reset();
    expect(await sync()).toBe(true);
    return { commits: proxy.commits().length, content: await contentOf(db), stored: await storedContentOf(db) };
  });
  expect(whole.commits).toBeGreaterThanOrEqual(LEAST);
  for (const mode of MODES) {
    for (let at = 1; at <= whole.commits; at += 1) {
      await inCopyOf(template, source, async ({ db, sync }) => {
        const before = await cursorsInUse(db);
        proxy.reset();
        proxy.cutOnce(mode, at);
        await sync();
        expect(proxy.hasCut()).toBe(true);
        const cut = `${mode} at transaction ${String(at)}`;
        if ((await cursorsInUse(db)) !== before) {
          expect(await storedContentOf(db), `stored before the cursor: ${cut}`).toEqual(whole.stored);
        }
        expect(await sync(), `the next attempt: ${cut}`).toBe(true);
        expect(await contentOf(db), cut).toEqual(whole.content);
      });
    }
  }
}

/** Synced once, switched on, and everything done that followed from it. */
async function prepare(source: OneRosterServer, { isFullDue = false } = {}): Promise<string> {
  const { name } = await inCopyOf(TEMPLATE, source, async ({ db, sync }) => {
    expect(await sync()).toBe(true);
    await db.school.update({ where: { id: SCHOOL }, data: STAFF_ROOM_OFF });
    expect(await sync()).toBe(true);
    await db.$executeRaw`DELETE FROM pgboss.job`;
    await db.$executeRaw`
      UPDATE person SET account_state = 'active', account_display_name = display_name, account_synced_at = now()`;
    await db.$executeRaw`
      UPDATE managed_room SET room_id = '!' || alias, name = school_group.title, synced_at = now()
      FROM school_group WHERE school_group.id = managed_room.group_id`;
    await db.syncCursor.updateMany({ data: { cursorAt: LAST_RUN } });
    if (isFullDue) await db.syncRun.updateMany({ data: { startedAt: LAST_RUN } });
  });
  return name;
}

/** Somebody new, somebody gone, a name, a class, and who is in it. */
function change({ directory }: OneRosterServer, small: SmallDirectory): void {
  directory.renamePerson(small.pupil, { familyName: "Groß" });
  directory.removePerson(small.colleague);
  const roles = [{ org: SCHOOL, role: "student" as const }];
  const added = directory.addPerson({ username: "neu", givenName: "Nele", familyName: "Neu", roles });
  directory.renameClass(small.class7b, "8b");
  directory.enroll(directory.addClass(SCHOOL, "9c").sourcedId, added.sourcedId, "student");
  directory.unenroll(small.class7a, small.classmate);
}

async function startSource(options: Partial<OneRosterServerOptions> = {}) {
  const small = buildSmallDirectory();
  server = await startOneRosterServer({ port: 0, directory: small.directory, ...CLIENT, ...options });
  return { source: server, small };
}

describe("cut off from the database at the end of each of its transactions", () => {
  test(
    "the first sync of a school",
    async () => {
      const { source } = await startSource();
      await expectSameEnd(source, TEMPLATE);
    },
    TIMEOUT_MS,
  );

  test.each(["everywhere", "perSchool"] as const)(
    "a sync of changes alone, by filters %s",
    async (filters) => {
      const { source, small } = await startSource({ filters });
      const template = await prepare(source);
      change(source, small);
      await expectSameEnd(source, template);
    },
    TIMEOUT_MS,
  );

  test(
    "a whole sync that finds changes",
    async () => {
      const { source, small } = await startSource();
      const template = await prepare(source, { isFullDue: true });
      change(source, small);
      source.directory.purge(); // what is gone is only missing
      await expectSameEnd(source, template);
    },
    TIMEOUT_MS,
  );
});
