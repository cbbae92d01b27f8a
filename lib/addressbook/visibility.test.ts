// Guarantee: a list shows exactly those whom the policy lets contact, in the folders whose cell is on, and no more.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canContact, counts, ROLE_SETS } from "#lib/policy/oracle.ts";
import { encodeCells, isAllowed, parseCells } from "#lib/policy/cells.ts";
import { cellKey, CELLS, ROLES, type Cell, type Role } from "#lib/policy/roles.ts";
import { maskOf, rolesOf } from "./masks.ts";
import { foldersOf, pathsOf } from "./tree.ts";
import { changeOfMask, eitherOf, SEES_EVERYBODY, visibilityOf } from "./visibility.ts";

const anyCells = fc
  .array(fc.boolean(), { minLength: CELLS.length, maxLength: CELLS.length })
  .map((letters) => parseCells(letters.map((on) => (on ? "S" : "s")).join("")));
const roleSet = fc.constantFrom(...ROLE_SETS);
const only = (...open: readonly Cell[]) => {
  const keys = new Set(open.map(cellKey));
  return encodeCells((cell) => ({ allowed: keys.has(cellKey(cell)), origin: "school" }));
};
const sees = (cells: ReturnType<typeof only>, actor: readonly Role[], other: readonly Role[]) =>
  visibilityOf(cells, new Set(actor)).masks.has(maskOf(other));

test("masks and role sets are two words for the same", () => {
  for (const roles of ROLE_SETS) expect(rolesOf(maskOf(roles))).toEqual(roles);
});

test("seen is whoever may be contacted: the same as the plain rule, over all role sets", () => {
  fc.assert(
    fc.property(anyCells, roleSet, (cells, actor) => {
      const { masks } = visibilityOf(cells, new Set(actor));
      for (const other of ROLE_SETS)
        expect(masks.has(maskOf(other)), other.join()).toBe(canContact(cells, actor, other));
    }),
    { numRuns: 60 },
  );
});

test("a person stands in a folder only by a cell into that folder's column that counts and is on", () => {
  fc.assert(
    fc.property(anyCells, roleSet, roleSet, (cells, actor, other) => {
      const paths = pathsOf(maskOf(other), visibilityOf(cells, new Set(actor)));
      const expected = other.filter((to) =>
        actor.some((from) => counts(actor, other, { from, to }) && isAllowed(cells, from, to)),
      );
      expect(paths).toEqual(ROLES.filter((role) => expected.includes(role)));
    }),
  );
});

describe("who does not leak", () => {
  test("a teacher who is a guardian does not stand in the guardians' folder of a pupil", () => {
    const cells = only({ from: "student", to: "teacher" });
    const seen = visibilityOf(cells, new Set<Role>(["student"]));
    expect(pathsOf(maskOf(["teacher", "guardian"]), seen)).toEqual(["teacher"]);
  });

  test("a second role shows no pupil to a pupil", () => {
    const cells = only({ from: "guardian", to: "student" }, { from: "student", to: "guardian" });
    expect(sees(cells, ["student", "guardian"], ["student", "guardian"])).toBe(false);
  });
});

test("a draft's folders count what comes and what goes", () => {
  const before = visibilityOf(only({ from: "student", to: "teacher" }), new Set<Role>(["student"]));
  const after = visibilityOf(only({ from: "student", to: "student" }), new Set<Role>(["student"]));
  const either = eitherOf(before, after);
  expect(changeOfMask(before, after, maskOf(["teacher"]), "teacher")).toBe("removed");
  expect(changeOfMask(before, after, maskOf(["student"]), "student")).toBe("added");
  expect(either.masks.has(maskOf(["teacher"])) && either.masks.has(maskOf(["student"]))).toBe(true);
  const people = [
    { mask: maskOf(["teacher"]), people: 3 },
    { mask: maskOf(["student"]), people: 5 },
  ];
  expect(foldersOf(people, { total: 0, added: 0, removed: 0 }, before, after)).toEqual([
    { name: "teacher", total: 3, added: 0, removed: 3 },
    { name: "student", total: 5, added: 5, removed: 0 },
  ]);
});

test("administrators see everybody, in each of their folders", () => {
  expect(pathsOf(maskOf(["teacher", "guardian"]), SEES_EVERYBODY)).toEqual(["teacher", "guardian"]);
});
