import { describe, expect, test } from "vitest";
import { CELLS, cellKey, hasStaffRole, isStaff, parseCellKey, ROLES, TARGETS } from "./roles.ts";

test("the matrix has 8 rows, 9 columns and each of the 72 cells once", () => {
  expect(ROLES).toHaveLength(8);
  expect(TARGETS).toEqual([...ROLES, "groups"]);
  expect(new Set(CELLS.map(cellKey)).size).toBe(72);
});

test("a cell is found again by its name", () => {
  for (const cell of CELLS) expect(parseCellKey(cellKey(cell))).toEqual(cell);
});

test.each([
  "",
  ">",
  "student",
  "student>",
  ">student",
  "groups>student",
  "student>student>student",
  "Student>student",
  " student>student",
  "student>support",
  "toString>student",
  "student>constructor",
  "student->student",
])("a name that is no cell is refused: %j", (key) => {
  expect(parseCellKey(key)).toBeUndefined();
});

describe("pupils, guardians and the parents' council are not staff, everybody else is", () => {
  test.each(ROLES.map((role) => [role, !["student", "guardian", "parentsCouncil"].includes(role)] as const))(
    "%s: %s",
    (role, staff) => {
      expect(isStaff(role)).toBe(staff);
      expect(hasStaffRole(["student", role])).toBe(staff);
    },
  );
  test("nobody without a role is staff", () => {
    expect(hasStaffRole([])).toBe(false);
  });
});
