// Guarantee: however many workers there are, together they have no more requests under way than the homeserver's budget,
// a dead one's share goes to the others, and a pause that Synapse asks of one is kept by all.
import { afterEach, beforeEach, expect, test } from "vitest";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { until } from "#test/until.ts";
import { shareBudget, type SharedBudget } from "./synapse-budget.ts";

const TOTAL = 6;
const WAIT_MS = 20_000;
const PAUSE_MS = 4_000;

let database: TestDatabase;
const workers: SharedBudget[] = [];
beforeEach(async () => {
  database = await startTestDatabase();
});
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.stop();
  await database.stop();
});

function startWorker(): SharedBudget {
  const worker = shareBudget(database.db, TOTAL);
  workers.push(worker);
  return worker;
}

/** How many requests that never end a worker begins. */
function flood({ budget }: SharedBudget) {
  let begun = 0;
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const all = Array.from({ length: TOTAL }, () =>
    budget.spend(() => {
      begun += 1;
      return ended;
    }),
  );
  return {
    begun: () => begun,
    stop: async () => {
      end();
      await Promise.all(all);
    },
  };
}

test("one worker has all of it, two have half each, and who stops gives its share back", async () => {
  const one = startWorker();
  const alone = flood(one);
  await until(() => Promise.resolve(alone.begun() === TOTAL), "all of it", WAIT_MS);
  const two = startWorker();
  const second = flood(two);
  await until(() => Promise.resolve(second.begun() === TOTAL / 2), "half of it", WAIT_MS);
  await alone.stop();
  const half = flood(one);
  await until(() => Promise.resolve(half.begun() === TOTAL / 2), "half of it", WAIT_MS);
  expect(half.begun() + second.begun()).toBe(TOTAL);
  await second.stop();
  await two.stop();
  await until(() => Promise.resolve(half.begun() === TOTAL), "all of it again", WAIT_MS);
  await half.stop();
});

test("whoever has died leaves its share to the others", async () => {
  await database.db.$executeRaw`INSERT INTO synapse_client (id, seen_at) VALUES (gen_random_uuid(), now())`;
  const worker = flood(startWorker());
  await until(() => Promise.resolve(worker.begun() === TOTAL / 2), "half of it", WAIT_MS);
  await database.db.$executeRaw`UPDATE synapse_client SET seen_at = seen_at - interval '1 minute'`;
  await until(() => Promise.resolve(worker.begun() === TOTAL), "all of it", WAIT_MS);
  await worker.stop();
});

test("a pause that Synapse asks of one worker is kept by the others", async () => {
  const [one, two] = [startWorker(), startWorker()];
  const isShared = async () =>
    (await database.db.synapseClient.count({ where: { pausedUntil: { gt: new Date() } } })) > 0;
  one.budget.pause(PAUSE_MS);
  const asked = performance.now();
  await until(isShared, "the pause is told", WAIT_MS);
  const rows = await database.db.synapseClient.findMany();
  const heard = new Date();
  await until(
    async () => (await database.db.synapseClient.count({ where: { seenAt: { gt: heard } } })) === rows.length,
    "both have looked",
    WAIT_MS,
  );
  await two.budget.spend(() => Promise.resolve());
  expect(performance.now() - asked).toBeGreaterThanOrEqual(PAUSE_MS - 50);
});
