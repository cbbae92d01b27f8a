// The matrix can be walked without a mouse, and nobody falls off its edges.
import { expect, test } from "vitest";
import { nextPosition } from "./grid-keyboard.ts";

const size = { rows: 8, columns: 9 };

test.each([
  ["ArrowUp", false, { row: 3, column: 4 }, { row: 2, column: 4 }],
  ["ArrowUp", false, { row: 0, column: 4 }, { row: 0, column: 4 }],
  ["ArrowDown", false, { row: 7, column: 4 }, { row: 7, column: 4 }],
  ["ArrowLeft", false, { row: 3, column: 0 }, { row: 3, column: 0 }],
  ["ArrowRight", false, { row: 3, column: 4 }, { row: 3, column: 5 }],
  ["ArrowRight", false, { row: 3, column: 8 }, { row: 3, column: 8 }],
  ["Home", false, { row: 3, column: 4 }, { row: 3, column: 0 }],
  ["End", false, { row: 3, column: 4 }, { row: 3, column: 8 }],
  ["Home", true, { row: 3, column: 4 }, { row: 0, column: 0 }],
  ["End", true, { row: 3, column: 4 }, { row: 7, column: 8 }],
  ["Tab", false, { row: 3, column: 4 }, undefined],
  [" ", false, { row: 3, column: 4 }, undefined],
])("%s (ctrl: %s) from %o leads to %o", (key, ctrl, from, expected) => {
  expect(nextPosition(from, { key, ctrl }, size)).toEqual(expected);
});

test.each([
  ["ArrowUp", false, { row: 0, column: 4 }, { row: -1, column: 4 }],
  ["ArrowLeft", false, { row: 3, column: 0 }, { row: 3, column: -1 }],
  ["ArrowDown", false, { row: -1, column: 4 }, { row: 0, column: 4 }],
  ["ArrowUp", false, { row: 0, column: -1 }, { row: 0, column: -1 }],
  ["ArrowLeft", false, { row: -1, column: 0 }, { row: -1, column: 0 }],
  ["Home", false, { row: 3, column: -1 }, { row: 3, column: 0 }],
  ["Home", true, { row: -1, column: 4 }, { row: 0, column: 0 }],
])("with heads, %s (ctrl: %s) from %o leads to %o, never into the corner", (key, ctrl, from, expected) => {
  expect(nextPosition(from, { key, ctrl }, { ...size, heads: true })).toEqual(expected);
});
