// One address's flood does not take anybody else's share.
import { expect, test } from "vitest";
import { AddressLimit } from "./address-limit.ts";

test("an address has its share of each minute, and only its own", () => {
  const limit = new AddressLimit(2);
  const start = 120_000;
  expect([1, 2, 3].map(() => limit.admits("a", start))).toEqual([true, true, false]);
  expect(limit.admits("b", start + 1)).toBe(true);
  expect(limit.admits("a", start + 59_999)).toBe(false);
  expect(limit.admits("a", start + 60_000)).toBe(true);
});
