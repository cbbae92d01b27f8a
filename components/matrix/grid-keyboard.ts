// Where the arrow keys lead in the grid (WAI-ARIA APG, grid pattern: one tab stop, no wrapping). Pure.
export type Position = { readonly row: number; readonly column: number };
export type Size = { readonly rows: number; readonly columns: number };

const clamp = (value: number, count: number) => Math.min(Math.max(value, 0), count - 1);

/** The cell to focus next; undefined for keys that do not move. */
export function nextPosition(
  { row, column }: Position,
  { key, ctrl }: { readonly key: string; readonly ctrl: boolean },
  { rows, columns }: Size,
): Position | undefined {
  const to = (nextRow: number, nextColumn: number): Position => ({
    row: clamp(nextRow, rows),
    column: clamp(nextColumn, columns),
  });
  switch (key) {
    case "ArrowUp":
      return to(row - 1, column);
    case "ArrowDown":
      return to(row + 1, column);
    case "ArrowLeft":
      return to(row, column - 1);
    case "ArrowRight":
      return to(row, column + 1);
    case "Home":
      return ctrl ? to(0, 0) : to(row, 0);
    case "End":
      return ctrl ? to(rows, columns) : to(row, columns);
    default:
      return undefined;
  }
}
