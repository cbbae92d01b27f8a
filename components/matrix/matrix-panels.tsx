// The matrix on phones: one panel a role, each with its nine switches.
"use client";
import { ChevronDown, Clock, Lock, Shield } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useId, useRef } from "react";
import { GROUPS } from "#lib/policy/roles.ts";
import { ChangeMark } from "./cell-mark.tsx";
import { cellNotes, stateText } from "./cell-notes.ts";
import { LineHeader } from "./line-header.tsx";
import type { MatrixProps } from "./matrix-grid.tsx";
import { showCell, type ShownCell } from "./view.ts";

export function MatrixPanels({ table, edits, mayEdit, onToggle, onToggleLine }: MatrixProps) {
  const t = useTranslations("client.matrix");
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // an explanation leads to one cell (see components/addressbook): here its panel has to be opened first
    const key = window.location.hash.slice(1);
    const cell = [...(box.current?.querySelectorAll("[data-cell]") ?? [])].find(
      (one) => one.getAttribute("data-cell") === key,
    );
    const panel = cell?.closest("details");
    if (!cell || !panel) return;
    panel.open = true;
    cell.scrollIntoView({ block: "center" });
    cell.querySelector("input")?.focus({ preventScroll: true });
  }, []);
  return (
    <div ref={box} className="space-y-3">
      {table.rows.map(({ role, name, cells }) => {
        const shown = cells.map((cell) => showCell(cell, edits, mayEdit));
        const changed = shown.filter((cell) => cell.changed).length;
        return (
          <details key={role} className="group/panel rounded-lg border border-line bg-surface">
            <summary className="flex min-h-16 list-none items-center gap-3 px-4 py-2 [&::-webkit-details-marker]:hidden">
              <span className="min-w-0 flex-1">
                <span className="block font-semibold">{t("panel", { role: name })}</span>
                <span className="text-sm text-ink-soft tabular-nums">
                  {t("panelCount", { allowed: shown.filter((cell) => cell.wanted).length, total: shown.length })}
                  {changed > 0 ? (
                    <span className="font-semibold text-accent"> · {t("panelChanged", { count: changed })}</span>
                  ) : null}
                </span>
              </span>
              <ChevronDown
                aria-hidden
                className="size-5 flex-none text-ink-soft transition-transform duration-100 group-open/panel:rotate-180"
              />
            </summary>
            {mayEdit ? (
              <div className="relative flex min-h-14 items-center justify-between gap-3 border-t border-line px-4 py-2">
                <span aria-hidden className="font-semibold">
                  {t("panelAll")}
                </span>
                <LineHeader
                  kind="row"
                  name={name}
                  cells={shown}
                  isStop
                  onToggle={() => {
                    onToggleLine(`row:${role}`);
                  }}
                />
              </div>
            ) : null}
            <ul className="border-t border-line">
              {shown.map((cell, column) => {
                const target = table.columns[column];
                const label = target?.target === GROUPS ? t("panelGroups") : (target?.name ?? "");
                return <PanelSwitch key={cell.key} cell={cell} label={label} onToggle={onToggle} />;
              })}
            </ul>
          </details>
        );
      })}
    </div>
  );
}

type PanelSwitchProps = {
  readonly cell: ShownCell;
  readonly label: string;
  readonly onToggle: (cell: ShownCell) => void;
};

function PanelSwitch({ cell, label, onToggle }: PanelSwitchProps) {
  const t = useTranslations("client.matrix");
  const id = useId();
  const notes = [...(cell.changed ? [stateText(t, cell)] : []), ...cellNotes(t, cell)];
  const tint = cell.changed ? (cell.wanted ? "bg-added-soft" : "bg-removed-soft") : "";
  return (
    <li
      data-cell={cell.key.replace(">", ".")}
      className={`border-b border-line last:rounded-b-lg last:border-b-0 ${tint}`}
    >
      <div className="relative flex min-h-14 items-center gap-3 px-4 py-2 has-focus-visible:outline-3 has-focus-visible:-outline-offset-3 has-focus-visible:outline-focus">
        <span className="min-w-0 flex-1">
          <span className="flex items-center gap-2">
            {cell.changed ? (
              <span className="relative size-6 flex-none">
                <ChangeMark opens={cell.wanted} />
              </span>
            ) : null}
            <span>{label}</span>
            {cell.lockReason !== null ? <Lock aria-hidden className="size-4 flex-none text-ink-soft" /> : null}
            {cell.sensitive && cell.lockReason === null ? (
              <Shield aria-hidden className="size-4 flex-none fill-sensitive-soft text-sensitive" />
            ) : null}
            {cell.waiting ? <Clock aria-hidden className="size-4 flex-none text-waiting" /> : null}
          </span>
          {notes.length > 0 ? (
            <span id={id} className="block text-sm text-ink-soft">
              {notes.join(" ")}
            </span>
          ) : null}
        </span>
        <input
          type="checkbox"
          role="switch"
          aria-label={cell.sentence}
          aria-describedby={notes.length > 0 ? id : undefined}
          aria-disabled={!cell.editable}
          checked={cell.wanted}
          onChange={() => {
            if (cell.editable) onToggle(cell);
          }}
          className={`absolute inset-0 size-full appearance-none opacity-0 ${cell.editable ? "cursor-pointer" : "cursor-help"}`}
        />
        <span
          aria-hidden
          className="switch"
          data-on={cell.wanted ? "" : undefined}
          data-fixed={cell.editable ? undefined : ""}
        />
      </div>
    </li>
  );
}
