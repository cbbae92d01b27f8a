// Going back to an earlier version is a new change with the same rules (design §4.10). Pure.
import { cellState, type MatrixCells } from "./cells.ts";
import type { CellEdit } from "./change.ts";
import { frameCell, type PolicyFrame } from "./frame.ts";
import { CELLS, type Cell } from "./roles.ts";

export type WayBack = {
  /** What makes the matrix in effect into the earlier one. */
  readonly edits: readonly CellEdit[];
  /** Differ as well, but the state has locked them: they stay as they are. */
  readonly skipped: readonly Cell[];
};

export function wayBack(frame: PolicyFrame, inEffect: MatrixCells, earlier: MatrixCells): WayBack {
  const different = CELLS.filter((cell) => cellState(inEffect, cell).allowed !== cellState(earlier, cell).allowed);
  return {
    edits: different
      .filter((cell) => !frameCell(frame, cell).locked)
      .map((cell) => ({ cell, allowed: cellState(earlier, cell).allowed })),
    skipped: different.filter((cell) => frameCell(frame, cell).locked),
  };
}
