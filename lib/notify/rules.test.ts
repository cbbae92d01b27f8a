// Exactly those who are concerned are told, and nobody who no longer is.
import { describe, expect, test } from "vitest";
import {
  causeOf,
  OUTCOME_KINDS,
  reasonToDrop,
  recipientsOf,
  WAITING_KINDS,
  type NoticeKind,
  type Standing,
} from "./rules.ts";

const NOW = new Date("2026-11-21T12:00:00Z");
const inDays = (days: number) => new Date(NOW.getTime() + days * 86_400_000);

describe("recipients", () => {
  const sides = { authorIds: ["author", "author2"], approverIds: ["manager", "manager2"], deciderId: null };
  test.each(WAITING_KINDS)("%s goes to those who may approve, and to no author", (kind) => {
    expect(recipientsOf(kind, sides)).toEqual(["manager", "manager2"]);
    expect(recipientsOf(kind, { ...sides, approverIds: [] })).toEqual([]);
  });
  test.each(OUTCOME_KINDS)("%s goes to both sides", (kind) => {
    expect(recipientsOf(kind, sides)).toEqual(["author", "author2", "manager", "manager2"]);
  });
  test("whoever decided is told once, also without the right to approve", () => {
    expect(recipientsOf("approved", { ...sides, deciderId: "manager" })).toHaveLength(4);
    expect(recipientsOf("rejected", { ...sides, deciderId: "newcomer" })).toContain("newcomer");
    expect(recipientsOf("withdrawn", { ...sides, deciderId: "author" })).toHaveLength(4);
  });
});

describe("a cause", () => {
  const cause = (kind: NoticeKind, version = "1") => causeOf("request", "r", kind, version);
  test("is one for all outcomes: nothing is settled twice", () => {
    expect(new Set(OUTCOME_KINDS.map((kind) => cause(kind)))).toEqual(new Set(["request:r:outcome"]));
  });
  test("is one for the submission and one for the reminder, whatever was added, and one for every addition", () => {
    expect(cause("submitted", "1")).toBe(cause("submitted", "2"));
    expect(cause("reminder", "1")).toBe(cause("reminder", "2"));
    expect(cause("extended", "1")).not.toBe(cause("extended", "2"));
    expect(new Set(WAITING_KINDS.map((kind) => cause(kind))).size).toBe(WAITING_KINDS.length);
    expect(cause("submitted")).not.toBe(causeOf("proposal", "r", "submitted", "1"));
  });
});

describe("at sending", () => {
  const concerned: Standing = { isOpen: true, mayApprove: true, mayRead: true };
  test.each<[NoticeKind, Partial<Standing>, number, ReturnType<typeof reasonToDrop>]>([
    ["submitted", {}, 0, null],
    ["submitted", { mayApprove: false }, 0, "notConcerned"],
    ["submitted", { mayRead: false }, 0, "notConcerned"],
    ["submitted", { isOpen: false }, 0, "settled"],
    ["extended", { isOpen: false, mayApprove: false }, 0, "settled"],
    ["reminder", { mayApprove: false }, 0, "notConcerned"],
    ["reminder", {}, 13, null],
    ["approved", { isOpen: false, mayApprove: false }, 0, null],
    ["approved", { isOpen: false, mayApprove: false }, 29, null],
    ["rejected", { isOpen: false, mayRead: false }, 0, "notConcerned"],
    ["void", { isOpen: false }, 31, "stale"],
  ])("%s %o after %d days: %s", (kind, standing, days, reason) => {
    expect(reasonToDrop({ kind, createdAt: inDays(-days) }, { ...concerned, ...standing }, NOW)).toBe(reason);
  });
});
