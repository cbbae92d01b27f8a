// What the matrix in the browser is given: the cells with their sentences, ready to show.
import type { CellView } from "#lib/policy/types.ts";
import type { CellKey, Role, Target } from "#lib/policy/roles.ts";
import type { Edits } from "./draft.ts";

export type MatrixCell = CellView & {
  /** "Schüler:innen dürfen Lehrkräfte anschreiben": the name of the checkbox. */
  readonly sentence: string;
  /** Opening it waits for somebody: the cell is sensitive, or the state's frame wants it of every opening. */
  readonly needsApproval: boolean;
  /** "31. Januar 2027", if the opening has a last day. */
  readonly endsText: string | null;
};

export type MatrixRow = { readonly role: Role; readonly name: string; readonly cells: readonly MatrixCell[] };
export type MatrixColumn = {
  readonly target: Target;
  readonly name: string;
  /** With soft hyphens, for the narrow header. */
  readonly header: string;
};

export type MatrixTable = { readonly rows: readonly MatrixRow[]; readonly columns: readonly MatrixColumn[] };

export type ShownCell = MatrixCell & {
  /** As the person wants it. */
  readonly wanted: boolean;
  readonly changed: boolean;
  readonly editable: boolean;
};

/** A locked cell, one that waits for approval, and everything for people who only look, stays as it is. */
function isEditable(cell: MatrixCell, mayEdit: boolean): boolean {
  return mayEdit && cell.lockReason === null && cell.origin !== "lock" && !cell.waiting;
}

export function showCell(cell: MatrixCell, edits: Edits, mayEdit: boolean): ShownCell {
  const editable = isEditable(cell, mayEdit);
  const wanted = editable ? (edits[cell.key] ?? cell.allowed) : cell.allowed;
  return { ...cell, wanted, changed: wanted !== cell.allowed, editable };
}

/** Edits that would still change something in the matrix that is shown. */
export function liveEdits(table: MatrixTable, edits: Edits, mayEdit: boolean): Edits {
  const shown = table.rows.flatMap((row) => row.cells.map((cell) => showCell(cell, edits, mayEdit)));
  return Object.fromEntries(shown.filter(({ changed }) => changed).map(({ key, wanted }) => [key, wanted]));
}

export function needingApproval(table: MatrixTable, edits: Edits): CellKey[] {
  return table.rows
    .flatMap((row) => row.cells)
    .filter(({ key, needsApproval }) => needsApproval && edits[key] === true)
    .map(({ key }) => key);
}
