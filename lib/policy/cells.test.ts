import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cellState, encodeCells, isAllowed, isMatrixCells, parseCells, withCell, type CellState } from "./cells.ts";
import { CELLS } from "./roles.ts";

const stateArbitrary: fc.Arbitrary<CellState> = fc.record({
  allowed: fc.boolean(),
  origin: fc.constantFrom("default" as const, "school" as const, "lock" as const),
});
const statesArbitrary = fc.array(stateArbitrary, { minLength: CELLS.length, maxLength: CELLS.length });
const encode = (states: readonly CellState[]) =>
  encodeCells((cell) => states[CELLS.indexOf(cell)] ?? { allowed: false, origin: "lock" });

test("a stored matrix gives back the value and the origin of each of its 72 cells", () => {
  fc.assert(
    fc.property(statesArbitrary, (states) => {
      const cells = encode(states);
      expect(CELLS.map((cell) => cellState(cells, cell))).toEqual(states);
      expect(CELLS.map(({ from, to }) => isAllowed(cells, from, to))).toEqual(states.map(({ allowed }) => allowed));
    }),
  );
});

test("asking 'what if' about one cell changes no other, and no origin", () => {
  fc.assert(
    fc.property(statesArbitrary, fc.constantFrom(...CELLS), fc.boolean(), (states, asked, allowed) => {
      const cells = withCell(encode(states), asked, allowed);
      expect(CELLS.map((cell) => cellState(cells, cell))).toEqual(
        states.map((state, index) => (CELLS[index] === asked ? { ...state, allowed } : state)),
      );
    }),
  );
});

test("the order of the letters is the rows and columns of the matrix, for it is stored in every version", () => {
  const cells = parseCells(`${"d".repeat(9)}S${"d".repeat(62)}`);
  expect(CELLS.filter(({ from, to }) => isAllowed(cells, from, to))).toEqual([{ from: "student", to: "teacher" }]);
});

describe("a text that is no matrix permits nothing, because it is refused", () => {
  test.each([
    ["empty", ""],
    ["too short", "D".repeat(71)],
    ["too long", "D".repeat(73)],
    ["a foreign letter", `X${"D".repeat(71)}`],
    ["a line break at the end", `${"D".repeat(72)}\n`],
  ])("%s", (_, text) => {
    expect(isMatrixCells(text)).toBe(false);
    expect(() => parseCells(text)).toThrow(RangeError);
  });
});
