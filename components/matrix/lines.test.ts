// Switching many cells at once never touches a locked or waiting one, is one step to take back, and widens nothing by
// a preset.
import { describe, expect, test } from "vitest";
import { ALWAYS_SENSITIVE } from "#lib/policy/frame.ts";
import { NOT_STAFF, ROLES, TARGETS, cellKey, isStaff, type CellKey } from "#lib/policy/roles.ts";
import { emptyDraft, stepDraft } from "./draft.ts";
import { lineCells, lineState, presetSteps, shownCells, toggleLine, type LineKey } from "./lines.ts";
import type { MatrixCell, MatrixTable } from "./view.ts";

const LOCKED = new Set<CellKey>(["student>groups", "teacher>guardian"]);
const WAITING = new Set<CellKey>(["student>student"]);

function table(isOn: (key: CellKey) => boolean = () => false): MatrixTable {
  return {
    columns: TARGETS.map((target) => ({ target, name: target, header: target })),
    rows: ROLES.map((role) => ({
      role,
      name: role,
      cells: TARGETS.map((target): MatrixCell => {
        const key = cellKey({ from: role, to: target });
        return {
          key,
          allowed: isOn(key),
          origin: "default",
          frameDefault: (isStaff(role) || role === "guardian") && !ALWAYS_SENSITIVE.has(key),
          endsOn: null,
          endsText: null,
          sensitive: ALWAYS_SENSITIVE.has(key),
          needsApproval: ALWAYS_SENSITIVE.has(key),
          lockReason: LOCKED.has(key) ? "Land" : null,
          waiting: WAITING.has(key),
          sentence: key,
        };
      }),
    })),
  };
}
const cells = (line: LineKey, isOn?: (key: CellKey) => boolean) => lineCells(table(isOn), {}, true, line);

describe("a row or column", () => {
  test.each<[LineKey, number]>([
    ["row:student", 9],
    ["column:groups", 8],
    ["column:student", 8],
  ])("%s has its own cells and no others", (line, count) => {
    expect(cells(line)).toHaveLength(count);
  });

  test("is on, off or mixed by the cells that can be switched", () => {
    expect(lineState(cells("row:student"))).toEqual({ checked: false, allowed: 0, total: 9, fixed: 2 });
    expect(lineState(cells("row:student", (key) => LOCKED.has(key)))).toMatchObject({ checked: false, allowed: 1 });
    expect(lineState(cells("row:student", (key) => key === "student>teacher"))).toMatchObject({ checked: "mixed" });
    expect(lineState(cells("row:student", (key) => !LOCKED.has(key) && !WAITING.has(key)))).toMatchObject({
      checked: true,
    });
  });

  test("switches everything on, then off, and skips what is locked or waits", () => {
    const on = toggleLine(cells("row:student", (key) => key === "student>teacher"));
    expect(on).toHaveLength(7);
    expect(on.every(({ allowed }) => allowed)).toBe(true);
    expect(on.some(({ key }) => LOCKED.has(key) || WAITING.has(key))).toBe(false);
    expect(toggleLine(cells("row:student", () => true)).every(({ allowed }) => !allowed)).toBe(true);
  });

  test("is nothing to switch for people who only look", () => {
    expect(toggleLine(lineCells(table(), {}, false, "row:student"))).toEqual([]);
  });

  test("is one step of the draft", () => {
    const draft = stepDraft(emptyDraft(1), { type: "set", cells: toggleLine(cells("column:student")) });
    expect(Object.keys(draft.present)).toHaveLength(7);
    expect(stepDraft(draft, { type: "undo" }).present).toEqual({});
  });
});

describe("a preset", () => {
  test("the state's: every free cell as the frame has it", () => {
    const all = shownCells(
      table(() => true),
      {},
      true,
    );
    const steps = presetSteps("stateDefault", all);
    expect(steps).toHaveLength(72 - LOCKED.size - WAITING.size);
    expect(steps.find(({ key }) => key === "guardian>teacher")).toMatchObject({ allowed: true });
    expect(steps.find(({ key }) => key === "guardian>student")).toMatchObject({ allowed: false });
  });

  test("strict: staff and groups as the frame has them, everything else off", () => {
    for (const { key, allowed } of presetSteps(
      "strict",
      shownCells(
        table(() => true),
        {},
        true,
      ),
    )) {
      const cell = shownCells(table(), {}, true).find((shown) => shown.key === key);
      const [from, to] = key.split(">");
      const isFree = ROLES.some((role) => role === from && NOT_STAFF.has(role)) && to !== "groups";
      expect(allowed, key).toBe(isFree ? false : cell?.frameDefault);
    }
  });

  test("replaces whatever stood in the draft, in one step", () => {
    const begun = stepDraft(emptyDraft(1), {
      type: "set",
      cells: [{ key: "student>teacher", allowed: true, inEffect: false }],
    });
    const shown = shownCells(table(), begun.present, true);
    const strict = stepDraft(begun, { type: "set", cells: presetSteps("strict", shown) });
    expect(strict.present["student>teacher"]).toBeUndefined();
    expect(stepDraft(strict, { type: "undo" }).present).toEqual(begun.present);
  });

  test("opens no sensitive cell", () => {
    const steps = (["stateDefault", "strict"] as const).flatMap((preset) =>
      presetSteps(preset, shownCells(table(), {}, true)),
    );
    expect(steps.filter(({ key, allowed }) => allowed && ALWAYS_SENSITIVE.has(key))).toEqual([]);
  });
});
