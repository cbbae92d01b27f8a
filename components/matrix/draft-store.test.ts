// A draft survives the loss of a session, and garbage in the storage is never taken for one.
import { beforeEach, describe, expect, test, vi } from "vitest";
import {
  clearDraft,
  createDraftStore,
  keepEndDate,
  keepReason,
  parseDraft,
  readEndDate,
  readReason,
  rebaseDraft,
} from "./draft-store.ts";

const open = { type: "set", cells: [{ key: "student>student", allowed: true, inEffect: false }] } as const;

beforeEach(() => {
  const stored = new Map<string, string>();
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  });
});

describe("the stored draft", () => {
  test("comes back in a new page with its base version, even when a newer version is in effect", () => {
    createDraftStore("A", 3).step(open, 3);
    expect(createDraftStore("A", 4).current()).toMatchObject({ baseVersion: 3, present: { "student>student": true } });
  });

  test("belongs to one school", () => {
    createDraftStore("A", 3).step(open, 3);
    expect(createDraftStore("B", 3).current().present).toEqual({});
  });

  test("an empty draft starts from the version that is shown", () => {
    const store = createDraftStore("A", 3);
    store.step(open, 5);
    expect(store.current().baseVersion).toBe(5);
  });

  test("is gone once the change was sent, reason included", () => {
    createDraftStore("A", 3).step(open, 3);
    keepReason("A", "Klassenrat");
    keepEndDate("A", "2027-01-31");
    clearDraft("A", { "student>student": true });
    expect(createDraftStore("A", 4).current()).toMatchObject({ baseVersion: 4, present: {} });
    expect([readReason("A"), readEndDate("A")]).toEqual(["", ""]);
  });

  test("stays when another change was sent, as when going back to an old version", () => {
    createDraftStore("A", 3).step(open, 3);
    clearDraft("A", { "teacher>student": true });
    expect(createDraftStore("A", 4).current()).toMatchObject({ baseVersion: 3, present: { "student>student": true } });
  });

  test("moves to a newer version only if it says the same", () => {
    createDraftStore("A", 3).step(open, 3);
    rebaseDraft("A", 4, { "student>teacher": true });
    expect(createDraftStore("A", 4).current().baseVersion).toBe(3);
    rebaseDraft("A", 4, { "student>student": true });
    expect(createDraftStore("A", 4).current().baseVersion).toBe(4);
  });

  test("works without storage", () => {
    vi.stubGlobal("sessionStorage", undefined);
    const store = createDraftStore("A", 3);
    store.step(open, 3);
    expect(store.current().present).toEqual({ "student>student": true });
  });
});

describe("parseDraft", () => {
  test.each([
    null,
    "",
    "{",
    "null",
    "3",
    '{"baseVersion":"3"}',
    '{"baseVersion":3,"present":{"student>nobody":true}}',
    '{"baseVersion":3,"present":{"student>student":"yes"}}',
    '{"baseVersion":3,"past":[1]}',
  ])("%s is no draft", (text) => {
    expect(parseDraft(text)).toBeUndefined();
  });
});
