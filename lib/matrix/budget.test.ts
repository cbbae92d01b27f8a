// Guarantee: never more requests at once than agreed, first come first served, and nobody begins during a pause.
import { expect, test } from "vitest";
import { requestBudget } from "./budget.ts";

test("no more than agreed at once, in the order in which they came", async () => {
  const budget = requestBudget(3);
  let running = 0;
  let most = 0;
  const order: number[] = [];
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      budget.spend(async () => {
        order.push(index);
        running += 1;
        most = Math.max(most, running);
        await Promise.resolve();
        running -= 1;
      }),
    ),
  );
  expect(most).toBe(3);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
});

test("a failed request gives its place back", async () => {
  const budget = requestBudget(1);
  await expect(budget.spend(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await budget.spend(() => Promise.resolve(7))).toBe(7);
});

test("a smaller share counts from the next request on, a larger one at once", async () => {
  const budget = requestBudget(3);
  const ends: (() => void)[] = [];
  const begin = () => budget.spend(() => new Promise<void>((end) => ends.push(end)));
  const all = Array.from({ length: 6 }, begin);
  const running = async () => {
    await Promise.resolve();
    await new Promise(setImmediate);
    return ends.length;
  };
  expect(await running()).toBe(3);
  budget.resize(1);
  for (const end of ends.splice(0, 2)) end();
  expect(await running()).toBe(1); // of the first three
  for (const end of ends.splice(0)) end();
  expect(await running()).toBe(1);
  budget.resize(3);
  expect(await running()).toBe(3);
  for (const end of ends.splice(0)) end();
  await Promise.all(all);
});

test("after a 429 everybody waits, not only whoever was told", async () => {
  const budget = requestBudget(2);
  const begun = performance.now();
  budget.pause(60);
  budget.pause(10); // a shorter one takes nothing back
  const times = await Promise.all([1, 2, 3].map(() => budget.spend(() => Promise.resolve(performance.now() - begun))));
  for (const time of times) expect(time).toBeGreaterThanOrEqual(59);
});
