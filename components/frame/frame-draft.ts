// Keeps the draft of the frame in the browser's session storage, as its address: it outlives a reload, a lost session
// and signing in again, and ends with the tab.
"use client";
import { useState, useSyncExternalStore } from "react";
import type { FrameEdits } from "#lib/policy/frame-change.ts";
import { decodeEdits, encodeEdits, type FrameChange } from "./edits-address.ts";

const KEY = "frame-draft";
/** The reason's place beside the drafts of schools. */
export const FRAME_REASON = "the state's frame";

const NOTHING: FrameEdits = { cells: {}, settings: {} };

export function isNothing({ cells, settings }: FrameEdits): boolean {
  return Object.keys(cells).length === 0 && Object.keys(settings).length === 0;
}

function read(): FrameChange | undefined {
  try {
    const [, version = "", code = ""] = /^(\d+) (.*)$/.exec(sessionStorage.getItem(KEY) ?? "") ?? [];
    const edits = decodeEdits(code);
    return edits && { baseVersion: Number(version), edits };
  } catch {
    return undefined;
  }
}

function write({ baseVersion, edits }: FrameChange): void {
  try {
    if (isNothing(edits)) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, `${String(baseVersion)} ${encodeEdits(edits)}`);
  } catch {
    // storage may be full or switched off; the draft then lives as long as the page
  }
}

/** After the change was sent, or to go on from a newer frame. */
export function keepFrameDraft(change: FrameChange | null): void {
  write(change ?? { baseVersion: 0, edits: NOTHING });
}

function createStore(version: number) {
  let change: FrameChange | undefined;
  const listeners = new Set<() => void>();
  const current = (): FrameChange => (change ??= read() ?? { baseVersion: version, edits: NOTHING });
  return {
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    current,
    set: (edits: FrameEdits) => {
      change = { baseVersion: isNothing(current().edits) ? version : current().baseVersion, edits };
      write(change);
      for (const listener of listeners) listener();
    },
  };
}

/** @param version of the frame that the page shows: an empty draft starts from it */
export function useFrameDraft(version: number): FrameChange & { readonly set: (edits: FrameEdits) => void } {
  const [store] = useState(() => createStore(version));
  // the server knows no draft; the browser's appears right after hydration
  const [none] = useState<FrameChange>(() => ({ baseVersion: version, edits: NOTHING }));
  const change = useSyncExternalStore(store.subscribe, store.current, () => none);
  return { ...change, set: store.set };
}
