// Going back reaches every value of the earlier version but the locked ones, which it names.
import { expect, test } from "vitest";
import * as fc from "fast-check";
import { cellState, encodeCells, withCell, type MatrixCells } from "./cells.ts";
import { effectiveCells, type FrameCell, type PolicyFrame } from "./frame.ts";
import { withEdits } from "./change.ts";
import { wayBack } from "./going-back.ts";
import { CELLS, cellKey, type CellKey } from "./roles.ts";

function frameWith(locked: ReadonlySet<CellKey>): PolicyFrame {
  const cells = new Map<CellKey, FrameCell>(
    CELLS.map((cell) => {
      const key = cellKey(cell);
      return [key, { cell, allowed: false, locked: locked.has(key), reason: "Land", sensitive: false }];
    }),
  );
  return { version: 1, cells, approvalForEveryChange: false, approverRoleAgeDays: 7, requestExpiryDays: 14 };
}

const matrix = fc
  .array(fc.boolean(), { minLength: CELLS.length, maxLength: CELLS.length })
  .map((values): MatrixCells => {
    const allowed = new Map(CELLS.map((cell, index) => [cellKey(cell), values[index] ?? false]));
    return encodeCells((cell) => ({ allowed: allowed.get(cellKey(cell)) ?? false, origin: "school" }));
  });
const lockedCells = fc.uniqueArray(fc.constantFrom(...CELLS.map(cellKey))).map((keys) => new Set(keys));

test("after the edits every cell that is not locked is as it was, and nothing else is touched", () => {
  fc.assert(
    fc.property(matrix, matrix, lockedCells, (now, earlier, locked) => {
      const frame = frameWith(locked);
      const { edits, skipped } = wayBack(frame, now, earlier);
      const own = new Map(CELLS.map((cell) => [cellKey(cell), cellState(now, cell).allowed]));
      const after = effectiveCells(frame, withEdits(own, edits));
      for (const cell of CELLS) {
        const key = cellKey(cell);
        if (locked.has(key)) expect(edits.some((edit) => cellKey(edit.cell) === key)).toBe(false);
        else expect(cellState(after, cell).allowed).toBe(cellState(earlier, cell).allowed);
      }
      const differing = CELLS.filter((cell) => cellState(now, cell).allowed !== cellState(earlier, cell).allowed);
      expect(edits.length + skipped.length).toBe(differing.length);
    }),
  );
});

test("an origin that alone differs is no edit", () => {
  const school = encodeCells(() => ({ allowed: true, origin: "school" }));
  const byDefault = encodeCells(() => ({ allowed: true, origin: "default" }));
  expect(wayBack(frameWith(new Set()), school, byDefault)).toEqual({ edits: [], skipped: [] });
});

test("names what is locked now", () => {
  const off = encodeCells(() => ({ allowed: false, origin: "school" }));
  const cell = { from: "student", to: "student" } as const;
  const on = withCell(off, cell, true);
  expect(wayBack(frameWith(new Set(["student>student"])), off, on)).toEqual({ edits: [], skipped: [cell] });
});
