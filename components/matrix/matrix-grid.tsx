// The matrix on wide screens: a table whose 72 checkboxes are one tab stop and are walked with the arrow keys.
"use client";
import { useTranslations } from "next-intl";
import { useId, useRef } from "react";
import type { CellKey } from "#lib/policy/roles.ts";
import { CellMark } from "./cell-mark.tsx";
import { cellNotes, stateText } from "./cell-notes.ts";
import type { Edits } from "./draft.ts";
import type { Position } from "./grid-keyboard.ts";
import { LineHeader } from "./line-header.tsx";
import { lineCells, type LineKey } from "./lines.ts";
import { RoleGrid, type GridStop } from "./role-grid.tsx";
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
  const focused = useRef<CellKey | LineKey | null>(null);
  const inspectFocused = (key: CellKey | LineKey | null) => {
    focused.current = key;
    onInspect(key);
  };
  const head = (line: LineKey, name: string, { isStop, onFocus }: GridStop) => (
    <LineHeader
      kind={line.startsWith("row:") ? "row" : "column"}
      name={name}
      cells={lineCells(table, edits, mayEdit, line)}
      isStop={isStop}
      onToggle={() => {
        onToggleLine(line);
      }}
      onFocus={() => {
        onFocus();
        inspectFocused(line);
      }}
    />
  );
  return (
    <RoleGrid
      label={t("grid")}
      table={table}
      className="relative max-h-[calc(100dvh-13rem)] overflow-auto xl:max-h-none xl:overflow-visible"
      onPointerLeave={() => {
        onInspect(focused.current);
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) inspectFocused(null);
      }}
      head={mayEdit ? head : undefined}
      cell={(cell, position, { isStop, onFocus }) => (
        <GridCell
          key={cell.key}
          cell={showCell(cell, edits, mayEdit)}
          position={position}
          isStop={isStop}
          onToggle={onToggle}
          onPoint={onInspect}
          onFocus={() => {
            onFocus();
            inspectFocused(cell.key);
          }}
        />
      )}
    />
  );
}

type GridCellProps = {
  readonly cell: ShownCell;
  readonly position: Position;
  readonly isStop: boolean;
  readonly onToggle: (cell: ShownCell) => void;
  readonly onPoint: (key: CellKey) => void;
  readonly onFocus: () => void;
};

function GridCell({ cell, position, isStop, onToggle, onPoint, onFocus }: GridCellProps) {
  const t = useTranslations("client.matrix");
  const id = useId();
  const notes = [...(cell.changed ? [stateText(t, cell)] : []), ...cellNotes(t, cell)];
  const tint = cell.changed ? (cell.wanted ? "bg-added-soft!" : "bg-removed-soft!") : "";
  return (
    <td
      role="gridcell"
      data-row={position.row}
      data-column={position.column}
      onPointerEnter={() => {
        onPoint(cell.key);
      }}
      className={`group relative h-12 border-b border-line p-0 group-last/row:border-b-0 last:border-l group-last/row:last:rounded-br-lg ${tint}`}
    >
      <CellMark cell={cell} />
      <input
        type="checkbox"
        aria-label={cell.sentence}
        aria-describedby={notes.length > 0 ? id : undefined}
        aria-disabled={!cell.editable}
        checked={cell.wanted}
        tabIndex={isStop ? 0 : -1}
        onFocus={onFocus}
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
