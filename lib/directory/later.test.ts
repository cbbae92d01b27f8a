// Guarantee: what several parts of a run say of people who leave a school is kept, and the last that speaks of somebody
// counts.
import { expect, test } from "vitest";
import { mergeLater, NOTHING, stillLeaving, type Later } from "./later.ts";
import type { SchoolContent } from "./types.ts";

const removal = (ids: readonly string[], cursorAt: Date | null = null): Later => ({
  holds: [],
  cursorAt,
  difference: {
    ...NOTHING,
    leaving: ids,
    affiliations: { ...NOTHING.affiliations, removed: ids.map((personId) => ({ personId, role: "student" })) },
    members: { ...NOTHING.members, removed: ids.map((personId) => ({ groupId: "7a", personId, role: "student" })) },
  },
});

const content = (named?: readonly string[]): SchoolContent => ({
  people: [],
  affiliations: [],
  groups: [],
  members: [],
  problems: [],
  modified: { people: new Map(), groups: new Map() },
  unreadable: { people: [], groups: [], enrollments: [] },
  removable: { people: true, groups: true, enrollments: true },
  ...(named && { named: { people: new Set(named), groups: new Set(), enrollments: new Set() } }),
});

test.each([
  ["nothing before", [], ["b"], ["b"], ["b"]],
  ["of others", ["a"], ["b"], ["b"], ["a", "b"]],
  ["of nobody who leaves", ["a"], [], ["c"], ["a"]],
  ["of the same person, who stays", ["a", "b"], [], ["a"], ["b"]],
  ["of the same person, who leaves", ["a"], ["a"], ["a"], ["a"]],
  ["of everybody", ["a"], ["b"], undefined, ["b"]],
])("a second part that speaks %s", (_name, before, now, named, leaving) => {
  const { difference } = mergeLater(removal(before), removal(now), content(named));
  expect(difference).toEqual(removal(leaving).difference);
});

test("the cursor of the school that waits is kept", () => {
  const at = new Date("2026-11-21");
  expect(mergeLater(removal(["a"], at), removal([]), content(["b"])).cursorAt).toEqual(at);
  expect(mergeLater(undefined, removal(["a"], at), content([])).cursorAt).toEqual(at);
  expect(stillLeaving(undefined, content([]))).toEqual([]);
});
