// Another last day for openings that are in effect (design §4.7). An earlier end closes, so it counts at once; a later
// one, or none, keeps open what would have closed, so it needs whoever an opening needs. Pure; the database holds
// "never longer without approval" once more (0009_decision_numbers).
import { cellState, type MatrixCells } from "./cells.ts";
import type { Day } from "./end-date.ts";
import { frameCell, type PolicyFrame } from "./frame.ts";
import { cellKey, type Cell, type CellKey } from "./roles.ts";

/** Last days by cell; an opening that is not in it has none. */
export type LastDays = ReadonlyMap<CellKey, Day>;

export type EndChange = {
  readonly cell: Cell;
  /** The cell stays open: this is what makes an end of it. */
  readonly allowed: true;
  readonly sensitive: boolean;
  readonly before: Day | null;
  readonly endsOn: Day | null;
};

export type PlannedEnds = {
  readonly immediate: readonly EndChange[];
  /** Wait for school management. */
  readonly waiting: readonly EndChange[];
  readonly locked: readonly Cell[];
  /** Not opened by the school, so there is nothing of its own to end. */
  readonly notOpen: readonly Cell[];
};

export function isLonger(before: Day | null, after: Day | null): boolean {
  return before !== null && (after === null || after > before);
}

/** Has the school itself opened this cell, and is that in effect? */
export function isOwnOpening(inEffect: MatrixCells, cell: Cell): boolean {
  const { allowed, origin } = cellState(inEffect, cell);
  return allowed && origin === "school";
}

type InEffect = { readonly frame: PolicyFrame; readonly cells: MatrixCells; readonly endings: LastDays };

/** Splits a change of the last day against what is in effect. Cells that end on that day already are left out. */
export function planEnds({ frame, cells, endings }: InEffect, asked: readonly Cell[], endsOn: Day | null): PlannedEnds {
  const isLocked = (cell: Cell) => frameCell(frame, cell).locked;
  const changes = asked
    .filter((cell) => !isLocked(cell) && isOwnOpening(cells, cell))
    .map((cell): EndChange => {
      const { sensitive } = frameCell(frame, cell);
      return { cell, allowed: true, sensitive, before: endings.get(cellKey(cell)) ?? null, endsOn };
    })
    .filter(({ before }) => before !== endsOn);
  const waits = ({ sensitive, before }: EndChange) =>
    isLonger(before, endsOn) && (sensitive || frame.approvalForEveryChange);
  return {
    immediate: changes.filter((change) => !waits(change)),
    waiting: changes.filter(waits),
    locked: asked.filter(isLocked),
    notOpen: asked.filter((cell) => !isLocked(cell) && !isOwnOpening(cells, cell)),
  };
}
