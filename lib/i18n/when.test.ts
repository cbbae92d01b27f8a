// "Today" is the schools' calendar day, not the server's.
import { describe, expect, test } from "vitest";
import { describeMoment } from "./when.ts";

const now = new Date("2026-11-21T22:30:00Z"); // 23:30 in Berlin

describe("describeMoment", () => {
  test.each([
    ["2026-11-20T23:00:00Z", "today", "00:00", "21. November"],
    ["2026-11-20T22:59:00Z", "yesterday", "23:59", "20. November"],
    ["2026-03-01T11:05:00Z", "thisYear", "12:05", "1. März"],
    ["2025-07-01T11:05:00Z", "earlier", "13:05", "1. Juli 2025"],
  ])("%s is %s at %s", (moment, nearness, time, date) => {
    expect(describeMoment(new Date(moment), now, "de")).toMatchObject({ nearness, time, date });
  });

  test("the full form names the weekday and the seconds", () => {
    const { full } = describeMoment(new Date("2026-11-21T13:05:09Z"), now, "de");
    expect(full).toContain("Samstag");
    expect(full).toContain("14:05:09");
  });
});
