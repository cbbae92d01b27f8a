// Guarantee: a job exists exactly if its change was committed, sees that change, and never runs beside one of its key.
import type { PgBoss } from "pg-boss";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { JobSender, startBoss } from "./boss.ts";

const QUEUE = "provision-room";
const job = { data: { alias: "S--7a" }, key: "S--7a" };

let database: TestDatabase;
let boss: PgBoss;
let sender: JobSender;
beforeAll(async () => {
  database = await startTestDatabase();
  boss = await startBoss(database.url);
  sender = new JobSender(database.url);
});
afterAll(async () => {
  await sender.stop();
  await boss.stop({ graceful: false });
  await database.stop();
});
beforeEach(() => boss.deleteAllJobs(QUEUE));

const send = (): Promise<number> => database.db.$transaction((tx) => sender.sendMany(tx, QUEUE, [job]));

test("a change that is rolled back leaves no job", async () => {
  const failing = database.db.$transaction(async (tx) => {
    await sender.sendMany(tx, QUEUE, [job]);
    throw new Error("rolled back");
  });
  await expect(failing).rejects.toThrow("rolled back");
  expect(await boss.fetch(QUEUE)).toEqual([]);
});

test("a job that waits is not queued twice, and cannot start before the second change is visible to it", async () => {
  expect(await send()).toBe(1);
  await database.db.$transaction(async (tx) => {
    expect(await sender.sendMany(tx, QUEUE, [job])).toBe(0);
    expect(await boss.fetch(QUEUE)).toEqual([]);
  });
  expect(await boss.fetch(QUEUE)).toMatchObject([{ data: job.data }]);
});

test("a change during a run gets a run of its own, after that one", async () => {
  await send();
  const [running] = await boss.fetch(QUEUE);
  expect(await send()).toBe(1);
  expect(await boss.fetch(QUEUE, { batchSize: 10 })).toEqual([]);
  if (running) await boss.complete(QUEUE, running.id);
  expect(await boss.fetch(QUEUE, { batchSize: 10 })).toHaveLength(1);
});

test("of many jobs of one key only one is taken, and other keys are not held up", async () => {
  await database.db.$transaction((tx) =>
    sender.sendMany(
      tx,
      QUEUE,
      ["S--1", "S--2", "S--1"].map((alias) => ({ data: { alias }, key: alias })),
    ),
  );
  const taken = await boss.fetch<{ alias: string }>(QUEUE, { batchSize: 10 });
  expect(taken.map(({ data }) => data.alias).sort()).toEqual(["S--1", "S--2"]);
});

test("higher priority goes first", async () => {
  await database.db.$transaction((tx) =>
    sender.sendMany(tx, QUEUE, [
      { data: { alias: "large" }, key: "large", priority: -1_300 },
      { data: { alias: "small" }, key: "small", priority: -120 },
    ]),
  );
  expect(await boss.fetch(QUEUE)).toMatchObject([{ data: { alias: "small" } }]);
});

test("a job that waits far behind goes as early as an urgent one of its key, and never later", async () => {
  const at = (key: string, priority: number) => ({ data: { alias: key }, key, priority });
  const sendAt = (...jobs: ReturnType<typeof at>[]) =>
    database.db.$transaction((tx) => sender.sendMany(tx, QUEUE, jobs));
  expect(await sendAt(at("verified", -10_000_000), at("early", 1_000), at("ordinary", -500))).toBe(3);
  expect(await sendAt(at("verified", 0), at("early", -10_000_000))).toBe(0);
  for (const alias of ["early", "verified", "ordinary"])
    expect(await boss.fetch(QUEUE)).toMatchObject([{ data: { alias } }]);
});

test("two who want the same job early at the same moment do not wait for each other, and none is forgotten", async () => {
  const at = (priority: number) => [{ ...job, priority }];
  await database.db.$transaction((tx) => sender.sendMany(tx, QUEUE, at(-10_000_000)));
  await database.db.$transaction(async (one) => {
    await one.$queryRaw`SELECT id FROM pgboss.job WHERE name = ${QUEUE} FOR SHARE`;
    expect(await database.db.$transaction((tx) => sender.sendMany(tx, QUEUE, at(0)))).toBe(1);
  });
  expect(await boss.fetch(QUEUE, { includeMetadata: true })).toMatchObject([{ priority: 0 }]);
});
