import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeCells, type MatrixCells } from "./cells.ts";
import { countingCells, decidingCell, groupReach, mayContact, mayOpenRooms } from "./contact.ts";
import { addableGroups, canContact, counts, ROLE_SETS } from "./oracle.ts";
import { CELLS, GROUPS, ROLES, type Cell, type Role } from "./roles.ts";

const only = (...on: readonly (readonly [Role, Cell["to"]])[]): MatrixCells =>
  encodeCells((cell) => ({ allowed: on.some(([from, to]) => cell.from === from && cell.to === to), origin: "school" }));
const NOTHING = only();
const EVERYTHING = encodeCells(() => ({ allowed: true, origin: "school" }));
const roles = (...held: readonly Role[]) => new Set(held);

describe("several roles: union under a ceiling (design §4.3), for all pairs of role sets up to three roles", () => {
  test("there are 92 sets", () => {
    expect(new Set(ROLE_SETS.map((set) => set.join())).size).toBe(92);
  });

  test.each(ROLE_SETS.map((set) => [set.join("+"), set] as const))("%s and everybody", (_, actor) => {
    for (const other of ROLE_SETS) {
      const expected = actor
        .flatMap((from) => other.map((to): Cell => ({ from, to })))
        .filter((cell) => counts(actor, other, cell));
      const actual = countingCells(roles(...actor), roles(...other));
      expect(new Set(actual.map(({ from, to }) => `${from}>${to}`)), `${actor.join("+")} → ${other.join("+")}`).toEqual(
        new Set(expected.map(({ from, to }) => `${from}>${to}`)),
      );
    }
  });

  test("one open cell permits exactly the pairs in which it counts", () => {
    const sets = ROLE_SETS.map((list) => ({ list, set: roles(...list) }));
    const wrong: string[] = [];
    for (const cell of CELLS) {
      const cells = only([cell.from, cell.to]);
      for (const actor of sets) {
        for (const other of sets) {
          if (mayContact(cells, actor.set, other.set) !== canContact(cells, actor.list, other.list)) {
            wrong.push(`${cell.from}>${cell.to}: ${actor.list.join("+")} → ${other.list.join("+")}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  test("random matrices permit what the open cells together permit", () => {
    const matrix = fc
      .array(fc.boolean(), { minLength: 72, maxLength: 72 })
      .map((on) => encodeCells((cell) => ({ allowed: on[CELLS.indexOf(cell)] === true, origin: "school" })));
    const set = fc.constantFrom(...ROLE_SETS);
    fc.assert(
      fc.property(matrix, set, set, (cells, actor, other) => {
        expect(mayContact(cells, roles(...actor), roles(...other))).toBe(canContact(cells, actor, other));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("the ceiling in examples that a school would ask about", () => {
  test.each<[string, Role[], Role[], MatrixCells, boolean]>([
    [
      "a pupil who helps in the secretariat does not reach pupils by that",
      ["student", "secretariat"],
      ["student"],
      only(["secretariat", "student"]),
      false,
    ],
    [
      "two pupils, one of them on the parents' council",
      ["student", "parentsCouncil"],
      ["student"],
      only(["parentsCouncil", "student"]),
      false,
    ],
    [
      "two pupils where pupils may",
      ["student", "parentsCouncil"],
      ["student", "guardian"],
      only(["student", "student"]),
      true,
    ],
    [
      "a guardian does not reach a pupil as a guardian",
      ["guardian"],
      ["student", "guardian"],
      only(["guardian", "guardian"]),
      false,
    ],
    [
      "a guardian reaches a pupil where guardians may",
      ["guardian"],
      ["student", "guardian"],
      only(["guardian", "student"]),
      true,
    ],
    [
      "a teacher reaches an adult pupil who is a guardian too",
      ["teacher"],
      ["student", "guardian"],
      only(["teacher", "guardian"]),
      true,
    ],
    [
      "a pupil does not reach guardians as a guardian",
      ["student", "guardian"],
      ["guardian"],
      only(["guardian", "guardian"]),
      false,
    ],
    [
      "a pupil reaches a teacher as a guardian",
      ["student", "guardian"],
      ["teacher"],
      only(["guardian", "teacher"]),
      true,
    ],
    [
      "a teacher who is a guardian reaches a pupil by either role",
      ["teacher", "guardian"],
      ["student"],
      only(["guardian", "student"]),
      true,
    ],
    ["directed: an answer is another question", ["student"], ["teacher"], only(["teacher", "student"]), false],
  ])("%s", (_, actor, other, cells, allowed) => {
    expect(mayContact(cells, roles(...actor), roles(...other))).toBe(allowed);
  });
});

test("who has no role at the school contacts nobody and is contacted by nobody", () => {
  for (const list of ROLE_SETS) {
    expect(mayContact(EVERYTHING, roles(), roles(...list))).toBe(false);
    expect(mayContact(EVERYTHING, roles(...list), roles())).toBe(false);
  }
});

test("a matrix with nothing on permits nothing", () => {
  for (const actor of ROLE_SETS)
    for (const other of ROLE_SETS) expect(mayContact(NOTHING, roles(...actor), roles(...other))).toBe(false);
});

test("the deciding cell is the first open one in the matrix' order, however the roles were read", () => {
  const cells = only(["secretariat", "guardian"], ["teacher", "guardian"], ["teacher", "teacher"]);
  for (const actor of [
    ["secretariat", "teacher"],
    ["teacher", "secretariat"],
  ] as const) {
    expect(decidingCell(cells, roles(...actor), roles("guardian", "teacher"))).toEqual({
      from: "teacher",
      to: "teacher",
    });
  }
});

test("the column of groups never permits to contact a person", () => {
  for (const role of ROLES) expect(mayContact(only([role, GROUPS]), roles(role), roles(...ROLES))).toBe(false);
});

test("staff reach every group, others their own, nobody any while the cell is off (design §4.5)", () => {
  const groups = 3;
  const person = { groups: [1] };
  const size = { every: [0, 1, 2], own: [1], none: [] };
  const masks = ROLES.map((role) => only([role, GROUPS]));
  for (const cells of [NOTHING, EVERYTHING, ...masks]) {
    for (const list of ROLE_SETS) {
      expect(size[groupReach(cells, roles(...list))], list.join("+")).toEqual(
        addableGroups(cells, { ...person, roles: list }, groups),
      );
    }
  }
});

describe("who may open a room at all", () => {
  test("staff, also while every cell of theirs is off", () => {
    for (const role of ["teacher", "schoolManagement", "secretariat", "socialWork", "orgAdmin"] as const)
      expect(mayOpenRooms(NOTHING, roles(role))).toBe(true);
  });
  test.each(["student", "guardian", "parentsCouncil"] as const)(
    "%s only with a role cell on; groups are none",
    (role) => {
      expect(mayOpenRooms(NOTHING, roles(role))).toBe(false);
      expect(mayOpenRooms(only([role, GROUPS]), roles(role))).toBe(false);
      for (const to of ROLES) expect(mayOpenRooms(only([role, to]), roles(role))).toBe(true);
    },
  );
  test("nobody without a role", () => {
    expect(mayOpenRooms(EVERYTHING, roles())).toBe(false);
  });
});
