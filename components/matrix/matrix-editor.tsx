// The matrix as a tool: look, switch, take back, go on to the summary. Nothing leaves the browser from here.
"use client";
import { useTranslations } from "next-intl";
import { useState, useSyncExternalStore } from "react";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { useLeaveWarning } from "#components/ui/use-leave-warning.ts";
import type { Preset } from "#lib/policy/presets.ts";
import type { CellKey } from "#lib/policy/roles.ts";
import { CellInfo } from "./cell-info.tsx";
import { createDraftStore } from "./draft-store.ts";
import { emptyDraft, isEmpty, isUntouched, type Draft, type DraftStep, type Edits } from "./draft.ts";
import { summaryPath } from "./edits-url.ts";
import { isLineKey, lineCells, lineState, presetSteps, shownCells, toggleLine, type LineKey } from "./lines.ts";
import { MatrixGrid } from "./matrix-grid.tsx";
import { MatrixPanels } from "./matrix-panels.tsx";
import { Presets, type AppliedPreset } from "./presets.tsx";
import { PendingBar } from "./pending-bar.tsx";
import { useHistoryKeys } from "./use-history-keys.ts";
import { liveEdits, needingApproval, showCell, type MatrixTable, type ShownCell } from "./view.ts";

type MatrixEditorProps = {
  readonly schoolId: string;
  readonly version: number;
  readonly table: MatrixTable;
  readonly mayEdit: boolean;
};

export function MatrixEditor({ schoolId, version, table, mayEdit }: MatrixEditorProps) {
  const t = useTranslations("client.matrix");
  const { draft, step: stepDraft } = useDraft(schoolId, version);
  const [inspected, setInspected] = useState<CellKey | LineKey | null>(null);
  const [applied, setApplied] = useState<AppliedPreset | null>(null);
  const edits = liveEdits(table, draft.present, mayEdit);
  const changes = Object.keys(edits).length;
  const needApproval = needingApproval(table, edits).length;
  const isStale = draft.baseVersion !== version && !isEmpty(draft.present);
  useLeaveWarning(changes > 0);

  const step = (next: DraftStep) => {
    setApplied(null);
    stepDraft(next);
  };
  const onToggleLine = (line: LineKey) => {
    step({ type: "set", cells: toggleLine(lineCells(table, edits, mayEdit, line)) });
  };
  const onApply = (preset: Preset) => {
    const shown = shownCells(table, edits, mayEdit);
    const cells = presetSteps(preset, shown);
    const wanted = new Map(shown.map((cell) => [cell.key, cell.wanted]));
    if (cells.some(({ key, allowed }) => wanted.get(key) !== allowed)) step({ type: "set", cells });
    setApplied({
      preset,
      changes: cells.filter(({ allowed, inEffect }) => allowed !== inEffect).length,
      fixed: shown.length - cells.length,
    });
  };
  const onToggle = ({ key, wanted, allowed }: ShownCell) => {
    step({ type: "set", cells: [{ key, allowed: !wanted, inEffect: allowed }] });
  };
  useHistoryKeys((type) => {
    step({ type });
  });
  const shared = { table, edits, mayEdit, onToggle, onToggleLine };
  const cell = inspected === null || isLineKey(inspected) ? undefined : findCell(table, inspected);
  const line = inspected !== null && isLineKey(inspected) ? describeLine(table, edits, mayEdit, inspected) : undefined;
  const summaryHref = summaryPath(schoolId, isStale ? draft.baseVersion : version, isStale ? draft.present : edits);

  return (
    <div className="space-y-4">
      {isStale ? (
        <Notice tone="warning" title={t("staleTitle")} live>
          <p>{t("staleText", { count: Object.keys(draft.present).length })}</p>
          <p>
            <IntentLink href={summaryHref} className="text-link inline-flex min-h-11 items-center">
              {t("staleLink")}
            </IntentLink>
          </p>
        </Notice>
      ) : null}
      {mayEdit ? <Presets applied={applied} onApply={onApply} /> : null}
      <div className="max-md:hidden">
        <MatrixGrid {...shared} onInspect={setInspected} />
      </div>
      <div className="md:hidden">
        <MatrixPanels {...shared} />
      </div>
      <div className="sticky bottom-18 z-10 overflow-hidden rounded-lg border border-control bg-surface shadow-raised empty:hidden max-md:has-[>*:only-child]:hidden lg:bottom-4">
        <CellInfo cell={cell && showCell(cell, edits, mayEdit)} line={line} />
        {isUntouched(draft) ? null : (
          <PendingBar
            changes={changes}
            needApproval={needApproval}
            canUndo={draft.past.length > 0}
            canRedo={draft.future.length > 0}
            summaryHref={summaryHref}
            onStep={step}
          />
        )}
      </div>
      <p aria-live="polite" className="sr-only">
        {isUntouched(draft)
          ? ""
          : `${t("changes", { count: changes })}. ${needApproval > 0 ? t("needApproval", { count: needApproval }) : ""}`}
      </p>
    </div>
  );
}

function findCell(table: MatrixTable, key: CellKey) {
  return table.rows.flatMap(({ cells }) => cells).find((cell) => cell.key === key);
}

function describeLine(table: MatrixTable, edits: Edits, mayEdit: boolean, line: LineKey) {
  const row = table.rows.find(({ role }) => line === `row:${role}`);
  const name = row?.name ?? table.columns.find(({ target }) => line === `column:${target}`)?.name ?? "";
  const kind: "row" | "column" = row ? "row" : "column";
  return { name, kind, state: lineState(lineCells(table, edits, mayEdit, line)) };
}

function useDraft(schoolId: string, version: number): { draft: Draft; step: (step: DraftStep) => void } {
  const [store] = useState(() => createDraftStore(schoolId, version));
  // the server knows no draft; the browser's appears right after hydration
  const [none] = useState(() => emptyDraft(version));
  const draft = useSyncExternalStore(store.subscribe, store.current, () => none);
  return {
    draft,
    step: (step) => {
      store.step(step, version);
    },
  };
}
