// Guarantee: a worker that is killed at whatever it has just asked of Synapse, one time after the other through a whole
// sync, loses nothing and doubles nothing.
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { JobSender } from "#lib/jobs/boss.ts";
import { matrixUserId } from "#lib/ids/ids.ts";
import { addClass } from "#test/keeper.ts";
import { comingsInto, countRooms } from "#test/comings.ts";
import { startCuttingProxy, type CuttingProxy, type ProxiedCall } from "#test/cutting-proxy.ts";
import { addPerson, addSchool } from "#test/school.ts";
import { startTestSystem, type TestSystem } from "#test/system.ts";
import { until } from "#test/until.ts";
import { startWorkerProcess, type WorkerProcess } from "#test/worker-process.ts";

const SCHOOL = "DE-RP-SN-61001";
const TIMEOUT_MS = 600_000;
const openJobs = z.tuple([z.object({ open: z.number() })]);

let system: TestSystem;
let proxy: CuttingProxy;
let jobs: JobSender;
let worker: WorkerProcess | undefined;

beforeAll(async () => {
  system = await startTestSystem({ defences: "on" });
  proxy = await startCuttingProxy(system.synapseUrl);
  jobs = new JobSender(system.database.url);
});
afterAll(async () => {
  await worker?.stop();
  await jobs.stop();
  await proxy.stop();
  await system.stop();
});

/** What the queue does with a dead worker's jobs once their heartbeat is missing, without the wait for it. */
async function takeUpAgain(): Promise<void> {
  await system.database.db.$executeRaw`
    UPDATE pgboss.job SET state = 'retry', start_after = now() WHERE state = 'active'`;
}

/** The queue's ever longer pauses between two attempts are left out too. */
async function skipPauses(): Promise<void> {
  await system.database.db.$executeRaw`
    UPDATE pgboss.job SET start_after = now(), retry_count = 1 WHERE state = 'retry' AND start_after > now()`;
}

async function isDone(): Promise<boolean> {
  await skipPauses();
  const rows: unknown = await system.database.db.$queryRaw`
    SELECT count(*)::int AS open FROM pgboss.job
    WHERE state < 'completed' AND name IN ('provision-school', 'provision-account', 'provision-room')`;
  const queued = await system.database.db.managedRoom.count({ where: { schoolId: SCHOOL } });
  return queued > 0 && openJobs.parse(rows)[0].open === 0;
}

test(
  "killed at each writing call of a whole sync",
  async () => {
    const { db } = system.database;
    await addSchool(db, SCHOOL);
    await db.school.update({ where: { id: SCHOOL }, data: { staffroomEnabled: false } });
    await addPerson(db, { id: "teacher", roles: { [SCHOOL]: ["teacher"] } });
    await addPerson(db, { id: "pupil", roles: { [SCHOOL]: ["student"] } });
    await addClass(db, { id: "7a", schoolId: SCHOOL, teachers: ["teacher"], pupils: ["pupil"] });
    const roomsBefore = await countRooms(system);
    const killedAt = new Set<string>();
    let killing: Promise<void> = Promise.resolve();
    proxy.cutOnce({
      mode: "beforeAnswer",
      at: ({ method, path, body }: ProxiedCall) => {
        const what = `${method} ${path} ${body}`;
        const isNew = method !== "GET" && !path.includes("override_ratelimit") && !killedAt.has(what);
        if (isNew) {
          killedAt.add(what);
          // Synapse still gets the call, and does it
          killing = Promise.all([killing, worker?.kill()]).then(() => undefined);
        }
        return false;
      },
    });
    await db.$transaction((tx) => jobs.send(tx, "provision-school", { schoolId: SCHOOL }, SCHOOL));
    worker = startWorkerProcess(system, { synapseUrl: proxy.baseUrl, onDeath: takeUpAgain });
    await until(isDone, "the sync comes to its end", TIMEOUT_MS - 20_000);
    await killing;

    // two accounts, two rooms to make, two people to bring into each
    expect(killedAt.size).toBeGreaterThanOrEqual(2 + 2 + 4);
    expect(worker.starts()).toBeGreaterThan(killedAt.size / 2);
    expect((await countRooms(system)) - roomsBefore).toBe(2);
    const userOf = (id: string) => matrixUserId(`u-${id}`, system.serverName);
    const bot = system.provisioner.userId;
    const rooms = await db.managedRoom.findMany({ where: { schoolId: SCHOOL }, orderBy: { kind: "asc" } });
    expect(rooms.map(({ kind }) => kind)).toEqual(["group", "channel"]);
    for (const { roomId } of rooms) {
      const once = [bot, userOf("teacher"), userOf("pupil")].map((userId) => [userId, 1]);
      expect([...(await comingsInto(system, roomId ?? ""))].sort()).toEqual(once.sort());
    }
    expect(await db.person.count({ where: { accountState: "active" } })).toBe(2);
  },
  TIMEOUT_MS,
);
