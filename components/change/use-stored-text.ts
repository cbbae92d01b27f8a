// A text that survives a lost session like the draft does: it stands in the browser's storage while it is typed.
"use client";
import { useState, useSyncExternalStore } from "react";

export type StoredText = { readonly read: () => string; readonly keep: (text: string) => void };

function createStore({ read, keep }: StoredText) {
  let text: string | undefined;
  const listeners = new Set<() => void>();
  return {
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    current: () => (text ??= read()),
    set: (next: string) => {
      text = next;
      keep(next);
      for (const listener of listeners) listener();
    },
  };
}

/** @param stored of the first rendering; the server cannot know the text, so it appears right after hydration */
export function useStoredText(stored: StoredText): readonly [string, (text: string) => void] {
  const [store] = useState(() => createStore(stored));
  return [useSyncExternalStore(store.subscribe, store.current, () => ""), store.set];
}
