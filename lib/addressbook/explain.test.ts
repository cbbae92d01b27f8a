// Guarantee: the explanation never says otherwise than the rule, and names the cell that decides.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canContact, ROLE_SETS } from "#lib/policy/oracle.ts";
import { encodeCells, isAllowed, parseCells } from "#lib/policy/cells.ts";
import { cellKey, CELLS, GROUPS, type CellKey, type Role } from "#lib/policy/roles.ts";
import { explainContact, type Side, type Verdict } from "./explain.ts";

const side = (id: string, roles: readonly Role[], more: Partial<Side> = {}): Side => ({
  id,
  roles: new Set(roles),
  isLocked: false,
  isProtected: false,
  ...more,
});
const open = (...keys: readonly CellKey[]) =>
  encodeCells((cell) => ({ allowed: keys.includes(cellKey(cell)), origin: "school" }));

test("allowed is what the plain rule allows, by a cell that is on", () => {
  const anyCells = fc
    .array(fc.boolean(), { minLength: CELLS.length, maxLength: CELLS.length })
    .map((letters) => parseCells(letters.map((on) => (on ? "S" : "s")).join("")));
  const roles = fc.constantFrom(...ROLE_SETS);
  fc.assert(
    fc.property(anyCells, roles, roles, (cells, actor, other) => {
      const explained = explainContact({ isOn: true, cells }, side("a", actor), side("b", other), false);
      expect(explained.verdict === "allowed").toBe(canContact(cells, actor, other));
      if (explained.verdict !== "allowed") return;
      const { deciding } = explained;
      expect(deciding !== null && deciding.to !== GROUPS && isAllowed(cells, deciding.from, deciding.to)).toBe(true);
    }),
  );
});

describe("the reason that is told", () => {
  const cells = open("teacher>student", "student>teacher");
  const on = { isOn: true, cells };
  const cases: readonly (readonly [Verdict, boolean, Side, Side, boolean])[] = [
    ["allowed", true, side("a", ["teacher"]), side("b", ["student"]), false],
    ["closed", true, side("a", ["student"]), side("b", ["student"]), false],
    ["schoolOff", false, side("a", ["teacher"]), side("b", ["student"]), false],
    ["samePerson", true, side("a", ["teacher"]), side("a", ["teacher"]), false],
    ["notAtSchool", true, side("a", []), side("b", ["teacher"]), false],
    ["actorLocked", true, side("a", ["teacher"], { isLocked: true }), side("b", ["student"]), false],
    ["otherLocked", true, side("a", ["teacher"]), side("b", ["student"], { isLocked: true }), false],
    ["protected", true, side("a", ["teacher"]), side("b", ["student"], { isProtected: true }), false],
    ["allowed", true, side("a", ["teacher"]), side("b", ["student"], { isProtected: true }), true],
    ["protected", true, side("a", ["student"]), side("b", ["teacher"], { isProtected: true }), true],
    ["allowed", true, side("a", ["teacher", "orgAdmin"]), side("b", ["student"], { isProtected: true }), false],
  ];
  test.each(cases)("%s", (verdict, isOn, actor, other, sharesGroup) => {
    expect(explainContact({ ...on, isOn }, actor, other, sharesGroup).verdict).toBe(verdict);
  });
});

test.each([
  [["student", "guardian"], ["student"], "bothStudents"],
  [["guardian"], ["student", "parentsCouncil"], "otherStudent"],
  [["student", "guardian"], ["guardian"], "actorStudent"],
  [["teacher"], ["student", "guardian"], null],
  [["student"], ["student"], null],
] as const)("the ceiling of %j to %j is %s", (actor, other, ceiling) => {
  expect(explainContact({ isOn: true, cells: open() }, side("a", actor), side("b", other), false).ceiling).toBe(
    ceiling,
  );
});
