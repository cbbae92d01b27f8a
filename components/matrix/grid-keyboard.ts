// Where the arrow keys lead in the grid (WAI-ARIA APG, grid pattern: one tab stop, no wrapping). Pure.
export type Position = { readonly row: number; readonly column: number };
export type Size = {
  readonly rows: number;
  readonly columns: number;
  /** The heads of rows and columns can be focused too: they stand at -1. */
  readonly heads?: boolean;
};

const clamp = (value: number, least: number, count: number) => Math.min(Math.max(value, least), count - 1);

/** The cell to focus next; undefined for keys that do not move. */
export function nextPosition(
  { row, column }: Position,
  { key, ctrl }: { readonly key: string; readonly ctrl: boolean },
  { rows, columns, heads = false }: Size,
): Position | undefined {
  const least = heads ? -1 : 0;
  const to = (nextRow: number, nextColumn: number): Position => {
    const next = { row: clamp(nextRow, least, rows), column: clamp(nextColumn, least, columns) };
    // nothing stands in the corner
    return next.row < 0 && next.column < 0 ? { row, column } : next;
  };
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
