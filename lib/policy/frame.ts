// The state's frame and how it meets what a school has set (design §4.6).
import { encodeCells, type MatrixCells } from "./cells.ts";
import { cellKey, type Cell, type CellKey } from "./roles.ts";

export type FrameCell = {
  readonly cell: Cell;
  /** The default, and the value while locked. */
  readonly allowed: boolean;
  readonly locked: boolean;
  /** Shown to the administrator of a locked cell: who locked it and why. */
  readonly reason: string | null;
  /** Opening it needs school management. */
  readonly sensitive: boolean;
};

export type PolicyFrame = {
  readonly version: number;
  readonly cells: ReadonlyMap<CellKey, FrameCell>;
  readonly approvalForEveryChange: boolean;
  readonly approverRoleAgeDays: number;
  readonly requestExpiryDays: number;
};

/** What a school has set itself; a cell that it never touched is absent. */
export type SchoolCells = ReadonlyMap<CellKey, boolean>;

/** Sensitive whatever the frame says; the database holds the same list (constraint sensitive_by_constraint). */
export const ALWAYS_SENSITIVE: ReadonlySet<CellKey> = new Set<CellKey>([
  "student>student",
  "guardian>student",
  "parentsCouncil>student",
  "student>guardian",
  "student>parentsCouncil",
]);

/** A frame that does not know one of the 72 cells is broken, and a broken frame permits nothing. */
export function frameCell(frame: PolicyFrame, cell: Cell): FrameCell {
  return frame.cells.get(cellKey(cell)) ?? { cell, allowed: false, locked: true, reason: null, sensitive: true };
}

/** Effective = locked ? frame : school ?? default. */
export function effectiveCells(frame: PolicyFrame, school: SchoolCells): MatrixCells {
  return encodeCells((cell) => {
    const { locked, allowed } = frameCell(frame, cell);
    if (locked) return { allowed, origin: "lock" };
    const own = school.get(cellKey(cell));
    return own === undefined ? { allowed, origin: "default" } : { allowed: own, origin: "school" };
  });
}
