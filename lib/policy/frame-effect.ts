// What a change of the frame does at the schools: which versions it writes, and the numbers shown before saving. Pure.
import type { MatrixCells } from "./cells.ts";
import { differingCells, type CellEdit } from "./change.ts";
import { effectiveCells, type PolicyFrame, type SchoolCells } from "./frame.ts";
import { cellKey, type CellKey } from "./roles.ts";

export type SchoolInEffect = {
  readonly id: string;
  readonly name: string;
  /** Left the directory: it follows the frame and is not counted. */
  readonly left: boolean;
  readonly version: number;
  readonly cells: MatrixCells;
  readonly own: SchoolCells;
};

export type AlteredSchool = { readonly school: SchoolInEffect; readonly cells: MatrixCells };

/** Schools whose matrix would be written differently; where only the origin of a cell changes, nobody notices. */
export function alteredSchools(next: PolicyFrame, schools: readonly SchoolInEffect[]): AlteredSchool[] {
  return schools.flatMap((school) => {
    const cells = effectiveCells(next, school.own);
    return cells === school.cells ? [] : [{ school, cells }];
  });
}

export type SchoolEffect = { readonly id: string; readonly name: string; readonly changes: readonly CellEdit[] };
export type FrameEffect = {
  /** Schools with the messenger's policy, whether altered or not. */
  readonly schools: number;
  /** Schools where at least one cell opens or closes. */
  readonly concerned: number;
  /** The first of them by name. */
  readonly first: readonly SchoolEffect[];
  /** Number of schools by cell. */
  readonly opening: ReadonlyMap<CellKey, number>;
  readonly closing: ReadonlyMap<CellKey, number>;
};

const FIRST_SCHOOLS = 20;

export function frameEffect(next: PolicyFrame, schools: readonly SchoolInEffect[]): FrameEffect {
  const present = schools.filter(({ left }) => !left);
  const opening = new Map<CellKey, number>();
  const closing = new Map<CellKey, number>();
  const concerned: SchoolEffect[] = [];
  for (const { school, cells } of alteredSchools(next, present)) {
    const changes = differingCells(school.cells, cells);
    for (const { cell, allowed } of changes) {
      const counts = allowed ? opening : closing;
      counts.set(cellKey(cell), (counts.get(cellKey(cell)) ?? 0) + 1);
    }
    if (changes.length > 0) concerned.push({ id: school.id, name: school.name, changes });
  }
  const first = concerned.toSorted((one, other) => one.name.localeCompare(other.name, "de")).slice(0, FIRST_SCHOOLS);
  return { schools: present.length, concerned: concerned.length, first, opening, closing };
}
