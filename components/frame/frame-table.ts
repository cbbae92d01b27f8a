// What the editor of the frame is given: names and sentences, put to the cells on the server in the reader's language.
import { cellSentence } from "#components/matrix/sentences.ts";
import type { Translator } from "#components/ui/translator.ts";
import type { FrameRule, FrameSettings, FrameState } from "#lib/policy/frame-change.ts";
import type { FrameView } from "#lib/policy/frame-queries.ts";
import { CELLS, cellKey, ROLES, TARGETS, type CellKey, type Role, type Target } from "#lib/policy/roles.ts";

export type FrameTable = {
  readonly version: number;
  readonly settings: FrameSettings;
  readonly columns: readonly { readonly target: Target; readonly name: string; readonly header: string }[];
  readonly rows: readonly { readonly role: Role; readonly name: string; readonly cells: readonly FrameCellView[] }[];
};
export type FrameCellView = { readonly key: CellKey; readonly sentence: string; readonly rule: FrameRule };

const NO_RULE: FrameRule = { allowed: false, locked: false, reason: null, sensitive: false };

export function frameTable({ head, rules, settings }: FrameView, t: Translator): FrameTable {
  return {
    version: head.version,
    settings,
    columns: TARGETS.map((target) => ({
      target,
      name: t(`roles.name.${target}`),
      header: t(`roles.column.${target}`),
    })),
    rows: ROLES.map((role) => ({
      role,
      name: t(`roles.name.${role}`),
      cells: TARGETS.map((target) => {
        const cell = { from: role, to: target };
        return { key: cellKey(cell), sentence: cellSentence(t, cell), rule: rules[cellKey(cell)] ?? NO_RULE };
      }),
    })),
  };
}

/** The frame as the rules know it. */
export function frameStateOf({ version, settings, rows }: FrameTable): FrameState {
  const ruleOf = new Map(rows.flatMap(({ cells }) => cells).map(({ key, rule }) => [key, rule]));
  return {
    version,
    ...settings,
    cells: new Map(CELLS.map((cell) => [cellKey(cell), { cell, ...(ruleOf.get(cellKey(cell)) ?? NO_RULE) }])),
  };
}
