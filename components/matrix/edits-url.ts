// A change as an address: the summary page reads it, so it can be reloaded, and survives signing in again.
import { schoolPath } from "#components/shell/paths.ts";
import { CELLS, cellKey, type CellKey } from "#lib/policy/roles.ts";
import type { Edits } from "./draft.ts";

/** In the matrix' order, so that the same change has the same address. */
export function editList(edits: Edits): { key: CellKey; allowed: boolean }[] {
  return CELLS.flatMap((cell) => {
    const key = cellKey(cell);
    const allowed = edits[key];
    return allowed === undefined ? [] : [{ key, allowed }];
  });
}

/** Openings in effect, and the last day that they shall have; null for none. */
export type Ends = { readonly keys: readonly CellKey[]; readonly endsOn: string | null };

/** `?base=3&until=student.student&day=2027-01-31` */
export function endsPath(schoolId: string, baseVersion: number, { keys, endsOn }: Ends): string {
  const until = keys.map((key) => key.replace(">", ".")).join(",");
  const day = endsOn === null ? "" : `&day=${endsOn}`;
  return `${schoolPath(schoolId, "matrix/summary")}?base=${String(baseVersion)}&until=${until}${day}`;
}

/** `?base=3&on=student.student&off=guardian.teacher,teacher.groups` */
export function summaryPath(schoolId: string, baseVersion: number, edits: Edits): string {
  const cells = (allowed: boolean) =>
    editList(edits)
      .filter((edit) => edit.allowed === allowed)
      .map(({ key }) => key.replace(">", "."))
      .join(",");
  const parts = [`base=${String(baseVersion)}`];
  for (const [name, list] of [
    ["on", cells(true)],
    ["off", cells(false)],
  ] as const) {
    if (list !== "") parts.push(`${name}=${list}`);
  }
  return `${schoolPath(schoolId, "matrix/summary")}?${parts.join("&")}`;
}
