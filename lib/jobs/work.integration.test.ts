// Guarantee: of jobs that are done in lots each one is settled by itself: one that failed is tried again, and no other.
import type { PgBoss } from "pg-boss";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { until } from "#test/until.ts";
import { JobSender, startBoss } from "./boss.ts";
import { workQueueInLots } from "./work.ts";

const QUEUE = "provision-account";
const WAIT_MS = 20_000;
const jobRows = z.array(z.object({ key: z.string(), state: z.string() }));

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

async function statesByKey(): Promise<Record<string, string>> {
  const rows: unknown = await database.db.$queryRaw`
    SELECT singleton_key AS key, state::text FROM pgboss.job WHERE name = ${QUEUE} ORDER BY key`;
  return Object.fromEntries(jobRows.parse(rows).map(({ key, state }) => [key, state]));
}

test("one of a lot fails: that one waits for its retry, the others are done", async () => {
  const people = ["a", "b", "c"];
  const jobs = people.map((personId) => ({ data: { personId }, key: personId }));
  await database.db.$transaction((tx) => sender.sendMany(tx, QUEUE, jobs));
  const taken: string[][] = [];
  await workQueueInLots(boss, QUEUE, { parallelism: 1, batchSize: 10 }, (lot) => {
    taken.push(lot.map(({ personId }) => personId).sort());
    return Promise.resolve(lot.map(({ personId }) => (personId === "b" ? new Error("no") : undefined)));
  });
  const settled = { a: "completed", b: "retry", c: "completed" };
  await until(
    async () => JSON.stringify(await statesByKey()) === JSON.stringify(settled),
    "the lot is settled",
    WAIT_MS,
  );
  await database.db.$executeRaw`UPDATE pgboss.job SET start_after = now() WHERE name = ${QUEUE} AND state = 'retry'`;
  await until(() => Promise.resolve(taken.length === 2), "it is tried again", WAIT_MS);
  expect(taken).toEqual([people, ["b"]]);
});
