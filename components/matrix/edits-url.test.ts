// A change written into an address is read back as the same change, and a broken address is never half a change.
import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { CELLS, cellKey } from "#lib/policy/roles.ts";
import { parseChangeQuery } from "./edits-query.ts";
import { editList, summaryPath } from "./edits-url.ts";

const readBack = (path: string) =>
  parseChangeQuery(Object.fromEntries(new URL(path, "http://localhost").searchParams.entries()));

test("is readable", () => {
  expect(summaryPath("DE-RP-SN-1", 3, { "student>student": true, "teacher>groups": false })).toBe(
    "/schools/DE-RP-SN-1/matrix/summary?base=3&on=student.student&off=teacher.groups",
  );
});

test("every change comes back whole", () => {
  const edits = fc.dictionary(fc.constantFrom(...CELLS.map(cellKey)), fc.boolean(), { minKeys: 1 });
  fc.assert(
    fc.property(edits, fc.integer({ min: 1, max: 1_000_000 }), (change, base) => {
      const read = readBack(summaryPath("A", base, change));
      const again = read?.edits.map(({ cell, allowed }) => [cellKey(cell), allowed]);
      expect(read?.baseVersion).toBe(base);
      expect(new Map(again as [string, boolean][])).toEqual(
        new Map(editList(change).map(({ key, allowed }) => [key, allowed])),
      );
    }),
  );
});

describe("a broken address is refused", () => {
  test.each([
    {},
    { base: "3" },
    { on: "student.student" },
    { base: "0", on: "student.student" },
    { base: "-1", on: "student.student" },
    { base: "3.5", on: "student.student" },
    { base: "99999999999", on: "student.student" },
    { base: "3", on: "student.nobody" },
    { base: "3", on: "groups.student" },
    { base: "3", on: "student.student," },
    { base: "3", on: "student>student", off: "x" },
    { base: "3", on: "student.student", off: "student.student" },
    { base: "3", on: "student.student,student.student" },
    { base: ["3", "4"], on: "student.student" },
    { base: "3", on: ["student.student"] },
  ])("%o", (parameters) => {
    expect(parseChangeQuery(parameters)).toBeUndefined();
  });
});
