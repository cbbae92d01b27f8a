// The frame on wide screens: a table of 72 buttons that is one tab stop and is walked with the arrow keys. A button
// opens the cell's rule below the table.
"use client";
import { Check, Lock, Pencil, Shield } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRef, useState, type KeyboardEvent } from "react";
import { nextPosition, type Position } from "#components/matrix/grid-keyboard.ts";
import type { FrameRule } from "#lib/policy/frame-change.ts";
import type { CellKey } from "#lib/policy/roles.ts";
import type { FrameCellView, FrameTable } from "./frame-table.ts";

type FrameGridProps = {
  readonly table: FrameTable;
  readonly wantedOf: (cell: FrameCellView) => FrameRule;
  readonly isChanged: (key: CellKey) => boolean;
  readonly selected: CellKey | null;
  readonly onSelect: (key: CellKey) => void;
};

export function FrameGrid({ table, wantedOf, isChanged, selected, onSelect }: FrameGridProps) {
  const t = useTranslations("client.frame");
  const matrix = useTranslations("client.matrix");
  const [stop, setStop] = useState<Position>({ row: 0, column: 0 });
  const grid = useRef<HTMLTableElement>(null);
  const walk = (event: KeyboardEvent) => {
    const size = { rows: table.rows.length, columns: table.columns.length };
    const next = nextPosition(stop, { key: event.key, ctrl: event.ctrlKey || event.metaKey }, size);
    if (!next) return;
    event.preventDefault();
    grid.current
      ?.querySelector<HTMLElement>(`[data-row="${String(next.row)}"][data-column="${String(next.column)}"] button`)
      ?.focus();
  };
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-surface">
      <table
        ref={grid}
        role="grid"
        aria-label={t("grid")}
        onKeyDown={walk}
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
              aria-label={matrix("cornerLabel")}
              className="sticky left-0 z-10 border-b border-line bg-surface px-3 text-left text-sm font-normal text-ink-soft"
            >
              {matrix("corner")}
            </th>
            {table.columns.map(({ target, name, header }) => (
              <th
                key={target}
                scope="col"
                aria-label={name}
                className="h-16 border-b border-line px-1 py-2 align-middle text-sm leading-tight font-semibold"
              >
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map(({ role, name, cells }, row) => (
            <tr key={role} className="group/row">
              <th
                scope="row"
                className="sticky left-0 z-10 border-b border-line bg-surface px-3 py-2 text-left leading-tight font-semibold group-last/row:border-b-0"
              >
                {name}
              </th>
              {cells.map((cell, column) => (
                <td
                  key={cell.key}
                  role="gridcell"
                  data-row={row}
                  data-column={column}
                  aria-selected={selected === cell.key}
                  className={`relative h-12 border-b border-line p-0 group-last/row:border-b-0 ${selected === cell.key ? "bg-accent-soft" : ""}`}
                >
                  <CellButton
                    cell={cell}
                    wanted={wantedOf(cell)}
                    changed={isChanged(cell.key)}
                    isStop={stop.row === row && stop.column === column}
                    onFocus={() => {
                      setStop({ row, column });
                    }}
                    onPress={() => {
                      onSelect(cell.key);
                    }}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type CellButtonProps = {
  readonly cell: FrameCellView;
  readonly wanted: FrameRule;
  readonly changed: boolean;
  readonly isStop: boolean;
  readonly onFocus: () => void;
  readonly onPress: () => void;
};

function CellButton({ cell, wanted, changed, isStop, onFocus, onPress }: CellButtonProps) {
  const t = useTranslations("client.frame");
  return (
    <button
      type="button"
      tabIndex={isStop ? 0 : -1}
      aria-label={`${cell.sentence}: ${ruleText(t, wanted, changed)}`}
      onFocus={onFocus}
      onClick={onPress}
      className="absolute inset-0 flex cursor-pointer items-center justify-center -outline-offset-2 hover:bg-accent-soft"
    >
      <span
        aria-hidden
        className={`flex size-7 items-center justify-center rounded-md border-2 ${wanted.allowed ? "border-accent bg-accent text-on-accent" : "border-control bg-surface"}`}
      >
        {wanted.allowed ? <Check className="size-5" strokeWidth={3} /> : null}
      </span>
      {wanted.sensitive ? (
        <Shield aria-hidden className="absolute top-1 right-1 size-3.5 fill-sensitive-soft text-sensitive" />
      ) : null}
      {wanted.locked ? <Lock aria-hidden className="absolute right-1 bottom-1 size-3.5 text-ink-soft" /> : null}
      {changed ? <Pencil aria-hidden className="absolute top-1 left-1 size-3.5 text-accent" /> : null}
    </button>
  );
}

type Texts = ReturnType<typeof useTranslations<"client.frame">>;

/** "erlaubt, gesperrt, besonders geschützt, geändert". */
export function ruleText(t: Texts, { allowed, locked, sensitive }: FrameRule, changed: boolean): string {
  return [
    t(allowed ? "isAllowed" : "isForbidden"),
    ...(locked ? [t("isLocked")] : []),
    ...(sensitive ? [t("isSensitive")] : []),
    ...(changed ? [t("isChanged")] : []),
  ].join(", ");
}
