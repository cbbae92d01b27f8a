// The draft of the frame with undo and redo, and its stored form. Typing a reason or a number is one step, however many
// letters it has. Pure.
import { advance, redo, undo, type History } from "#components/matrix/history.ts";
import type { FrameEdits } from "#lib/policy/frame-change.ts";
import { decodeEdits, encodeEdits } from "./edits-address.ts";

export type FrameDraft = History<FrameEdits> & {
  /** The frame on which the draft was begun. */
  readonly baseVersion: number;
  /** The text field that the last step was typed into; null for every other step. */
  readonly typing: string | null;
};
export type FrameStep =
  | { readonly type: "set"; readonly edits: FrameEdits; readonly typing?: string }
  | { readonly type: "undo" | "redo" | "discard" };

const NOTHING: FrameEdits = { cells: {}, settings: {} };

export function isNothing({ cells, settings }: FrameEdits): boolean {
  return Object.keys(cells).length === 0 && Object.keys(settings).length === 0;
}

export function emptyFrameDraft(baseVersion: number, present: FrameEdits = NOTHING): FrameDraft {
  return { baseVersion, past: [], present, future: [], typing: null };
}

/** Nothing to lose and nothing to take back. */
export function isUntouched({ past, present, future }: FrameDraft): boolean {
  return isNothing(present) && past.length === 0 && future.length === 0;
}

/** @param version in effect: an empty draft starts from it */
export function stepFrameDraft(draft: FrameDraft, step: FrameStep, version: number): FrameDraft {
  const from = isNothing(draft.present) ? { ...draft, baseVersion: version } : draft;
  switch (step.type) {
    case "set": {
      const typing = step.typing ?? null;
      if (typing !== null && typing === from.typing) return { ...from, present: step.edits, future: [] };
      return { ...advance(from, step.edits), typing };
    }
    case "undo":
      return { ...undo(from), typing: null };
    case "redo":
      return { ...redo(from), typing: null };
    case "discard":
      return isNothing(from.present) ? from : { ...advance(from, NOTHING), typing: null };
  }
}

export function storeFrameDraft({ baseVersion, past, present, future }: FrameDraft): string {
  return JSON.stringify([baseVersion, past.map(encodeEdits), encodeEdits(present), future.map(encodeEdits)]);
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

function decodeAll(codes: unknown): FrameEdits[] | undefined {
  if (!isList(codes)) return undefined;
  const decoded = codes.map((code) => (typeof code === "string" ? decodeEdits(code) : undefined));
  const whole = decoded.filter((edits) => edits !== undefined);
  return whole.length === decoded.length ? whole : undefined;
}

/** What an older build or another hand stored is not guessed at. */
export function parseFrameDraft(text: string | null): FrameDraft | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
  if (!isList(value)) return undefined;
  const [baseVersion, before, code, after] = value;
  const [past, [present] = [], future] = [decodeAll(before), decodeAll([code]), decodeAll(after)];
  if (typeof baseVersion !== "number" || !Number.isInteger(baseVersion) || !past || !present || !future)
    return undefined;
  return { baseVersion, past, present, future, typing: null };
}
