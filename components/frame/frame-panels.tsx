// The frame on phones: one panel a role, in it one panel a cell with its three properties.
"use client";
import { ChevronDown } from "lucide-react";
import { useTranslations } from "next-intl";
import { GROUPS } from "#lib/policy/roles.ts";
import { ruleText } from "./frame-grid.tsx";
import type { FrameCellView, FrameTable } from "./frame-table.ts";
import { RuleEditor, type RuleEditorProps } from "./rule-editor.tsx";

type FramePanelsProps = {
  readonly table: FrameTable;
  readonly editorOf: (cell: FrameCellView) => RuleEditorProps;
};

export function FramePanels({ table, editorOf }: FramePanelsProps) {
  const t = useTranslations("client.frame");
  const matrix = useTranslations("client.matrix");
  return (
    <div className="space-y-3">
      {table.rows.map(({ role, name, cells }) => (
        <details key={role} className="group/panel rounded-lg border border-line bg-surface">
          <summary className="flex min-h-14 list-none items-center gap-3 px-4 py-2 font-semibold [&::-webkit-details-marker]:hidden">
            <span className="min-w-0 flex-1">{matrix("panel", { role: name })}</span>
            <ChevronDown aria-hidden className="size-5 flex-none text-ink-soft group-open/panel:rotate-180" />
          </summary>
          <ul className="divide-y divide-line border-t border-line">
            {cells.map((cell, column) => {
              const editor = editorOf(cell);
              const target = table.columns[column];
              return (
                <li key={cell.key}>
                  <details>
                    <summary className="min-h-14 px-4 py-2">
                      <span className="font-semibold">
                        {target?.target === GROUPS ? matrix("panelGroups") : target?.name}
                      </span>
                      <span className="block text-sm text-ink-soft">
                        {ruleText(t, editor.wanted, editor.isChanged)}
                      </span>
                    </summary>
                    <div className="px-4 pb-4">
                      <RuleEditor {...editor} />
                    </div>
                  </details>
                </li>
              );
            })}
          </ul>
        </details>
      ))}
    </div>
  );
}
