// A draft of the frame can be taken back step by step, also after a reload; typing is one step.
import { expect, test } from "vitest";
import type { FrameEdits } from "#lib/policy/frame-change.ts";
import {
  emptyFrameDraft,
  isUntouched,
  parseFrameDraft,
  stepFrameDraft,
  storeFrameDraft,
  type FrameDraft,
  type FrameStep,
} from "./frame-history.ts";

const lock = (reason: string): FrameEdits => ({
  cells: { "student>teacher": { allowed: false, locked: true, reason, sensitive: false } },
  settings: {},
});
const days = (gracePeriodDays: number): FrameEdits => ({ cells: {}, settings: { gracePeriodDays } });
const run = (...steps: FrameStep[]): FrameDraft =>
  steps.reduce((draft, step) => stepFrameDraft(draft, step, 3), emptyFrameDraft(3));

test("undo and redo go step by step, and discarding can be undone", () => {
  const two = run({ type: "set", edits: lock("a") }, { type: "set", edits: days(40) });
  expect(stepFrameDraft(two, { type: "undo" }, 3).present).toEqual(lock("a"));
  expect(run({ type: "set", edits: lock("a") }, { type: "undo" }, { type: "redo" }).present).toEqual(lock("a"));
  expect(run({ type: "set", edits: lock("a") }, { type: "discard" }, { type: "undo" }).present).toEqual(lock("a"));
  expect(isUntouched(run({ type: "discard" }, { type: "undo" }, { type: "redo" }))).toBe(true);
});

test("what is typed into one field is one step; into another field, or after something else, it is another", () => {
  const typed = (reason: string): FrameStep => ({ type: "set", edits: lock(reason), typing: "reason:student>teacher" });
  const draft = run({ type: "set", edits: lock("") }, typed("E"), typed("Er"), typed("Erl"));
  expect(draft.past).toHaveLength(2);
  expect(stepFrameDraft(draft, { type: "undo" }, 3).present).toEqual(lock(""));
  expect(run(typed("E"), { type: "set", edits: days(40) }, typed("Er")).past).toHaveLength(3);
  expect(run(typed("E"), { type: "undo" }, typed("x")).past).toHaveLength(1);
});

test("an empty draft starts from the frame in effect, another one keeps its own", () => {
  expect(stepFrameDraft(emptyFrameDraft(3), { type: "set", edits: days(40) }, 5).baseVersion).toBe(5);
  expect(stepFrameDraft(run({ type: "set", edits: days(40) }), { type: "undo" }, 5).baseVersion).toBe(3);
});

test("comes back from the storage with its steps", () => {
  const draft = run({ type: "set", edits: lock("Erlass") }, { type: "set", edits: days(40) }, { type: "undo" });
  expect(parseFrameDraft(storeFrameDraft(draft))).toEqual(draft);
});

test.each([null, "", "{", "3 abc", "[]", '["3",[],"",[]]', '[3,["?"],"",[]]'])("%s is no draft", (text) => {
  expect(parseFrameDraft(text)).toBeUndefined();
});
