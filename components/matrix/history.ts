// Steps that can be taken back and done again, for the drafts of a school and of the state. Pure.

export type History<Edits> = {
  readonly past: readonly Edits[];
  readonly present: Edits;
  readonly future: readonly Edits[];
};

/** More steps than anybody takes back one by one. */
const REMEMBERED_STEPS = 100;

export function advance<Edits, Draft extends History<Edits>>(draft: Draft, next: Edits): Draft {
  return { ...draft, past: [...draft.past, draft.present].slice(-REMEMBERED_STEPS), present: next, future: [] };
}

/** The same object if there is nothing to take back. */
export function undo<Edits, Draft extends History<Edits>>(draft: Draft): Draft {
  const previous = draft.past.at(-1);
  if (previous === undefined) return draft;
  return { ...draft, past: draft.past.slice(0, -1), present: previous, future: [draft.present, ...draft.future] };
}

export function redo<Edits, Draft extends History<Edits>>(draft: Draft): Draft {
  const [next, ...rest] = draft.future;
  if (next === undefined) return draft;
  return { ...draft, past: [...draft.past, draft.present], present: next, future: rest };
}

type KeyPress = {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
};

/** Ctrl+Z, Ctrl+Y and Ctrl+Shift+Z; on a Mac with its own key. */
export function historyKey({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyPress): "undo" | "redo" | null {
  if (!(ctrlKey || metaKey) || altKey) return null;
  const letter = key.toLowerCase();
  if (letter === "y") return "redo";
  return letter === "z" ? (shiftKey ? "redo" : "undo") : null;
}
