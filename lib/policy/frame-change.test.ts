import { describe, expect, test } from "vitest";
import {
  editsOf,
  frameItems,
  frameProblems,
  isSettingPermissive,
  opensSomewhere,
  planFrameChange,
  withFrameEdits,
  type FrameEdits,
  type FrameRule,
  type FrameSettings,
  type FrameState,
} from "./frame-change.ts";
import { frameEditsSchema, frameHash } from "./frame-content.ts";
import { frameEffect, type SchoolInEffect } from "./frame-effect.ts";
import { effectiveCells, ALWAYS_SENSITIVE } from "./frame.ts";
import { CELLS, cellKey, type CellKey } from "./roles.ts";

const REASON = "Erlass vom 1. August";
const rule = (text: string, reason: string | null = null): FrameRule => ({
  allowed: text.includes("on"),
  locked: text.includes("locked"),
  reason: reason ?? (text.includes("locked") ? REASON : null),
  sensitive: text.includes("sensitive"),
});
const settings: FrameSettings = {
  approvalForEveryChange: false,
  approverRoleAgeDays: 7,
  requestExpiryDays: 14,
  gracePeriodDays: 30,
  retainBullyingDays: 365,
  retainSexualDays: 730,
  retainViolenceDays: 730,
  retainExtremismDays: 730,
  retainSpamDays: 90,
  retainOtherDays: 180,
};

function frameOf(rules: Partial<Record<CellKey, FrameRule>> = {}, changed: Partial<FrameSettings> = {}): FrameState {
  const cells = CELLS.map((cell) => {
    const key = cellKey(cell);
    return [key, { cell, ...(rules[key] ?? rule(ALWAYS_SENSITIVE.has(key) ? "off sensitive" : "off")) }] as const;
  });
  return { version: 4, ...settings, ...changed, cells: new Map(cells) };
}
const only = (cells: FrameEdits["cells"], changed: FrameEdits["settings"] = {}): FrameEdits => ({
  cells,
  settings: changed,
});

describe("could a cell open at some school that has set nothing, on or off?", () => {
  test.each([
    ["off", "on", true],
    ["on", "off", false],
    ["off", "off locked", false],
    ["on", "off locked", false],
    ["off locked", "off", true], // a school's own "on" comes back
    ["off locked", "on", true],
    ["off locked", "on locked", true],
    ["on", "on locked", true], // for a school that has switched it off
    ["off", "on locked", true],
    ["on locked", "on", false],
    ["on locked", "off", false],
    ["on locked", "off locked", false],
  ])("%s → %s: %s", (before, after, opens) => {
    expect(opensSomewhere(rule(before), rule(after))).toBe(opens);
  });
});

describe("what needs a second person", () => {
  test.each([
    ["off", "on", true],
    ["off sensitive", "off", true],
    ["off locked sensitive", "off locked", true],
    ["off", "off sensitive", false],
    ["on", "off sensitive", false],
    ["on", "off locked", false],
    ["off locked", "off sensitive", true],
  ])("teacher→student %s → %s: %s", (before, after, waits) => {
    const plan = planFrameChange(
      frameOf({ "teacher>student": rule(before) }),
      only({ "teacher>student": rule(after) }),
    );
    expect([plan.waiting.length, plan.immediate.length]).toEqual(waits ? [1, 0] : [0, 1]);
  });
  test("another wording of a lock needs nobody", () => {
    const base = frameOf({ "teacher>student": rule("off locked") });
    const plan = planFrameChange(base, only({ "teacher>student": rule("off locked", "Ein anderer Erlass") }));
    expect([plan.waiting.length, plan.immediate.length]).toEqual([0, 1]);
  });
  test.each<[keyof FrameSettings, boolean | number, boolean | number, boolean]>([
    ["approvalForEveryChange", true, false, true],
    ["approvalForEveryChange", false, true, false],
    ["approverRoleAgeDays", 7, 6, true],
    ["approverRoleAgeDays", 7, 8, false],
    ["gracePeriodDays", 30, 29, true],
    ["gracePeriodDays", 30, 31, false],
    ["retainSpamDays", 90, 91, true],
    ["retainSpamDays", 90, 89, false],
    ["requestExpiryDays", 14, 15, true],
    ["requestExpiryDays", 14, 13, false],
  ])("%s %s → %s: %s", (name, before, after, waits) => {
    const settingsOf = (value: boolean | number): FrameSettings => ({ ...settings, [name]: value });
    expect(isSettingPermissive(name, settingsOf(before), settingsOf(after))).toBe(waits);
  });
  test("a change is split: the closing is in effect at once, the opening waits", () => {
    const base = frameOf({ "teacher>guardian": rule("on") });
    const edits = only(
      { "teacher>guardian": rule("off locked"), "teacher>student": rule("on") },
      { approvalForEveryChange: true, gracePeriodDays: 7 },
    );
    const plan = planFrameChange(base, edits);
    expect(editsOf(plan.immediate)).toEqual(
      only({ "teacher>guardian": rule("off locked") }, { approvalForEveryChange: true }),
    );
    expect(editsOf(plan.waiting)).toEqual(only({ "teacher>student": rule("on") }, { gracePeriodDays: 7 }));
    // both parts one after the other make what was wanted
    const both = withFrameEdits(withFrameEdits(base, editsOf(plan.immediate)), editsOf(plan.waiting));
    expect(frameItems(both, edits)).toEqual([]);
  });
});

describe("what must not be", () => {
  test.each<[string, CellKey, FrameRule, string[]]>([
    ["sensitive and on by default", "teacher>student", rule("on sensitive"), ["sensitiveOn"]],
    ["sensitive and locked on", "teacher>student", rule("on locked sensitive"), ["sensitiveOn"]],
    ["sensitive and locked off", "teacher>student", rule("off locked sensitive"), []],
    ["the mark of a cell that is always sensitive taken away", "student>student", rule("off"), ["alwaysSensitive"]],
    ["a lock without a reason", "teacher>student", { ...rule("off locked"), reason: null }, ["lockReason"]],
    ["a reason of nine characters", "teacher>student", rule("off locked", "123456789"), ["lockReason"]],
    ["a reason of blanks", "teacher>student", rule("off locked", " ".repeat(20)), ["lockReason"]],
    ["a reason of ten characters", "teacher>student", rule("off locked", "1234567890"), []],
    ["a reason of 300 characters", "teacher>student", rule("off locked", "x".repeat(300)), []],
    ["a reason of 301 characters", "teacher>student", rule("off locked", "x".repeat(301)), ["lockReason"]],
  ])("%s", (_, key, wanted, problems) => {
    expect(frameProblems(frameOf(), only({ [key]: wanted })).map(({ kind }) => kind)).toEqual(problems);
  });
  test.each<[Partial<FrameSettings>, number]>([
    [{ approverRoleAgeDays: 0 }, 1],
    [{ approverRoleAgeDays: 1 }, 0],
    [{ approverRoleAgeDays: 91 }, 1],
    [{ requestExpiryDays: 0 }, 1],
    [{ requestExpiryDays: 90 }, 0],
    [{ gracePeriodDays: 6 }, 1],
    [{ gracePeriodDays: 365 }, 0],
    [{ gracePeriodDays: 7.5 }, 1],
  ])("period %o", (changed, problems) => {
    expect(frameProblems(frameOf(), only({}, changed))).toHaveLength(problems);
  });
});

test("riskiest first: pupil to pupil, a mark taken away, pupils, others, settings, closings", () => {
  const base = frameOf(
    {
      "student>student": rule("off locked sensitive"),
      "teacher>guardian": rule("off sensitive"),
      "teacher>teacher": rule("on"),
    },
    { approvalForEveryChange: true },
  );
  const items = frameItems(
    base,
    only(
      {
        "teacher>teacher": rule("off"),
        "teacher>secretariat": rule("on"),
        "teacher>student": rule("on"),
        "teacher>guardian": rule("off"),
        "student>student": rule("off sensitive"),
      },
      { approvalForEveryChange: false },
    ),
  );
  expect(items.map((item) => (item.kind === "cell" ? item.key : item.name))).toEqual([
    "student>student",
    "teacher>guardian",
    "teacher>student",
    "teacher>secretariat",
    "approvalForEveryChange",
    "teacher>teacher",
  ]);
});

test("edits that change nothing are no change; a reason without a lock is none either", () => {
  const base = frameOf();
  expect(frameItems(base, only({ "teacher>student": rule("off", "nur ein Text") }, { gracePeriodDays: 30 }))).toEqual(
    [],
  );
});

describe("the effect on schools", () => {
  const base = frameOf({ "teacher>student": rule("off locked"), "teacher>guardian": rule("on") });
  const school = (id: string, own: Partial<Record<CellKey, boolean>>, left = false): SchoolInEffect => {
    const set = new Map(
      CELLS.flatMap((cell) =>
        own[cellKey(cell)] === undefined ? [] : [[cellKey(cell), own[cellKey(cell)] ?? false] as const],
      ),
    );
    return { id, name: `Schule ${id}`, left, version: 1, cells: effectiveCells(base, set), own: set };
  };
  const schools = [
    school("b", { "teacher>student": true }),
    school("a", {}),
    school("c", { "teacher>guardian": false }),
    school("gone", { "teacher>student": true }, true),
  ];
  test("unlocking brings back what a school had set; others notice nothing", () => {
    const effect = frameEffect(withFrameEdits(base, only({ "teacher>student": rule("off") })), schools);
    expect([effect.schools, effect.concerned, effect.opening.get("teacher>student")]).toEqual([3, 1, 1]);
    expect(effect.first.map(({ id }) => id)).toEqual(["b"]);
  });
  test("a lock closes wherever it was open, first schools by name", () => {
    const effect = frameEffect(withFrameEdits(base, only({ "teacher>guardian": rule("off locked") })), schools);
    expect([effect.concerned, effect.closing.get("teacher>guardian")]).toEqual([2, 2]);
    expect(effect.first.map(({ id }) => id)).toEqual(["a", "b"]);
  });
});

describe("what arrives from outside", () => {
  test.each([
    ["a cell that does not exist", { cells: { "groups>student": rule("off") }, settings: {} }],
    ["a half rule", { cells: { "teacher>student": { allowed: true } }, settings: {} }],
    ["an unknown setting", { cells: {}, settings: { bypass: true } }],
    ["a period that is no number", { cells: {}, settings: { gracePeriodDays: "30" } }],
  ])("%s is refused as a whole", (_, content) => {
    expect(frameEditsSchema.safeParse(content).success).toBe(false);
  });
  test("any other content has another hash, the order of cells does not matter", () => {
    const head = { authorId: "a", baseVersion: 1, reason: REASON };
    const one = only({ "teacher>student": rule("on"), "teacher>guardian": rule("on") });
    const hash = frameHash(head, one);
    expect(frameHash(head, only({ "teacher>guardian": rule("on"), "teacher>student": rule("on") }))).toBe(hash);
    const others = [
      frameHash({ ...head, authorId: "b" }, one),
      frameHash({ ...head, baseVersion: 2 }, one),
      frameHash({ ...head, reason: "anders" }, one),
      frameHash(head, only({ "teacher>student": rule("on") })),
      frameHash(head, only(one.cells, { gracePeriodDays: 7 })),
    ];
    expect(new Set([hash, ...others]).size).toBe(6);
  });
});
