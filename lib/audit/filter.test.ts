// What stands in the address becomes a filter, nonsense is said and left out, and days are those of the schools' clocks.
import { describe, expect, test } from "vitest";
import { filterQuery, isFiltered, parseFilter, parseSequence, periodOf } from "./filter.ts";

describe("parseFilter", () => {
  test("reads every field, and writes it back the same", () => {
    const query = "type=policyChanged&person=Anna+Berger&outcome=refused&from=2026-11-01&to=2026-11-21&id=K7QW2";
    const { filter, isBroken } = parseFilter(Object.fromEntries(new URLSearchParams(query)));
    expect(isBroken).toBe(false);
    expect(filterQuery(filter)).toBe(query);
  });

  test("empty fields of a form are no filter", () => {
    const { filter, isBroken } = parseFilter({ type: "", person: "", from: "" });
    expect(isFiltered(filter)).toBe(false);
    expect(isBroken).toBe(false);
  });

  test.each([
    { type: "somethingElse" },
    { outcome: "maybe" },
    { from: "21.11.2026" },
    { to: "2026-02-30" },
    { person: ["a", "b"] },
    { person: "x".repeat(81) },
  ])("says that %o cannot be read, and keeps the rest", (parameters) => {
    const { filter, isBroken } = parseFilter({ ...parameters, id: "k7qw2" });
    expect(isBroken).toBe(true);
    expect(filter).toEqual({ id: "K7QW2" });
  });
});

test.each([
  ["2026-11-21", "2026-11-20T23:00:00.000Z", "2026-11-21T23:00:00.000Z"],
  ["2026-07-01", "2026-06-30T22:00:00.000Z", "2026-07-01T22:00:00.000Z"],
  // the days on which the clock changes have 23 and 25 hours
  ["2026-03-29", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"],
  ["2026-10-25", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"],
])("%s is a whole day", (day, from, before) => {
  expect(periodOf({ from: day, to: day })).toEqual({ from: new Date(from), before: new Date(before) });
});

test.each(["0", "-1", "1.5", "1e3", "99999999999", "", undefined, ["1"]])("%o is no number of an entry", (text) => {
  expect(parseSequence(text)).toBeUndefined();
});
