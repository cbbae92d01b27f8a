// Guarantee: an older room gets a school only if one is certain; and the nightly look comes once, by night.
import { expect, test } from "vitest";
import type { Role } from "#lib/policy/roles.ts";
import { schoolOfOlderRoom } from "./adoption.ts";
import { isSweepDue } from "./room-sweep.ts";

const person = (localpart: string, ...schools: string[]) => ({
  localpart,
  roles: new Map(schools.map((school) => [school, ["teacher"] as readonly Role[]])),
});

test.each<[string, ReturnType<typeof person>[], string[], string | undefined]>([
  ["nobody known", [], ["A"], undefined],
  ["one school in common", [person("a", "A", "B"), person("b", "B")], [], "B"],
  ["several in common: the smallest id", [person("a", "B", "A"), person("b", "A", "B")], [], "A"],
  ["none in common", [person("a", "A"), person("b", "B")], [], undefined],
  ["the marker's", [person("a", "A"), person("b", "B")], ["B"], "B"],
  ["the marker of a school to which nobody belongs", [person("a", "A")], ["Z"], "A"],
])("%s", (_, people, markers, school) => {
  expect(schoolOfOlderRoom(people, markers)).toBe(school);
});

test.each([
  ["2026-11-21T02:00:00Z", null, true],
  ["2026-11-21T12:00:00Z", null, false],
  ["2026-11-21T02:10:00Z", "2026-11-21T01:30:00Z", false],
  ["2026-11-21T01:10:00Z", "2026-11-20T03:50:00Z", true],
])("at %s after %s", (now, last, due) => {
  expect(isSweepDue(new Date(now), last === null ? null : new Date(last))).toBe(due);
});
