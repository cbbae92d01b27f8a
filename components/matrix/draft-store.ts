// Keeps the draft of a school in the browser's session storage, so that it outlives a reload, a lost session and the
// way over the sign-in page, and ends with the tab: schools share computers.
import { parseCellKey } from "#lib/policy/roles.ts";
import { emptyDraft, isEmpty, isUntouched, stepDraft, type Draft, type DraftStep, type Edits } from "./draft.ts";

const draftKey = (schoolId: string) => `matrix-draft:${schoolId}`;
const reasonKey = (schoolId: string) => `matrix-reason:${schoolId}`;
const endDateKey = (schoolId: string) => `matrix-ends:${schoolId}`;

function isEdits(value: unknown): value is Edits {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.entries(value).every(([key, allowed]) => parseCellKey(key) !== undefined && typeof allowed === "boolean")
  );
}

/** What an older build or another hand stored is not guessed at. */
export function parseDraft(text: string | null): Draft | undefined {
  if (text === null) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { baseVersion, past, present, future } = { baseVersion: 0, past: [], present: {}, future: [], ...value };
  const isHistory = (list: unknown): list is Edits[] => Array.isArray(list) && list.every(isEdits);
  if (!Number.isInteger(baseVersion) || !isHistory(past) || !isEdits(present) || !isHistory(future)) return undefined;
  return { baseVersion, past, present, future };
}

/** Storage may be full or switched off; the draft then lives as long as the page. */
function write(key: string, value: string | null): void {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch {
    // nothing to tell: the page goes on with what it holds
  }
}

function read(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

/** For useSyncExternalStore: one draft, begun on `version` unless an older one is stored. */
export function createDraftStore(schoolId: string, version: number) {
  let draft: Draft | undefined;
  const listeners = new Set<() => void>();
  const current = (): Draft => (draft ??= parseDraft(read(draftKey(schoolId))) ?? emptyDraft(version));
  return {
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    current,
    /** @param inEffect the version that the page shows: an empty draft starts from it */
    step: (step: DraftStep, inEffect: number) => {
      const before = isEmpty(current().present) ? { ...current(), baseVersion: inEffect } : current();
      draft = stepDraft(before, step);
      write(draftKey(schoolId), isUntouched(draft) ? null : JSON.stringify(draft));
      for (const listener of listeners) listener();
    },
  };
}

/** After the change was sent. A draft that the change was not made from, such as when going back, stays. */
export function clearDraft(schoolId: string, sent: Edits): void {
  const wanted = new Map(Object.entries(parseDraft(read(draftKey(schoolId)))?.present ?? {}));
  const entries = Object.entries(sent);
  if (entries.length > 0 && entries.every(([key, allowed]) => wanted.get(key) === allowed)) {
    write(draftKey(schoolId), null);
  }
  write(reasonKey(schoolId), null);
  write(endDateKey(schoolId), null);
}

function sameEdits(one: Edits, other: Edits): boolean {
  const entries = Object.entries(one);
  const wanted = new Map(Object.entries(other));
  return entries.length === wanted.size && entries.every(([key, allowed]) => wanted.get(key) === allowed);
}

/** The person has seen a newer version and goes on from there; a draft that says something else is left alone. */
export function rebaseDraft(schoolId: string, baseVersion: number, edits: Edits): void {
  const stored = parseDraft(read(draftKey(schoolId)));
  if (stored && stored.baseVersion !== baseVersion && sameEdits(stored.present, edits)) {
    write(draftKey(schoolId), JSON.stringify({ ...stored, baseVersion }));
  }
}

export function readReason(schoolId: string): string {
  return read(reasonKey(schoolId)) ?? "";
}

export function keepReason(schoolId: string, reason: string): void {
  write(reasonKey(schoolId), reason === "" ? null : reason);
}

export function readEndDate(schoolId: string): string {
  return read(endDateKey(schoolId)) ?? "";
}

export function keepEndDate(schoolId: string, day: string): void {
  write(endDateKey(schoolId), day === "" ? null : day);
}
