// Whether another last day closes or opens: what is shorter counts at once, what is longer waits like an opening.
import { describe, expect, test } from "vitest";
import { isLonger, planEnds } from "./end-change.ts";
import type { Day } from "./end-date.ts";
import { effectiveCells, type FrameCell, type PolicyFrame } from "./frame.ts";
import { CELLS, cellKey, parseCellKey, type Cell, type CellKey } from "./roles.ts";

const SENSITIVE: CellKey = "student>student";
const HARMLESS: CellKey = "student>teacher";
const LOCKED: CellKey = "student>groups";
const CLOSED: CellKey = "guardian>student";

function cell(key: string): Cell {
  const parsed = parseCellKey(key);
  if (!parsed) throw new RangeError(key);
  return parsed;
}
const keys = (list: readonly (Cell | { readonly cell: Cell })[]) =>
  list.map((one) => cellKey("cell" in one ? one.cell : one));

function policy(before: Day | null, overrides: Partial<PolicyFrame> = {}) {
  const cells = CELLS.map((one): [CellKey, FrameCell] => {
    const key = cellKey(one);
    const locked = key === LOCKED;
    return [key, { cell: one, allowed: locked, locked, reason: null, sensitive: key === SENSITIVE || key === CLOSED }];
  });
  const frame: PolicyFrame = {
    version: 1,
    cells: new Map(cells),
    approvalForEveryChange: false,
    approverRoleAgeDays: 7,
    requestExpiryDays: 14,
    ...overrides,
  };
  const own = new Map<CellKey, boolean>([
    [SENSITIVE, true],
    [HARMLESS, true],
    [LOCKED, true],
  ]);
  const endings = new Map<CellKey, Day>(before === null ? [] : [...own.keys()].map((key) => [key, before]));
  return { frame, cells: effectiveCells(frame, own), endings };
}

const [EARLY, LATE]: readonly [Day, Day] = ["2027-01-31", "2027-02-28"];

describe.each<[string, Day | null, Day | null, boolean]>([
  ["a later day", EARLY, LATE, true],
  ["no day any more", EARLY, null, true],
  ["an earlier day", LATE, EARLY, false],
  ["a first day", null, EARLY, false],
])("%s", (_, before, after, longer) => {
  test(longer ? "is longer" : "is not longer", () => {
    expect(isLonger(before, after)).toBe(longer);
  });
  test.each<[string, CellKey, boolean, boolean]>([
    ["a sensitive cell", SENSITIVE, false, longer],
    ["another cell", HARMLESS, false, false],
    ["another cell where every opening needs approval", HARMLESS, true, longer],
  ])(`of %s`, (_name, key, approvalForEveryChange, waits) => {
    const plan = planEnds(policy(before, { approvalForEveryChange }), [cell(key)], after);
    expect(keys(plan.waiting)).toEqual(waits ? [key] : []);
    expect(keys(plan.immediate)).toEqual(waits ? [] : [key]);
    expect([...plan.waiting, ...plan.immediate]).toMatchObject([{ allowed: true, before, endsOn: after }]);
  });
});

test.each<[Day | null]>([[EARLY], [null]])("the same end (%s) is no change", (day) => {
  expect(planEnds(policy(day), [cell(SENSITIVE)], day)).toEqual({
    immediate: [],
    waiting: [],
    locked: [],
    notOpen: [],
  });
});

test("a locked cell, and one that the school has not opened, have no end of their own", () => {
  const plan = planEnds(policy(EARLY), [cell(LOCKED), cell(CLOSED)], EARLY);
  expect([keys(plan.locked), keys(plan.notOpen)]).toEqual([[LOCKED], [CLOSED]]);
});
