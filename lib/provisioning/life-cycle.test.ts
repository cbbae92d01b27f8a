// Guarantee: what begins to end is read-only at once, is closed when its period is over, and reopens if it goes on.
import { describe, expect, test } from "vitest";
import {
  desiredMode,
  endedGroupClosesAt,
  eraseDueAt,
  erasedIfLeftBy,
  openMode,
  schoolYearEnd,
  type RoomLife,
} from "./life-cycle.ts";

const day = (text: string): Date => new Date(`${text}T12:00:00Z`);
const life: RoomLife = {
  kind: "channel",
  twoWay: false,
  isServed: true,
  unservedSince: null,
  groupLeftAt: null,
  unwantedSince: null,
  now: day("2026-11-21"),
  gracePeriodDays: 30,
};

test.each([
  ["2026-11-21", "2027-07-31"],
  ["2027-07-30", "2027-07-31"],
  ["2027-08-01", "2028-07-31"],
])("the school year of %s ends on %s", (moment, end) => {
  expect(schoolYearEnd(day(moment)).toISOString().slice(0, 10)).toBe(end);
});

test.each(["2026-11-21", "2027-07-30", "2027-08-01"])("who left on %s is erased within a year of its end", (left) => {
  const limit = schoolYearEnd(day(left));
  limit.setUTCFullYear(limit.getUTCFullYear() + 1);
  expect(eraseDueAt(day(left)).getTime()).toBeLessThan(limit.getTime());
  expect(eraseDueAt(day(left)).getTime()).toBeGreaterThan(schoolYearEnd(day(left)).getTime());
});

test.each([
  "2026-07-17T00:00:00Z",
  "2026-07-17T23:59:59Z",
  "2026-07-18T00:00:00Z",
  "2026-07-31T23:59:59Z",
  "2026-08-01T00:00:00Z",
])("at %s exactly those are due whose day of erasure has come", (text) => {
  const now = new Date(text);
  const latest = erasedIfLeftBy(now);
  expect(eraseDueAt(latest).getTime()).toBeLessThanOrEqual(now.getTime());
  expect(eraseDueAt(new Date(latest.getTime() + 1)).getTime()).toBeGreaterThan(now.getTime());
});

test("the ended class stays readable to the end of the school year and the grace period", () => {
  expect(endedGroupClosesAt(day("2026-11-21"), 30).toISOString().slice(0, 10)).toBe("2027-08-30");
});

test.each([
  ["group", true, "silent"],
  ["space", true, "silent"],
  ["channel", false, "oneWay"],
  ["channel", true, "twoWay"],
  ["staffroom", false, "twoWay"],
  ["announcements", true, "oneWay"],
] as const)("an open %s, two-way %s, is %s", (kind, twoWay, mode) => {
  expect(openMode(kind, twoWay)).toBe(mode);
});

describe("a room's mode", () => {
  test.each<[string, Partial<RoomLife>, string]>([
    ["open", {}, "oneWay"],
    ["school off just now", { isServed: false, unservedSince: life.now }, "readOnly"],
    ["school off within the grace period", { isServed: false, unservedSince: day("2026-10-23") }, "readOnly"],
    ["school off for longer", { isServed: false, unservedSince: day("2026-10-21") }, "closed"],
    ["school never on", { isServed: false }, "readOnly"],
    ["class ended", { groupLeftAt: day("2026-09-01") }, "readOnly"],
    ["class ended in the last school year", { groupLeftAt: day("2026-07-20") }, "closed"],
    ["switched off", { unwantedSince: day("2026-11-01") }, "readOnly"],
    ["switched off long ago", { unwantedSince: day("2026-10-01") }, "closed"],
  ])("%s", (_name, fields, mode) => {
    expect(desiredMode({ ...life, ...fields })).toBe(mode);
  });
});
