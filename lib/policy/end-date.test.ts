// An opening ends at midnight by the schools' clock, in winter, in summer and across both changes of the clock.
import { describe, expect, test } from "vitest";
import { addDays, fromDay, hasEnded, isPossibleEnd, parseDay, possibleEnds, schoolDay, toDay } from "./end-date.ts";

describe("parseDay", () => {
  test.each(["2027-01-31", "2028-02-29", "1999-12-31"])("%s is a day", (text) => {
    expect(parseDay(text)).toBe(text);
  });
  test.each([
    "",
    "2027-02-29",
    "2027-02-30",
    "2027-13-01",
    "2027-00-10",
    "2027-1-1",
    "31.01.2027",
    "2027-01-31T00:00Z",
  ])("%s is none", (text) => {
    expect(parseDay(text)).toBeUndefined();
  });
});

describe("the last day is in effect until its midnight in the schools' time zone", () => {
  test.each([
    ["winter", "2027-01-31", "2027-01-31T22:59:59Z", "2027-01-31T23:00:00Z"],
    ["summer", "2027-07-31", "2027-07-31T21:59:59Z", "2027-07-31T22:00:00Z"],
    ["the day on which summer time begins", "2027-03-28", "2027-03-28T21:59:59Z", "2027-03-28T22:00:00Z"],
    ["the day on which summer time ends", "2027-10-31", "2027-10-31T22:59:59Z", "2027-10-31T23:00:00Z"],
  ] as const)("%s", (_, day, before, after) => {
    expect([hasEnded(day, new Date(before)), hasEnded(day, new Date(after))]).toEqual([false, true]);
  });
});

test("may be chosen from tomorrow on, at most 400 days ahead", () => {
  const now = new Date("2026-11-21T23:30:00Z"); // the 22nd at school
  expect(possibleEnds(now)).toEqual({ first: "2026-11-23", last: "2027-12-27" });
  expect(isPossibleEnd("2026-11-22", now)).toBe(false);
  expect(isPossibleEnd("2026-11-23", now)).toBe(true);
  expect(isPossibleEnd("2027-12-27", now)).toBe(true);
  expect(isPossibleEnd("2027-12-28", now)).toBe(false);
});

test("days and columns of type date are the same thing", () => {
  expect(toDay(fromDay("2028-02-29"))).toBe("2028-02-29");
  expect(addDays("2028-02-28", 2)).toBe("2028-03-01");
  expect(schoolDay(new Date("2026-12-31T23:00:00Z"))).toBe("2027-01-01");
});
