// Guarantee: rooms made by people follow their school: off is read-only, off for longer than the grace period is closed.
import { expect, test } from "vitest";
import { desiredFreeze } from "./freeze-rule.ts";

const NOW = new Date("2026-11-21T12:00:00Z");
const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * 86_400_000);

test.each([
  ["on", true, null, "writable"],
  ["never on", false, null, "readOnly"],
  ["off just now", false, NOW, "readOnly"],
  ["off within the grace period", false, daysAgo(29), "readOnly"],
  ["off for longer", false, daysAgo(30), "closed"],
] as const)("%s", (_name, isServed, unservedSince, state) => {
  expect(desiredFreeze({ isServed, unservedSince }, 30, NOW)).toBe(state);
});
