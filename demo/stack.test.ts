import { expect, test } from "vitest";
import { Stack } from "./stack.ts";

test("parts stop in reverse order, and one that fails or hangs holds up none", async () => {
  const stack = new Stack(20);
  const order: string[] = [];
  stack.push("database", () => {
    order.push("database");
    return Promise.resolve();
  });
  stack.push("hangs", () => new Promise(() => undefined));
  stack.push("fails", () => Promise.reject(new Error("broken")));
  stack.push("web", () => {
    order.push("web");
    return Promise.resolve();
  });
  expect(await stack.stop()).toEqual(["fails did not stop: broken", "hangs did not stop: no answer within 0.02 s"]);
  expect(order).toEqual(["web", "database"]);
});
