// A whole row or column at once, and the ready-made settings: always one step of the draft, and never a cell that is
// locked or waits for approval. Pure.
import { presetValue, type Preset } from "#lib/policy/presets.ts";
import type { CellKey, Role, Target } from "#lib/policy/roles.ts";
import { showCell, type MatrixTable, type ShownCell } from "./view.ts";
import type { Edits } from "./draft.ts";

export type LineKey = `row:${Role}` | `column:${Target}`;
export type CellStep = { readonly key: CellKey; readonly allowed: boolean; readonly inEffect: boolean };

export type LineState = {
  /** Of the cells that can be switched: "mixed" is neither all nor none. */
  readonly checked: boolean | "mixed";
  readonly allowed: number;
  readonly total: number;
  /** Cells that stay as they are whatever is pressed. */
  readonly fixed: number;
};

export function lineState(cells: readonly ShownCell[]): LineState {
  const free = cells.filter(({ editable }) => editable);
  // where nothing can be switched the box shows what is in effect
  const counted = free.length > 0 ? free : cells;
  const on = counted.filter(({ wanted }) => wanted).length;
  return {
    checked: on === 0 ? false : on === counted.length ? true : "mixed",
    allowed: cells.filter(({ wanted }) => wanted).length,
    total: cells.length,
    fixed: cells.length - free.length,
  };
}

/** Everything on, unless everything is on already: then off. */
export function toggleLine(cells: readonly ShownCell[]): CellStep[] {
  const allowed = lineState(cells).checked !== true;
  return cells.filter(({ editable }) => editable).map((cell) => ({ key: cell.key, allowed, inEffect: cell.allowed }));
}

export function presetSteps(preset: Preset, cells: readonly ShownCell[]): CellStep[] {
  return cells
    .filter(({ editable }) => editable)
    .map(({ key, frameDefault, allowed }) => ({
      key,
      allowed: presetValue(preset, key, frameDefault),
      inEffect: allowed,
    }));
}

export function shownCells(table: MatrixTable, edits: Edits, mayEdit: boolean): ShownCell[] {
  return table.rows.flatMap(({ cells }) => cells.map((cell) => showCell(cell, edits, mayEdit)));
}

/** The cells of a row or a column, as the person sees them. */
export function lineCells(table: MatrixTable, edits: Edits, mayEdit: boolean, line: LineKey): ShownCell[] {
  return shownCells(table, edits, mayEdit).filter(
    ({ key }) => line === `row:${key.split(">")[0] ?? ""}` || line === `column:${key.split(">")[1] ?? ""}`,
  );
}

export function isLineKey(key: CellKey | LineKey): key is LineKey {
  return key.includes(":");
}
