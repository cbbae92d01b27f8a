// A change of a school's matrix: what differs, what may be done at once, and what waits for school management
// (design §4.7). Pure.
import { cellState, type MatrixCells } from "./cells.ts";
import { effectiveCells, frameCell, type PolicyFrame, type SchoolCells } from "./frame.ts";
import { CELLS, cellKey, type Cell, type CellKey } from "./roles.ts";

export type CellEdit = { readonly cell: Cell; readonly allowed: boolean };
export type CellChange = { readonly cell: Cell; readonly allowed: boolean; readonly sensitive: boolean };

export type PlannedChange = {
  /** In effect at once: whatever is turned off, and openings that need nobody. Riskiest first. */
  readonly immediate: readonly CellChange[];
  /** Openings that wait for school management. Riskiest first. */
  readonly waiting: readonly CellChange[];
  /** Cells of the edits that the frame has locked: nothing of such a change may be applied. */
  readonly locked: readonly Cell[];
};

/** The cells in which two matrices differ, by value; a changed origin alone is no change for anybody. */
export function differingCells(before: MatrixCells, after: MatrixCells): CellEdit[] {
  return CELLS.flatMap((cell) => {
    const { allowed } = cellState(after, cell);
    return allowed === cellState(before, cell).allowed ? [] : [{ cell, allowed }];
  });
}

/** @param versions one after the other: a cell that was opened and closed again has left rooms behind */
export function closesSomewhere(versions: readonly MatrixCells[]): boolean {
  return versions.some((after, index) => {
    const before = versions[index - 1];
    return before !== undefined && differingCells(before, after).some(({ allowed }) => !allowed);
  });
}

export function withEdits(school: SchoolCells, edits: readonly CellEdit[]): SchoolCells {
  const next = new Map(school);
  for (const { cell, allowed } of edits) next.set(cellKey(cell), allowed);
  return next;
}

function needsApproval(frame: PolicyFrame, { cell, allowed }: CellEdit): boolean {
  return allowed && (frame.approvalForEveryChange || frameCell(frame, cell).sensitive);
}

/** Sensitive openings first, then openings towards or from pupils, other openings, closings. */
function risk({ cell, allowed, sensitive }: CellChange): number {
  if (!allowed) return 0;
  if (sensitive) return cell.from === "student" && cell.to === "student" ? 4 : 3;
  return cell.from === "student" || cell.to === "student" ? 2 : 1;
}

/** Sorts by risk, riskiest first; equal ones keep the matrix' order. */
export function riskiestFirst<Change extends CellChange>(changes: readonly Change[]): Change[] {
  return changes.toSorted((a, b) => risk(b) - risk(a));
}

/** Splits edits against the matrix in effect. Edits that change nothing are left out. */
export function planChange(frame: PolicyFrame, inEffect: MatrixCells, edits: readonly CellEdit[]): PlannedChange {
  const locked = edits.filter(({ cell }) => frameCell(frame, cell).locked).map(({ cell }) => cell);
  const byCell = new Map<CellKey, CellEdit>(edits.map((edit) => [cellKey(edit.cell), edit]));
  const changes = [...byCell.values()]
    .filter(({ cell, allowed }) => !frameCell(frame, cell).locked && cellState(inEffect, cell).allowed !== allowed)
    .map((edit) => ({ ...edit, sensitive: frameCell(frame, edit.cell).sensitive }));
  const inOrder = riskiestFirst(changes);
  return {
    immediate: inOrder.filter((change) => !needsApproval(frame, change)),
    waiting: inOrder.filter((change) => needsApproval(frame, change)),
    locked,
  };
}

/** The matrix as it would be with all edits, those that wait included: what the summary shows. */
export function proposedCells(frame: PolicyFrame, school: SchoolCells, edits: readonly CellEdit[]): MatrixCells {
  return effectiveCells(frame, withEdits(school, edits));
}
