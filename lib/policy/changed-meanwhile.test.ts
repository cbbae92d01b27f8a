// The last version that turned a cell is named, not one that touched it before or after.
import { expect, test } from "vitest";
import { encodeCells } from "./cells.ts";
import { changedSince } from "./changed-meanwhile.ts";
import { cellKey, type CellKey } from "./roles.ts";

/** A version with these cells on. */
const version = (number: number, on: readonly CellKey[]) => ({
  cells: encodeCells((cell) => ({ allowed: on.includes(cellKey(cell)), origin: "school" })),
  head: {
    number,
    kind: "change" as const,
    createdAt: new Date(number),
    authorName: `author ${String(number)}`,
    approverName: null,
  },
});

test("direction and version of each cell that is another one now", () => {
  const found = changedSince([
    version(3, ["student>teacher"]),
    version(4, ["student>teacher", "guardian>teacher", "teacher>student"]),
    version(5, ["guardian>teacher"]),
    version(6, ["teacher>student"]),
    version(7, ["guardian>teacher", "teacher>student"]),
  ]);
  expect(found.map(({ key, allowed, by }) => [key, allowed, by.number])).toEqual([
    ["teacher>student", true, 6],
    ["student>teacher", false, 5],
    ["guardian>teacher", true, 7],
  ]);
});

test("what was turned and turned back is no change", () => {
  expect(changedSince([version(1, []), version(2, ["student>teacher"]), version(3, [])])).toEqual([]);
  expect(changedSince([])).toEqual([]);
});
