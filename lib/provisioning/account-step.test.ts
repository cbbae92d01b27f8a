// Guarantee: when an account is touched at all, and the way of a leaver: locked, out of the rooms, deactivated, erased.
import { describe, expect, test } from "vitest";
import { accountStep, type AccountFacts } from "./account-step.ts";

const NOW = new Date("2026-11-21T12:00:00Z");
const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * 86_400_000);
const recorded = { state: "active", displayName: "Anna", isSynced: true, isErased: false } as const;
const current: AccountFacts = {
  displayName: "Anna",
  subject: "s",
  enabled: true,
  leftAt: null,
  isServed: true,
  isInRooms: false,
  recorded,
};
const absent = { ...recorded, state: "absent", displayName: null, isSynced: false } as const;
const locked = { ...recorded, state: "locked" } as const;
const deactivated = { ...recorded, state: "deactivated" } as const;
const conflict = { ...recorded, state: "conflict", isSynced: false } as const;
const step = (facts: Partial<AccountFacts>) => accountStep({ ...current, ...facts }, NOW, 30);

describe("an account", () => {
  test.each<[string, Partial<AccountFacts>, string]>([
    ["as it should be", {}, "nothing"],
    ["new", { recorded: absent }, "ensure"],
    ["renamed", { displayName: "Änna" }, "ensure"],
    ["with another login", { recorded: { ...recorded, isSynced: false } }, "ensure"],
    ["back again", { recorded: locked }, "ensure"],
    ["back after the grace period", { recorded: deactivated }, "ensure"],
    ["disabled", { enabled: false }, "lock"],
    ["disabled before it existed", { enabled: false, recorded: absent }, "nothing"],
    ["of a school that is not served", { isServed: false, recorded: absent }, "nothing"],
    ["of a school that was switched off", { isServed: false, displayName: "Änna" }, "nothing"],
  ])("%s", (_name, facts, expected) => {
    expect(step(facts)).toBe(expected);
  });
});

describe("a leaver", () => {
  test.each<[string, Partial<AccountFacts>, string]>([
    ["left just now", { leftAt: NOW }, "lock"],
    ["left before it existed", { leftAt: NOW, recorded: absent }, "nothing"],
    ["locked, within the grace period", { leftAt: daysAgo(29), recorded: locked }, "nothing"],
    ["locked, after it", { leftAt: daysAgo(31), recorded: locked }, "deactivate"],
    ["after it, still in a room", { leftAt: daysAgo(31), recorded: locked, isInRooms: true }, "nothing"],
    ["deactivated, this school year", { leftAt: daysAgo(31), recorded: deactivated }, "nothing"],
    ["deactivated, two school years ago", { leftAt: daysAgo(700), recorded: deactivated }, "erase"],
    ["erased", { leftAt: daysAgo(700), recorded: { ...deactivated, isErased: true } }, "nothing"],
    ["never locked, years ago", { leftAt: daysAgo(700) }, "lock"],
    ["never had an account, two school years ago", { leftAt: daysAgo(700), recorded: absent }, "forget"],
    ["somebody else's account, two school years ago", { leftAt: daysAgo(700), recorded: conflict }, "forget"],
    ["somebody else's account, this school year", { leftAt: daysAgo(31), recorded: conflict }, "nothing"],
    ["forgotten", { leftAt: daysAgo(700), recorded: { ...absent, isErased: true } }, "nothing"],
  ])("%s", (_name, facts, expected) => {
    expect(step(facts)).toBe(expected);
  });
});
