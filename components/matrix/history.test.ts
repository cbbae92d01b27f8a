// The keys that take a step back, and those that browsers and readers need for something else.
import { expect, test } from "vitest";
import { advance, historyKey, redo, undo, type History } from "./history.ts";

const press = (key: string, held: string) => ({
  key,
  ctrlKey: held.includes("c"),
  metaKey: held.includes("m"),
  altKey: held.includes("a"),
  shiftKey: held.includes("s"),
});

test.each<[string, string, "undo" | "redo" | null]>([
  ["z", "c", "undo"],
  ["z", "m", "undo"],
  ["Z", "cs", "redo"],
  ["y", "c", "redo"],
  ["z", "", null],
  ["z", "ca", null],
  ["a", "c", null],
])("%s with %j is %s", (key, held, what) => {
  expect(historyKey(press(key, held))).toBe(what);
});

test("what was taken back can be done again, until something else is done", () => {
  const start: History<number> = { past: [], present: 0, future: [] };
  const two = advance(advance(start, 1), 2);
  expect(undo(undo(two))).toMatchObject({ present: 0, future: [1, 2] });
  expect(redo(undo(two))).toEqual(two);
  expect(advance(undo(two), 3).future).toEqual([]);
  expect([undo(start), redo(two)]).toEqual([start, two]);
});
