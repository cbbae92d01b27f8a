// Guarantee: the shares of all living workers together are no more than the budget, as long as there is one for each.
import { expect, test } from "vitest";
import { shareOf } from "./synapse-budget.ts";

test.each([
  [1, 16],
  [2, 8],
  [3, 5],
  [16, 1],
  [40, 1],
])("of %i workers each has %i of 16", (living, share) => {
  expect(shareOf(16, living)).toBe(share);
});
