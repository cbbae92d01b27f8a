// The stored form of a matrix: 72 letters, one a cell, row by row. A letter says both the value (upper case = on) and
// where it comes from, so that a version is one short text that compares, indexes and travels as it is.
import { CELLS, ROLES, TARGETS, type Cell, type Role, type Target } from "./roles.ts";

export type Origin = "default" | "school" | "lock";
export type CellState = { readonly allowed: boolean; readonly origin: Origin };

declare const matrixCells: unique symbol;
/** 72 letters of `DdSsLl`: default, school, lock; on and off. */
export type MatrixCells = string & { readonly [matrixCells]: true };

const LETTERS: Record<Origin, { readonly on: string; readonly off: string }> = {
  default: { on: "D", off: "d" },
  school: { on: "S", off: "s" },
  lock: { on: "L", off: "l" },
};
const PATTERN = /^[DdSsLl]{72}$/;

const ROW_OF = new Map<Role, number>(ROLES.map((role, index) => [role, index]));
const COLUMN_OF = new Map<Target, number>(TARGETS.map((target, index) => [target, index]));

/** Place of a cell in the text, from 0. */
function indexOf(from: Role, to: Target): number {
  return (ROW_OF.get(from) ?? Number.NaN) * TARGETS.length + (COLUMN_OF.get(to) ?? Number.NaN);
}

export function isMatrixCells(text: string): text is MatrixCells {
  return PATTERN.test(text);
}

/** @throws {RangeError} if the text is not a matrix: a stored policy that cannot be read must never be guessed */
export function parseCells(text: string): MatrixCells {
  if (!isMatrixCells(text)) throw new RangeError("not a communication matrix: 72 letters of DdSsLl expected");
  return text;
}

export function encodeCells(stateOf: (cell: Cell) => CellState): MatrixCells {
  const letters = CELLS.map((cell) => {
    const { allowed, origin } = stateOf(cell);
    return allowed ? LETTERS[origin].on : LETTERS[origin].off;
  });
  return parseCells(letters.join(""));
}

/** The hot path of the gate: may people acting as `from` contact people with role `to`? */
export function isAllowed(cells: MatrixCells, from: Role, to: Target): boolean {
  const letter = cells[indexOf(from, to)];
  return letter === "D" || letter === "S" || letter === "L";
}

export function cellState(cells: MatrixCells, cell: Cell): CellState {
  const letter = cells[indexOf(cell.from, cell.to)] ?? "";
  const lower = letter.toLowerCase();
  return {
    allowed: letter !== lower,
    origin: lower === "s" ? "school" : lower === "l" ? "lock" : "default",
  };
}

/** The same matrix with one cell set to a value, its origin kept: for asking "what if". */
export function withCell(cells: MatrixCells, cell: Cell, allowed: boolean): MatrixCells {
  const index = indexOf(cell.from, cell.to);
  const { origin } = cellState(cells, cell);
  const letter = allowed ? LETTERS[origin].on : LETTERS[origin].off;
  return parseCells(cells.slice(0, index) + letter + cells.slice(index + 1));
}
