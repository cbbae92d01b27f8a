// The frame as a tool: look, set, take back, go on to the summary. Nothing leaves the browser from here.
"use client";
import { ArrowRight, UsersRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRef, useState } from "react";
import { HistoryButtons } from "#components/matrix/history-buttons.tsx";
import { useHistoryKeys } from "#components/matrix/use-history-keys.ts";
import { buttonClass } from "#components/ui/classes.ts";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { useLeaveWarning } from "#components/ui/use-leave-warning.ts";
import { editsOf, frameItems, frameProblems, type FrameRule } from "#lib/policy/frame-change.ts";
import type { CellKey } from "#lib/policy/roles.ts";
import { summaryPath } from "./edits-address.ts";
import { useFrameDraft } from "./frame-draft.ts";
import { FrameGrid } from "./frame-grid.tsx";
import { isNothing, isUntouched } from "./frame-history.ts";
import { FramePanels } from "./frame-panels.tsx";
import { FrameSettingsForm } from "./frame-settings.tsx";
import { frameStateOf, type FrameCellView, type FrameTable } from "./frame-table.ts";
import { RuleEditor, type RuleEditorProps } from "./rule-editor.tsx";

export function FrameEditor({ table }: { readonly table: FrameTable }) {
  const t = useTranslations("client.frame");
  const { draft, step } = useFrameDraft(table.version);
  const { baseVersion, present: edits } = draft;
  const [selected, setSelected] = useState<CellKey | null>(null);
  const detail = useRef<HTMLElement>(null);
  const base = frameStateOf(table);
  const items = frameItems(base, edits);
  const problems = frameProblems(base, edits);
  const waiting = items.filter(({ permissive }) => permissive).length;
  const changed = new Set(items.map((item) => (item.kind === "cell" ? item.key : item.name)));
  const isStale = baseVersion !== table.version && !isNothing(edits);
  const href = summaryPath(baseVersion, isStale ? edits : editsOf(items));
  useLeaveWarning(items.length > 0);
  useHistoryKeys((type) => {
    step({ type });
  });

  const wantedOf = (cell: FrameCellView): FrameRule => edits.cells[cell.key] ?? cell.rule;
  const editorOf = (cell: FrameCellView): RuleEditorProps => ({
    cell,
    wanted: wantedOf(cell),
    isChanged: changed.has(cell.key),
    problems: problems.filter((problem) => problem.kind !== "period" && problem.key === cell.key),
    onChange: (rule) => {
      const kept = Object.entries(edits.cells).filter(([key]) => key !== cell.key);
      const cells = Object.fromEntries(rule === cell.rule ? kept : [...kept, [cell.key, rule]]);
      const isTyping = rule.locked && wantedOf(cell).locked && rule.reason !== wantedOf(cell).reason;
      step({ type: "set", edits: { ...edits, cells }, ...(isTyping && { typing: `reason:${cell.key}` }) });
    },
  });
  const cell = table.rows.flatMap(({ cells }) => cells).find(({ key }) => key === selected);

  return (
    <div className="space-y-8">
      {isStale ? (
        <Notice tone="warning" title={t("staleTitle")} live>
          <p>{t("staleText")}</p>
        </Notice>
      ) : null}
      <div className="space-y-4 max-md:hidden">
        <FrameGrid
          table={table}
          wantedOf={wantedOf}
          isChanged={(key) => changed.has(key)}
          selected={selected}
          onSelect={(key) => {
            setSelected(key);
            // the section is there since the first rendering, so it can take the focus at once
            detail.current?.focus();
          }}
        />
        <section
          ref={detail}
          tabIndex={-1}
          aria-label={t("detail")}
          className="scroll-mb-32 rounded-lg border border-line bg-surface p-4"
        >
          {cell ? (
            <>
              <h2 className="mb-2 text-lg font-semibold">{cell.sentence}</h2>
              <RuleEditor key={cell.key} {...editorOf(cell)} />
            </>
          ) : (
            <p className="text-ink-soft">{t("choose")}</p>
          )}
        </section>
      </div>
      <div className="md:hidden">
        <FramePanels table={table} editorOf={editorOf} />
      </div>
      <FrameSettingsForm
        wanted={{ ...table.settings, ...edits.settings }}
        problems={problems}
        onChange={(settings, typing) => {
          step({ type: "set", edits: { ...edits, settings }, ...(typing !== undefined && { typing }) });
        }}
      />
      {isUntouched(draft) ? null : (
        <section
          aria-label={t("bar")}
          className="sticky bottom-18 z-10 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-control bg-surface p-3 shadow-raised lg:bottom-4"
        >
          <p className="min-w-0 flex-1 basis-full sm:basis-56">
            <span className="font-semibold tabular-nums">{t("changes", { count: items.length })}</span>
            {waiting > 0 ? (
              <span className="text-waiting">
                {" · "}
                <UsersRound aria-hidden className="inline size-4 align-[-2px]" /> {t("waiting", { count: waiting })}
              </span>
            ) : null}
            {problems.length > 0 ? (
              <span className="block text-danger">{t("fixFirst", { count: problems.length })}</span>
            ) : null}
            {href === undefined ? <span className="block text-danger">{t("tooLong")}</span> : null}
          </p>
          <HistoryButtons
            undo={draft.past.length > 0}
            redo={draft.future.length > 0}
            discard={!isNothing(edits)}
            onStep={(type) => {
              step({ type });
            }}
          />
          {href !== undefined && (isStale || (items.length > 0 && problems.length === 0)) ? (
            <IntentLink href={href} className={buttonClass("primary")}>
              {t("summary")}
              <ArrowRight aria-hidden className="size-5 flex-none" />
            </IntentLink>
          ) : null}
        </section>
      )}
      <p aria-live="polite" className="sr-only">
        {isUntouched(draft)
          ? ""
          : `${t("changes", { count: items.length })}. ${waiting > 0 ? t("waiting", { count: waiting }) : ""} ${
              problems.length > 0 ? t("fixFirst", { count: problems.length }) : ""
            }`}
      </p>
    </div>
  );
}
