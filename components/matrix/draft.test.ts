// No click is lost: every step of a draft can be taken back and done again.
import { describe, expect, test } from "vitest";
import { emptyDraft, isEmpty, isUntouched, stepDraft, type Draft, type DraftStep } from "./draft.ts";

const open: DraftStep = { type: "set", cells: [{ key: "student>teacher", allowed: true, inEffect: false }] };
const close: DraftStep = { type: "set", cells: [{ key: "student>teacher", allowed: false, inEffect: false }] };
const row: DraftStep = {
  type: "set",
  cells: [
    { key: "guardian>student", allowed: true, inEffect: false },
    { key: "guardian>teacher", allowed: true, inEffect: true },
    { key: "guardian>guardian", allowed: true, inEffect: false },
  ],
};
const run = (...steps: DraftStep[]): Draft => steps.reduce(stepDraft, emptyDraft(3));

describe("a draft", () => {
  test("keeps only what differs from what is in effect", () => {
    expect(run(row).present).toEqual({ "guardian>student": true, "guardian>guardian": true });
    expect(isEmpty(run(open, close).present)).toBe(true);
  });

  test("undo and redo go step by step, several cells being one step", () => {
    const both = run(open, row);
    const undone = stepDraft(both, { type: "undo" });
    expect(undone.present).toEqual({ "student>teacher": true });
    expect(stepDraft(undone, { type: "redo" })).toEqual(both);
  });

  test("a new step forgets what was undone", () => {
    expect(run(open, { type: "undo" }, row).future).toEqual([]);
  });

  test("discarding can be undone; there is nothing to discard in an empty draft", () => {
    expect(run(open, { type: "discard" }).present).toEqual({});
    expect(run(open, { type: "discard" }, { type: "undo" }).present).toEqual({ "student>teacher": true });
    expect(isUntouched(run({ type: "discard" }, { type: "undo" }, { type: "redo" }))).toBe(true);
  });

  test("remembers a bounded number of steps and always its base version", () => {
    const long = run(...Array.from({ length: 300 }, (_, index) => (index % 2 === 0 ? open : close)));
    expect(long.past).toHaveLength(100);
    expect(long.baseVersion).toBe(3);
  });
});
