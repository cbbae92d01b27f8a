import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cellState } from "./cells.ts";
import {
  closesSomewhere,
  differingCells,
  planChange,
  proposedCells,
  riskiestFirst,
  withEdits,
  type CellEdit,
} from "./change.ts";
import { effectiveCells, type PolicyFrame } from "./frame.ts";
import { CELLS, cellKey, parseCellKey, type Cell } from "./roles.ts";
import { parseFrame } from "./seed-frame.ts";

const { cells: shipped } = parseFrame(readFileSync(new URL("../../prisma/frame.json", import.meta.url), "utf8"));

function frame(overrides: Partial<PolicyFrame> = {}): PolicyFrame {
  return {
    version: 1,
    cells: new Map(
      shipped.map(({ fromRole: from, toTarget: to, allowed, locked, reason, sensitive }) => {
        const cell = { from, to };
        return [cellKey(cell), { cell, allowed, locked, reason, sensitive }];
      }),
    ),
    approvalForEveryChange: false,
    approverRoleAgeDays: 7,
    requestExpiryDays: 14,
    ...overrides,
  };
}
function cell(key: string): Cell {
  const parsed = parseCellKey(key);
  if (!parsed) throw new Error(key);
  return parsed;
}
const edit = (key: string, allowed: boolean): CellEdit => ({ cell: cell(key), allowed });
const keys = (changes: readonly { readonly cell: Cell }[]) => changes.map((change) => cellKey(change.cell));
const NOTHING_SET = new Map();
const DEFAULTS = effectiveCells(frame(), NOTHING_SET);

describe("what waits for school management and what does not (design §4.7)", () => {
  test.each([
    ["a sensitive opening waits", edit("student>student", true), "waiting"],
    ["an opening that is not sensitive is immediate", edit("student>teacher", true), "immediate"],
    ["a closing is immediate", edit("teacher>student", false), "immediate"],
  ] as const)("%s", (_, one, where) => {
    const plan = planChange(frame(), DEFAULTS, [one]);
    expect({ immediate: keys(plan.immediate), waiting: keys(plan.waiting) }).toEqual({
      immediate: where === "immediate" ? [cellKey(one.cell)] : [],
      waiting: where === "waiting" ? [cellKey(one.cell)] : [],
    });
  });

  test("turning off never waits, not even a sensitive cell where every change needs approval", () => {
    const open = effectiveCells(frame(), new Map([[cellKey(cell("student>student")), true]]));
    const plan = planChange(frame({ approvalForEveryChange: true }), open, [edit("student>student", false)]);
    expect(keys(plan.immediate)).toEqual(["student>student"]);
    expect(plan.waiting).toEqual([]);
  });

  test("where the state wants approval for every change, every opening waits", () => {
    const plan = planChange(frame({ approvalForEveryChange: true }), DEFAULTS, [edit("student>teacher", true)]);
    expect(keys(plan.waiting)).toEqual(["student>teacher"]);
  });

  test("for any edits: nothing sensitive is opened at once, and each edit is immediate, waiting, locked or no change", () => {
    const anyEdits = fc.uniqueArray(fc.record({ cell: fc.constantFrom(...CELLS), allowed: fc.boolean() }), {
      selector: (one) => cellKey(one.cell),
    });
    const own = fc.array(fc.tuple(fc.constantFrom(...CELLS.map(cellKey)), fc.boolean())).map((set) => new Map(set));
    fc.assert(
      fc.property(anyEdits, own, (edits, school) => {
        const inEffect = effectiveCells(frame(), school);
        const plan = planChange(frame(), inEffect, edits);
        expect(plan.immediate.filter(({ allowed, sensitive }) => allowed && sensitive)).toEqual([]);
        expect(plan.waiting.every(({ allowed, sensitive }) => allowed && sensitive)).toBe(true);
        const unchanged = edits.filter(
          (one) =>
            cellState(inEffect, one.cell).allowed === one.allowed && one.cell.to + one.cell.from !== "groupsstudent",
        );
        expect(plan.immediate.length + plan.waiting.length + plan.locked.length + unchanged.length).toBe(edits.length);
      }),
    );
  });
});

test("a locked cell is named, whether the edit would change it or not", () => {
  expect(
    keys(planChange(frame(), DEFAULTS, [edit("student>groups", false)]).locked.map((one) => ({ cell: one }))),
  ).toEqual(["student>groups"]);
  expect(planChange(frame(), DEFAULTS, [edit("student>groups", true)]).locked).toHaveLength(1);
  expect(planChange(frame(), DEFAULTS, [edit("student>groups", false)]).immediate).toEqual([]);
});

test("edits that change nothing are left out", () => {
  expect(planChange(frame(), DEFAULTS, [edit("teacher>student", true), edit("student>student", false)])).toEqual({
    immediate: [],
    waiting: [],
    locked: [],
  });
});

test("riskiest first: pupil to pupil, other sensitive openings, openings with pupils, other openings, closings", () => {
  const of = (key: string, allowed: boolean, sensitive = false) => ({ ...edit(key, allowed), sensitive });
  const inOrder = [
    of("student>student", true, true),
    of("student>guardian", true, true),
    of("guardian>student", true, true),
    of("student>teacher", true),
    of("guardian>guardian", true),
    of("teacher>student", false),
  ];
  expect(riskiestFirst(inOrder.toReversed())).toEqual([0, 2, 1, 3, 4, 5].map((index) => inOrder[index]));
});

test("the proposal is the matrix in effect with exactly the edits; the school's own cells are not touched", () => {
  const school = new Map([[cellKey(cell("guardian>guardian")), true]]);
  const edits = [edit("student>student", true), edit("teacher>guardian", false)];
  const before = effectiveCells(frame(), school);
  const differing = differingCells(before, proposedCells(frame(), school, edits));
  expect(new Set(keys(differing))).toEqual(new Set(keys(edits)));
  expect(withEdits(school, edits).size).toBe(3);
  expect(school.size).toBe(1);
});

test("a changed origin alone is no difference for anybody", () => {
  const set = new Map([[cellKey(cell("teacher>student")), true]]);
  expect(differingCells(DEFAULTS, effectiveCells(frame(), set))).toEqual([]);
});

test("a cell that was opened and closed again was closed, though nothing differs in the end", () => {
  const open = effectiveCells(frame(), withEdits(NOTHING_SET, [edit("student>teacher", true)]));
  expect(closesSomewhere([DEFAULTS, open, DEFAULTS])).toBe(true);
  expect([closesSomewhere([DEFAULTS, open]), closesSomewhere([DEFAULTS]), closesSomewhere([])]).toEqual([
    false,
    false,
    false,
  ]);
});
