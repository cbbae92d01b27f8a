// The draft of a change: what the person has switched but not sent, with undo and redo. Pure.
import type { CellKey } from "#lib/policy/roles.ts";
import { advance, redo, undo, type History } from "./history.ts";

/** Wanted values by cell; a cell that is wanted as it is in effect is absent. */
export type Edits = Readonly<Partial<Record<CellKey, boolean>>>;

export type Draft = History<Edits> & {
  /** The version on which the draft was begun. */
  readonly baseVersion: number;
};

export type DraftStep =
  /** Several cells at once are one step: a row's header switches them all, and undo takes it all back. */
  | { readonly type: "set"; readonly cells: readonly { key: CellKey; allowed: boolean; inEffect: boolean }[] }
  | { readonly type: "undo" }
  | { readonly type: "redo" }
  | { readonly type: "discard" };

export function emptyDraft(baseVersion: number): Draft {
  return { baseVersion, past: [], present: {}, future: [] };
}

export function isEmpty(edits: Edits): boolean {
  return Object.keys(edits).length === 0;
}

/** Nothing to lose and nothing to take back. */
export function isUntouched({ past, present, future }: Draft): boolean {
  return isEmpty(present) && past.length === 0 && future.length === 0;
}

export function stepDraft(draft: Draft, step: DraftStep): Draft {
  switch (step.type) {
    case "set": {
      const wanted = new Map(Object.entries(draft.present));
      for (const { key, allowed, inEffect } of step.cells) {
        if (allowed === inEffect) wanted.delete(key);
        else wanted.set(key, allowed);
      }
      return advance(draft, Object.fromEntries(wanted));
    }
    case "undo":
      return undo(draft);
    case "redo":
      return redo(draft);
    case "discard":
      return isEmpty(draft.present) ? draft : advance(draft, {});
  }
}
