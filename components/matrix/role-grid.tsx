// The table under every grid of roles: heads for rows and columns, a corner that says how to read it, one tab stop that
// the arrow keys move. What stands in a cell, and in a head beside its name, is the caller's.
"use client";
import { useTranslations } from "next-intl";
import type { ComponentProps, ReactNode } from "react";
import type { CellKey, Role, Target } from "#lib/policy/roles.ts";
import type { Position } from "./grid-keyboard.ts";
import { useGridWalk } from "./use-grid-walk.ts";

type Column = { readonly target: Target; readonly name: string; readonly header: string };
type Row<Cell> = { readonly role: Role; readonly name: string; readonly cells: readonly Cell[] };

/** What makes an element the stop, or part of the way. */
export type GridStop = { readonly isStop: boolean; readonly onFocus: () => void };

type RoleGridProps<Cell> = {
  readonly label: string;
  readonly table: { readonly columns: readonly Column[]; readonly rows: readonly Row<Cell>[] };
  readonly className: string;
  /** Something to press in a head; without it heads are not walked. */
  readonly head?: ((line: `row:${Role}` | `column:${Target}`, name: string, stop: GridStop) => ReactNode) | undefined;
  /** A `td` with its role, and the position in `data-row` and `data-column`. */
  readonly cell: (cell: Cell, position: Position, stop: GridStop) => ReactNode;
} & Pick<ComponentProps<"table">, "onPointerLeave" | "onBlur">;

export function RoleGrid<Cell extends { readonly key: CellKey }>(props: RoleGridProps<Cell>) {
  const { label, table, className, head, cell, ...handlers } = props;
  const t = useTranslations("client.matrix");
  const { columns, rows } = table;
  const { grid, onKeyDown, isStop, setStop } = useGridWalk({
    rows: rows.length,
    columns: columns.length,
    heads: head !== undefined,
  });
  const stopAt = (position: Position): GridStop => ({
    isStop: isStop(position),
    onFocus: () => {
      setStop(position);
    },
  });
  return (
    <div className={`isolate rounded-lg border border-line bg-surface ${className}`}>
      <table
        {...handlers}
        ref={grid}
        role="grid"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length + 1}
        onKeyDown={onKeyDown}
        className="matrix-grid w-full min-w-216 table-fixed border-separate border-spacing-0"
      >
        <colgroup>
          {/* as wide as the longest name of a role beside its box */}
          <col className="w-53" />
          {columns.map(({ target }) => (
            <col key={target} />
          ))}
        </colgroup>
        <thead>
          <tr>
            <th
              scope="col"
              aria-label={t("cornerLabel")}
              className="sticky top-0 left-0 z-20 rounded-tl-lg border-b border-line bg-surface px-3 text-left text-sm font-normal text-ink-soft xl:top-16"
            >
              {t("corner")}
            </th>
            {columns.map(({ target, name, header }, column) => (
              <th
                key={target}
                scope="col"
                aria-label={name}
                data-row={-1}
                data-column={column}
                className="sticky top-0 z-10 h-16 border-b border-line bg-surface px-1 py-2 align-middle text-sm leading-tight font-semibold last:rounded-tr-lg last:border-l xl:top-16"
              >
                <span className="flex flex-col items-center gap-1.5 text-center">
                  {header}
                  {head?.(`column:${target}`, name, stopAt({ row: -1, column }))}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ role, name, cells }, row) => (
            <tr key={role} className="group/row">
              <th
                scope="row"
                aria-label={name}
                data-row={row}
                data-column={-1}
                className="sticky left-0 z-10 border-b border-line bg-surface py-2 pr-2 pl-3 text-left leading-tight font-semibold group-last/row:rounded-bl-lg group-last/row:border-b-0"
              >
                <span className="flex items-center justify-between gap-1.5">
                  {name}
                  {head?.(`row:${role}`, name, stopAt({ row, column: -1 }))}
                </span>
              </th>
              {cells.map((one, column) => cell(one, { row, column }, stopAt({ row, column })))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
