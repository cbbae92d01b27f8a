// The matrix on wide screens: a table whose 72 checkboxes are one tab stop and are walked with the arrow keys.
"use client";
import { useTranslations } from "next-intl";
import { useId, useRef, useState, type KeyboardEvent } from "react";
import type { CellKey } from "#lib/policy/roles.ts";
import { CellMark } from "./cell-mark.tsx";
import { cellNotes, stateText } from "./cell-notes.ts";
import type { Edits } from "./draft.ts";
import { nextPosition, type Position } from "./grid-keyboard.ts";
import { LineHeader } from "./line-header.tsx";
import { lineCells, type LineKey } from "./lines.ts";
import { showCell, type MatrixTable, type ShownCell } from "./view.ts";

export type MatrixProps = {
  readonly table: MatrixTable;
  readonly edits: Edits;
  readonly mayEdit: boolean;
  readonly onToggle: (cell: ShownCell) => void;
  /** Switches a whole row or column. */
  readonly onToggleLine: (line: LineKey) => void;
};

type MatrixGridProps = MatrixProps & {
  /** The cell, row or column under focus or pointer, for the dock. */
  readonly onInspect: (key: CellKey | LineKey | null) => void;
};

export function MatrixGrid({ table, edits, mayEdit, onToggle, onToggleLine, onInspect }: MatrixGridProps) {
  const t = useTranslations("client.matrix");
  const [stop, setStop] = useState<Position>({ row: 0, column: 0 });
  const focused = useRef<CellKey | LineKey | null>(null);
  const grid = useRef<HTMLTableElement>(null);

  const walk = (event: KeyboardEvent) => {
    const size = { rows: table.rows.length, columns: table.columns.length, heads: mayEdit };
    const next = nextPosition(stop, { key: event.key, ctrl: event.ctrlKey || event.metaKey }, size);
    if (!next) return;
    event.preventDefault();
    const cell = grid.current?.querySelector<HTMLElement>(
      `[data-row="${String(next.row)}"][data-column="${String(next.column)}"] :is(input, button)`,
    );
    cell?.focus();
  };

  const lineHeader = (line: LineKey, name: string, position: Position) =>
    mayEdit ? (
      <LineHeader
        kind={position.row < 0 ? "column" : "row"}
        name={name}
        cells={lineCells(table, edits, mayEdit, line)}
        isStop={stop.row === position.row && stop.column === position.column}
        onToggle={() => {
          onToggleLine(line);
        }}
        onFocus={() => {
          setStop(position);
          focused.current = line;
          onInspect(line);
        }}
      />
    ) : null;

  return (
    <div className="relative max-h-[calc(100dvh-13rem)] overflow-auto rounded-lg border border-line bg-surface xl:max-h-none xl:overflow-visible">
      <table
        ref={grid}
        role="grid"
        aria-label={t("grid")}
        aria-rowcount={table.rows.length + 1}
        aria-colcount={table.columns.length + 1}
        onKeyDown={walk}
        onPointerLeave={() => {
          onInspect(focused.current);
        }}
        onBlur={(event) => {
          if (event.currentTarget.contains(event.relatedTarget)) return;
          focused.current = null;
          onInspect(null);
        }}
        className="matrix-grid w-full min-w-216 table-fixed border-separate border-spacing-0"
      >
        <colgroup>
          <col className="w-48" />
          {table.columns.map(({ target }) => (
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
            {table.columns.map(({ target, name, header }, column) => (
              <th
                key={target}
                scope="col"
                aria-label={name}
                data-row={-1}
                data-column={column}
                className="sticky top-0 z-10 h-16 border-b border-line bg-surface px-1 py-2 align-middle text-sm leading-tight font-semibold last:rounded-tr-lg last:border-l xl:top-16"
              >
                <span className="flex flex-col items-center gap-1.5">
                  {header}
                  {lineHeader(`column:${target}`, name, { row: -1, column })}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map(({ role, name, cells }, row) => (
            <tr key={role} className="group/row">
              <th
                scope="row"
                aria-label={name}
                data-row={row}
                data-column={-1}
                className="sticky left-0 z-10 border-b border-line bg-surface px-3 py-2 text-left leading-tight font-semibold group-last/row:rounded-bl-lg group-last/row:border-b-0"
              >
                <span className="flex items-center justify-between gap-2">
                  {name}
                  {lineHeader(`row:${role}`, name, { row, column: -1 })}
                </span>
              </th>
              {cells.map((cell, column) => (
                <GridCell
                  key={cell.key}
                  cell={showCell(cell, edits, mayEdit)}
                  position={{ row, column }}
                  isStop={stop.row === row && stop.column === column}
                  onToggle={onToggle}
                  onPoint={onInspect}
                  onFocus={(position) => {
                    setStop(position);
                    focused.current = cell.key;
                    onInspect(cell.key);
                  }}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type GridCellProps = {
  readonly cell: ShownCell;
  readonly position: Position;
  readonly isStop: boolean;
  readonly onToggle: (cell: ShownCell) => void;
  readonly onPoint: (key: CellKey) => void;
  readonly onFocus: (position: Position) => void;
};

function GridCell({ cell, position, isStop, onToggle, onPoint, onFocus }: GridCellProps) {
  const t = useTranslations("client.matrix");
  const id = useId();
  const notes = [...(cell.changed ? [stateText(t, cell)] : []), ...cellNotes(t, cell)];
  const tint = cell.changed ? (cell.wanted ? "bg-added-soft!" : "bg-removed-soft!") : "";
  return (
    <td
      id={cell.key.replace(">", ".")} // where an explanation leads to
      role="gridcell"
      data-row={position.row}
      data-column={position.column}
      onPointerEnter={() => {
        onPoint(cell.key);
      }}
      className={`group relative h-12 scroll-my-32 border-b border-line p-0 target:outline-3 target:-outline-offset-3 target:outline-focus group-last/row:border-b-0 last:border-l group-last/row:last:rounded-br-lg ${tint}`}
    >
      <CellMark cell={cell} />
      <input
        type="checkbox"
        aria-label={cell.sentence}
        aria-describedby={notes.length > 0 ? id : undefined}
        aria-disabled={!cell.editable}
        checked={cell.wanted}
        tabIndex={isStop ? 0 : -1}
        onFocus={() => {
          onFocus(position);
        }}
        onChange={() => {
          if (cell.editable) onToggle(cell);
        }}
        className={`absolute inset-0 size-full appearance-none opacity-0 ${cell.editable ? "cursor-pointer" : "cursor-help"}`}
      />
      {notes.length > 0 ? (
        <span id={id} hidden>
          {notes.join(" ")}
        </span>
      ) : null}
    </td>
  );
}
