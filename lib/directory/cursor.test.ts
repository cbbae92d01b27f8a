// Guarantee: a cursor is never moved past a record that was not stored, and a clock that jumps loses nothing.
import { expect, test } from "vitest";
import { cursorAfter, isUsable } from "./cursor.ts";

const clock = new Date("2026-11-21T12:00:00Z");
const problem = (reason: string, modifiedAt: string | null) => ({
  recordType: "user",
  recordId: "p",
  reason,
  modifiedAt: modifiedAt === null ? null : new Date(modifiedAt),
});

test.each([
  ["no problem", [], "2026-11-21T11:55:00.000Z"],
  ["one that waits", [problem("unknownPerson", "2026-11-21T09:00:00Z")], "2026-11-21T08:59:59.999Z"],
  [
    "the oldest of them",
    [problem("unknownPerson", "2026-11-21T09:00:00Z"), problem("unreadable: role", "2026-11-20T09:00:00Z")],
    "2026-11-20T08:59:59.999Z",
  ],
  ["one as old as the hills", [problem("unknownPerson", "2019-01-01T00:00:00Z")], "2026-11-19T11:55:00.000Z"],
  ["one without a date", [problem("unreadable: record", null)], "2026-11-21T11:55:00.000Z"],
  ["one that was stored", [problem("duplicateId", "2026-11-21T09:00:00Z")], "2026-11-21T11:55:00.000Z"],
  ["one that waiting does not help", [problem("unknownRole: x", "2026-11-21T09:00:00Z")], "2026-11-21T11:55:00.000Z"],
  ["one from the future", [problem("unknownPerson", "2027-01-01T00:00:00Z")], "2026-11-21T11:55:00.000Z"],
])("after %s", (_name, problems, expected) => {
  expect(cursorAfter(clock, problems).toISOString()).toBe(expected);
});

test("a cursor later than the source's clock is not gone by", () => {
  expect(isUsable(new Date("2026-11-21T11:55:00Z"), clock)).toBe(true);
  expect(isUsable(new Date("2026-11-21T12:00:01Z"), clock)).toBe(false);
});
