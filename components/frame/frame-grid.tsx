// The frame on wide screens: a table of 72 buttons that is one tab stop and is walked with the arrow keys. A button
// opens the cell's rule below the table.
"use client";
import { Check, Lock, Pencil, Shield } from "lucide-react";
import { useTranslations } from "next-intl";
import { RoleGrid, type GridStop } from "#components/matrix/role-grid.tsx";
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
  return (
    <RoleGrid
      label={t("grid")}
      table={table}
      className="relative max-h-[calc(100dvh-13rem)] overflow-auto xl:max-h-none xl:overflow-visible"
      cell={(cell, { row, column }, stop) => (
        <td
          key={cell.key}
          role="gridcell"
          data-row={row}
          data-column={column}
          aria-selected={selected === cell.key}
          className={`relative h-12 border-b border-line p-0 group-last/row:border-b-0 last:border-l ${selected === cell.key ? "bg-accent-soft" : ""}`}
        >
          <CellButton
            cell={cell}
            wanted={wantedOf(cell)}
            changed={isChanged(cell.key)}
            {...stop}
            onPress={() => {
              onSelect(cell.key);
            }}
          />
        </td>
      )}
    />
  );
}

type CellButtonProps = GridStop & {
  readonly cell: FrameCellView;
  readonly wanted: FrameRule;
  readonly changed: boolean;
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
