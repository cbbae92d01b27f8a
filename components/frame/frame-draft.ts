// Keeps the draft of the frame in the browser's session storage: it outlives a reload, a lost session and signing in
// again, and ends with the tab.
"use client";
import { useState, useSyncExternalStore } from "react";
import type { FrameChange } from "./edits-address.ts";
import {
  emptyFrameDraft,
  isUntouched,
  parseFrameDraft,
  stepFrameDraft,
  storeFrameDraft,
  type FrameDraft,
  type FrameStep,
} from "./frame-history.ts";

const KEY = "frame-draft";
/** The reason's place beside the drafts of schools. */
export const FRAME_REASON = "the state's frame";

function read(): FrameDraft | undefined {
  try {
    return parseFrameDraft(sessionStorage.getItem(KEY));
  } catch {
    return undefined;
  }
}

function write(draft: FrameDraft | null): void {
  try {
    if (draft === null || isUntouched(draft)) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, storeFrameDraft(draft));
  } catch {
    // storage may be full or switched off; the draft then lives as long as the page
  }
}

/** After the change was sent. */
export function dropFrameDraft(): void {
  write(null);
}

/** The person has seen a newer frame and goes on from there; what led to the draft can still be taken back. */
export function keepFrameDraft({ baseVersion, edits }: FrameChange): void {
  const stored = read();
  write(stored ? { ...stored, baseVersion, present: edits } : emptyFrameDraft(baseVersion, edits));
}

function createStore(version: number) {
  let draft: FrameDraft | undefined;
  const listeners = new Set<() => void>();
  const current = (): FrameDraft => (draft ??= read() ?? emptyFrameDraft(version));
  return {
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    current,
    step: (step: FrameStep, inEffect: number) => {
      draft = stepFrameDraft(current(), step, inEffect);
      write(draft);
      for (const listener of listeners) listener();
    },
  };
}

/** @param version of the frame that the page shows */
export function useFrameDraft(version: number): {
  readonly draft: FrameDraft;
  readonly step: (step: FrameStep) => void;
} {
  const [store] = useState(() => createStore(version));
  // the server knows no draft; the browser's appears right after hydration
  const [none] = useState(() => emptyFrameDraft(version));
  const draft = useSyncExternalStore(store.subscribe, store.current, () => none);
  return {
    draft,
    step: (step) => {
      store.step(step, version);
    },
  };
}
