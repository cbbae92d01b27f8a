// Guarantee: while Synapse is away jobs wait without using up their retries; when it is back they are done in their order,
// with no more at once than the homeserver's budget allows, and a Synapse that says "too many" is given the time it asks for.
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { JobSender } from "#lib/jobs/boss.ts";
import { queues } from "#lib/jobs/queues.ts";
import { matrixUserId, roomId } from "#lib/ids/ids.ts";
import { connectMatrix } from "#lib/matrix/connection.ts";
import { synapseRooms } from "#lib/matrix/rooms.ts";
import { addClass } from "#test/keeper.ts";
import { comingsInto } from "#test/comings.ts";
import { startCuttingProxy, type CuttingProxy, type ProxiedCall } from "#test/cutting-proxy.ts";
import { addPerson, addSchool } from "#test/school.ts";
import { startTestSystem, type TestSystem } from "#test/system.ts";
import { until } from "#test/until.ts";
import { startWorkerProcess, type WorkerProcess } from "#test/worker-process.ts";

const SCHOOL = "DE-RP-SN-62001";
const CLASSES = ["7a", "7b", "7c"];
const BUDGET = 3;
const TIMEOUT_MS = 240_000;
const WAIT_MS = 90_000;
const OF_SYNAPSE = ["provision-account", "provision-room"];
const jobRows = z.array(z.object({ name: z.string(), retry_count: z.number(), created: z.boolean() }));

let system: TestSystem;
let proxy: CuttingProxy;
let jobs: JobSender;
let worker: WorkerProcess;

beforeAll(async () => {
  system = await startTestSystem({ defences: "on" });
  proxy = await startCuttingProxy(system.synapseUrl);
  jobs = new JobSender(system.database.url);
  const { db } = system.database;
  await addSchool(db, SCHOOL);
  await db.school.update({ where: { id: SCHOOL }, data: { staffroomEnabled: false } });
  for (const id of CLASSES) {
    await addPerson(db, { id: `t${id}`, roles: { [SCHOOL]: ["teacher"] } });
    await addPerson(db, { id: `p${id}`, roles: { [SCHOOL]: ["student"] } });
    await addClass(db, { id, schoolId: SCHOOL, teachers: [`t${id}`], pupils: [`p${id}`] });
  }
  worker = startWorkerProcess(system, {
    synapseUrl: proxy.baseUrl,
    environment: { SYNAPSE_PARALLEL_REQUESTS: String(BUDGET) },
  });
}, TIMEOUT_MS);
afterAll(async () => {
  await worker.stop();
  await jobs.stop();
  await proxy.stop();
  await system.stop();
});

async function waiting() {
  const rows: unknown = await system.database.db.$queryRaw`
    SELECT name, retry_count::int, state = 'created' AS created FROM pgboss.job
    WHERE state < 'completed' AND name = ANY(${OF_SYNAPSE}::text[])`;
  return jobRows.parse(rows);
}
const provision = () =>
  system.database.db.$transaction((tx) => jobs.send(tx, "provision-school", { schoolId: SCHOOL }, SCHOOL));
const state = async () => (await system.database.db.serviceState.findUnique({ where: { name: "synapse" } }))?.reachable;
const roomCount = () => system.database.db.managedRoom.count({ where: { schoolId: SCHOOL, syncedAt: { not: null } } });
const isDone = async () => (await roomCount()) === 2 * CLASSES.length && (await waiting()).length === 0;
const userOf = (id: string) => matrixUserId(`u-${id}`, system.serverName);
const roomOf = async (alias: string) =>
  roomId((await system.database.db.managedRoom.findUniqueOrThrow({ where: { alias } })).roomId ?? "");

/** Makes everything that the queue has written down look older. */
async function hoursPass(hours: number): Promise<void> {
  await system.database.db.$executeRaw`
    UPDATE pgboss.job SET created_on = created_on - make_interval(hours => ${hours}::int),
      start_after = start_after - make_interval(hours => ${hours}::int),
      keep_until = keep_until - make_interval(hours => ${hours}::int)`;
}

/** The room that a call is about, if it changes it. */
function roomOfCall({ method, path }: ProxiedCall): string | undefined {
  return method === "GET" ? undefined : /(?:rooms|join)\/([^/?]+)/.exec(path)?.[1];
}

test(
  "away for hours: everything waits, and is done once Synapse is back",
  async () => {
    await until(state, "the worker sees Synapse", WAIT_MS);
    proxy.setAway(true);
    await until(async () => (await state()) === false, "the worker sees that Synapse is away", WAIT_MS);
    await provision();
    await until(async () => (await waiting()).length === 2 * CLASSES.length * 2, "jobs are queued", WAIT_MS);
    await hoursPass(9);
    await until(async () => (await state()) === false, "the worker looks again", WAIT_MS);
    expect((await waiting()).map((job) => [job.retry_count, job.created])).toEqual(
      Array.from({ length: 2 * CLASSES.length * 2 }, () => [0, true]),
    );

    proxy.reset();
    proxy.setAway(false);
    await until(isDone, "everything is done", WAIT_MS);
    // the budget counts what is asked for the jobs; one look whether Synapse is well may come on top
    expect(proxy.mostParallel()).toBeLessThanOrEqual(BUDGET + 1);
    expect(proxy.mostParallel(roomOfCall)).toBe(1);
    for (const id of CLASSES) {
      for (const alias of [`${SCHOOL}--${id}`, `${SCHOOL}--${id}--chat`]) {
        const once = [system.provisioner.userId, userOf(`t${id}`), userOf(`p${id}`)].map((who) => [who, 1]);
        expect([...(await comingsInto(system, await roomOf(alias)))].sort()).toEqual(once.sort());
      }
    }
  },
  TIMEOUT_MS,
);

test(
  "what happens meanwhile in one room is done in its order, and only its last state",
  async () => {
    const { db } = system.database;
    proxy.setAway(true);
    await until(async () => (await state()) === false, "the worker sees that Synapse is away", WAIT_MS);
    for (const title of ["8a", "9a", "10a"]) {
      await db.group.update({ where: { id: "7a" }, data: { title } });
      await provision();
      await until(async () => (await waiting()).length > 0, "the change is queued", WAIT_MS);
    }
    expect((await waiting()).length).toBe(2);
    proxy.reset();
    proxy.setAway(false);
    await until(async () => (await waiting()).length === 0, "everything is done", WAIT_MS);
    const names = proxy.calls.filter(({ method, path }) => method === "PUT" && path.includes("/state/m.room.name"));
    expect(names.map(({ body }) => JSON.parse(body) as unknown)).toEqual([{ name: "10a" }, { name: "10a" }]);
    const rooms = synapseRooms(
      connectMatrix({ baseUrl: system.synapseUrl, accessToken: system.provisioner.accessToken }),
    );
    expect(await rooms.nameOf(await roomOf(`${SCHOOL}--7a--chat`))).toBe("10a");
  },
  TIMEOUT_MS,
);

test("a job that Synapse answers with errors is tried again for longer than half an hour, ever more slowly", () => {
  for (const name of ["provision-account", "provision-room", "leave-rooms", "freeze-room"] as const) {
    const { retryLimit, retryDelay, retryDelayMax, retryBackoff } = queues[name].options;
    expect(retryBackoff).toBe(true);
    // pg-boss waits at least half of the doubled delay
    const delays = Array.from({ length: retryLimit }, (_, n) => Math.min(retryDelayMax, retryDelay * 2 ** n) / 2);
    expect(delays.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(1_800);
  }
});
