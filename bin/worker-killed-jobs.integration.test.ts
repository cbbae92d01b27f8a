// Guarantee: a worker that is killed once at each kind of job, from the reading of the directory to the repair of a room,
// loses nothing and doubles nothing: a school comes, people come and go, the school is switched off.
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { withClient } from "#demo/postgres.ts";
import { DEMO_SERVICE_ID } from "#demo/data/records.ts";
import { makeSecret } from "#demo/secrets.ts";
import { startOneRosterServer, type OneRosterServer } from "#demo/oneroster-server.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { SYNC_KEY, type QueueName } from "#lib/jobs/queues.ts";
import { matrixUserId } from "#lib/ids/ids.ts";
import { comingsInto, countRooms } from "#test/comings.ts";
import { startCuttingProxy, type CuttingProxy, type ProxiedCall } from "#test/cutting-proxy.ts";
import { restrictedTo } from "#test/published-client.ts";
import { joinedMembers, ownRoom, succeed } from "#test/rooms.ts";
import { buildSmallDirectory, SCHOOL, type SmallDirectory } from "#test/small-directory.ts";
import { startTestSystem, type MatrixSession, type TestSystem } from "#test/system.ts";
import { until } from "#test/until.ts";
import { startWorkerProcess, type WorkerProcess } from "#test/worker-process.ts";

const TIMEOUT_MS = 600_000;
const WAIT_MS = 240_000;
const CLIENT = { clientId: "console", clientSecret: makeSecret() };
const KILLED_AT = [
  "directory-sync",
  "provision-school",
  "provision-account",
  "provision-room",
  "follow-groups",
  "leave-rooms",
  "repair-room",
  "freeze-room",
] as const satisfies readonly QueueName[];
const jobNames = z.array(z.object({ name: z.string() }));
const openJobs = z.tuple([z.object({ open: z.number() })]);
const levelsSchema = z.looseObject({
  users: z.record(z.string(), z.number()).default({}),
  events_default: z.number().default(0),
});

let system: TestSystem;
let source: OneRosterServer;
let small: SmallDirectory;
let synapse: CuttingProxy;
let directory: CuttingProxy;
let jobs: JobSender;
let worker: WorkerProcess;
/** Jobs that ran when a worker was killed. */
const killedAt = new Set<string>();
/** Calls at which it was killed, by what they do; once each. */
const calls = new Set<string>();
let killing: Promise<void> = Promise.resolve();

beforeAll(async () => {
  system = await startTestSystem({ defences: "on" });
  small = buildSmallDirectory();
  source = await startOneRosterServer({ port: 0, directory: small.directory, ...CLIENT });
  synapse = await startCuttingProxy(system.synapseUrl);
  directory = await startCuttingProxy(source.baseUrl);
  jobs = new JobSender(system.database.url);
  killAtEach(synapse, whatCallDoes);
  killAtEach(directory, ({ path }) => (path.includes("/enrollments") ? `enrollments ${phase}` : undefined));
  worker = startWorkerProcess(system, {
    synapseUrl: synapse.baseUrl,
    environment: {
      ONEROSTER_URL: `${directory.baseUrl}${new URL(source.baseUrl).pathname}`,
      ONEROSTER_TOKEN_URL: source.tokenUrl,
      ONEROSTER_CLIENT_ID: CLIENT.clientId,
      ONEROSTER_CLIENT_SECRET: CLIENT.clientSecret,
      ONEROSTER_SERVICE_ID: DEMO_SERVICE_ID,
    },
    onDeath: takeUpAgain,
  });
}, TIMEOUT_MS);
afterAll(async () => {
  await worker.stop();
  await jobs.stop();
  await Promise.all([synapse.stop(), directory.stop()]);
  await source.stop();
  await system.stop();
});

let phase = "coming";

/** The kind of a writing call, so that of many alike one is enough; levels and kicks are of several jobs, each in rooms of its own. */
function whatCallDoes({ method, path }: ProxiedCall): string | undefined {
  if (method === "GET" || path.includes("override_ratelimit") || path.includes("known_accounts")) return undefined;
  const whole = decodeURIComponent(path);
  const isOfManyJobs = path.includes("power_levels") || path.endsWith("/kick");
  return `${method} ${isOfManyJobs ? whole : whole.replaceAll(/[!@#][^/]+/g, "…")} ${phase}`;
}

/** Whoever is asked still does it, and nobody hears the answer. */
function killAtEach(proxy: CuttingProxy, what: (call: ProxiedCall) => string | undefined): void {
  proxy.cutOnce({
    mode: "beforeAnswer",
    at: (call) => {
      const kind = what(call);
      if (kind === undefined || calls.has(kind)) return false;
      calls.add(kind);
      killing = Promise.all([killing, worker.kill()]).then(() => undefined);
      return false;
    },
  });
}

/** What the queue does with a dead worker's jobs once their heartbeat is missing, without the wait for it. */
async function takeUpAgain(): Promise<void> {
  const rows: unknown = await system.database.db.$queryRaw`
    UPDATE pgboss.job SET start_after = now(),
      state = (CASE WHEN retry_limit = 0 THEN 'failed' ELSE 'retry' END)::pgboss.job_state
    WHERE state = 'active' RETURNING name`;
  for (const { name } of jobNames.parse(rows)) killedAt.add(name);
}

/** Nothing is left to do; the queue's ever longer pauses between two attempts are left out. */
async function isDone(): Promise<boolean> {
  const { db } = system.database;
  await db.$executeRaw`
    UPDATE pgboss.job SET start_after = now(), retry_count = 1 WHERE state = 'retry' AND start_after > now()`;
  const rows: unknown = await db.$queryRaw`
    SELECT count(*)::int AS open FROM pgboss.job WHERE state < 'completed' AND name = ANY(${[...KILLED_AT]}::text[])`;
  const looks = await db.roomLook.count();
  return looks === 0 && openJobs.parse(rows)[0].open === 0;
}

/** A job without any call to kill it at: it is held at the first table that it reads. */
async function killAtHeldJob(name: QueueName, send: () => Promise<unknown>): Promise<void> {
  await withClient(system.database.url, async (client) => {
    await client.query("BEGIN");
    await client.query("LOCK TABLE managed_room IN ACCESS EXCLUSIVE MODE");
    await send();
    const isActive = async (): Promise<boolean> => {
      const { rows } = await client.query("SELECT FROM pgboss.job WHERE name = $1 AND state = 'active'", [name]);
      return rows.length > 0;
    };
    await until(isActive, `${name} runs`, WAIT_MS);
    await worker.kill();
    await client.query("ROLLBACK");
  });
}

const sync = () =>
  system.database.db.$transaction((tx) => jobs.send(tx, "directory-sync", { full: true, requestedBy: null }, SYNC_KEY));
const provisionSchool = () =>
  system.database.db.$transaction((tx) => jobs.send(tx, "provision-school", { schoolId: SCHOOL }, SCHOOL));
const userOf = (id: string) => matrixUserId(`u-${id}`, system.serverName);
const levelsOf = async (room: string) =>
  levelsSchema.parse((await succeed(system.provisioner.inRoom("GET", room, "state/m.room.power_levels/"))).body);

/** Everybody of these has come into the room once, and nobody else has come at all. */
async function expectEverybodyOnce(room: string, people: readonly string[]): Promise<void> {
  const once = [system.provisioner.userId, ...people.map(userOf)].map((userId) => [userId, 1]);
  expect([...(await comingsInto(system, room))].sort()).toEqual(once.sort());
}

async function managedRooms(): Promise<Record<string, string>> {
  const rows = await system.database.db.managedRoom.findMany({ where: { schoolId: SCHOOL } });
  return Object.fromEntries(rows.map(({ alias, roomId }) => [alias.slice(SCHOOL.length + 2), roomId ?? ""]));
}

/** Signs somebody in whose account the provisioner has made; the name is left as it is. */
const signIn = (id: string, displayName: string): Promise<MatrixSession> => system.signIn(`u-${id}`, displayName);

test(
  "a school, its people and its rooms, with the worker killed at each kind of job",
  async () => {
    const { db } = system.database;
    const { teacher, colleague, pupil, classmate, class7a, class7b } = small;
    const roomsBefore = await countRooms(system);

    await until(async () => (await db.person.count()) === 6, "the directory is read", WAIT_MS);
    const on = { stateEnabled: true, schoolEnabled: true, staffroomEnabled: false };
    await db.school.update({ where: { id: SCHOOL }, data: on });
    await killAtHeldJob("provision-school", provisionSchool);
    await until(async () => (await db.managedRoom.count()) === 4 && (await isDone()), "the school has come", WAIT_MS);
    expect((await countRooms(system)) - roomsBefore).toBe(4);
    expect(await db.person.count({ where: { accountState: "active", accountProblem: null } })).toBe(6);
    const kept = await managedRooms();
    for (const suffix of ["", "--chat"]) {
      await expectEverybodyOnce(kept[`${class7a}${suffix}`] ?? "", [teacher, pupil, classmate]);
      await expectEverybodyOnce(kept[`${class7b}${suffix}`] ?? "", [colleague]);
    }

    phase = "following";
    const colleagueSession = await signIn(colleague, "Anke Groß");
    const teacherSession = await signIn(teacher, "Jörg Kühn");
    const pupilSession = await signIn(pupil, "Mia Klein");
    const own = await ownRoom(system, colleagueSession, { members: [teacherSession, pupilSession] });
    const following = await ownRoom(system, teacherSession, { members: [colleagueSession] });
    const allowed = restrictedTo(`#${SCHOOL}--${class7a}:${system.serverName}`);
    await succeed(teacherSession.setState(following, "m.room.join_rules", allowed));
    const isFollowed = async () => (await joinedMembers(system, following)).length === 5 && (await isDone());
    await until(isFollowed, "the class is in the room", WAIT_MS);
    await expectEverybodyOnce(following, [teacher, colleague, pupil, classmate]);

    phase = "leaving";
    source.directory.removePerson(colleague);
    await sync();
    const hasLeft = async () =>
      (await db.schoolDeparture.count({ where: { settledAt: { not: null } } })) === 1 && (await isDone());
    await until(hasLeft, "the colleague has left", WAIT_MS);
    expect(await db.person.findUnique({ where: { id: colleague } })).toMatchObject({ accountState: "locked" });
    const remaining = [system.provisioner.userId, userOf(teacher), userOf(pupil)];
    expect((await joinedMembers(system, own)).sort()).toEqual(remaining.sort());
    expect((await levelsOf(own)).users).toMatchObject({ [userOf(teacher)]: 100 });
    expect(await db.schoolNotice.count({ where: { roomId: own, kind: "moderatorAppointed" } })).toBe(1);
    expect((await joinedMembers(system, kept[class7b] ?? "")).sort()).toEqual([system.provisioner.userId]);
    await expectEverybodyOnce(own, [teacher, colleague, pupil]);

    phase = "ending";
    await db.school.update({ where: { id: SCHOOL }, data: { schoolEnabled: false } });
    await provisionSchool();
    const isFrozen = async () =>
      (await db.roomFreeze.count({ where: { state: "readOnly" } })) === 2 && (await isDone());
    await until(isFrozen, "the school's rooms are read-only", WAIT_MS);
    for (const room of [own, following, kept[`${class7a}--chat`] ?? ""]) {
      expect(await levelsOf(room)).toMatchObject({ events_default: 101 });
    }
    await expectEverybodyOnce(following, [teacher, colleague, pupil, classmate]);
    expect((await countRooms(system)) - roomsBefore).toBe(4 + 2);

    await killing;
    expect([...killedAt]).toEqual(expect.arrayContaining([...KILLED_AT]));
  },
  TIMEOUT_MS,
);
