// Guarantee: no single sync empties a school or the state, or makes staff of pupils; everything else goes on (design §6).
import { describe, expect, test } from "vitest";
import type { Role } from "#lib/policy/roles.ts";
import {
  guardSchool,
  holdKey,
  removesTooManyPeople,
  removesTooManySchools,
  splitLeaving,
  type GuardFacts,
} from "./guard.ts";
import type { SchoolDifference } from "./types.ts";

const names = (count: number, prefix = "p"): string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}${String(at)}`);
const person = (id: string) => ({
  id,
  familyName: id,
  givenName: "",
  displayName: id,
  username: id,
  subject: id,
  localpart: id,
  enabled: true,
  email: null,
  addressProtected: false,
});
const gain = (personId: string, role: Role) => ({ personId, role, beginDate: null });
const empty: SchoolDifference = {
  people: { added: [], returned: [], changed: [] },
  affiliations: { added: [], redated: [], removed: [] },
  leaving: [],
  groups: { added: [], changed: [], removed: [] },
  members: { added: [], renewed: [], removed: [] },
};
const facts: GuardFacts = {
  isFirstSync: false,
  people: 100,
  groups: 20,
  pupils: new Set(),
  released: new Set(),
  open: [],
  hasLostAllMembers: false,
  now: new Date("2026-11-21"),
};
const removal = (ids: readonly string[]): SchoolDifference => ({
  ...empty,
  leaving: ids,
  affiliations: { ...empty.affiliations, removed: ids.map((personId) => ({ personId, role: "student" })) },
  members: { ...empty.members, removed: ids.map((personId) => ({ groupId: "g", personId, role: "student" })) },
});

describe("people who leave", () => {
  test.each([
    [5, 6, 0], // max(5, 10 %)
    [6, 6, 6],
    [10, 100, 0],
    [11, 100, 11],
    [40, 400, 0],
    [41, 400, 41],
  ])("%i of %i: %i held back", (leaving, people, held) => {
    const { allowed, held: found } = guardSchool(removal(names(leaving)), { ...facts, people });
    expect(found.filter(({ rule }) => rule === "peopleOfSchool")).toHaveLength(held);
    expect(allowed.leaving).toHaveLength(leaving - held);
    expect(allowed.affiliations.removed).toHaveLength(leaving - held);
    expect(allowed.members.removed).toHaveLength(leaving - held);
  });

  test("the first sync of a school is exempt", () => {
    expect(guardSchool(removal(names(90)), { ...facts, isFirstSync: true }).held).toEqual([]);
  });

  test("many small steps count together", () => {
    const open = names(8, "before").map((item) => ({ kind: "personRemoved" as const, item }));
    expect(guardSchool(removal(names(3)), { ...facts, open }).held).toHaveLength(3);
  });

  test("what was released passes, and counts no more", () => {
    const ids = names(20);
    const released = new Set(ids.slice(0, 15).map((item) => holdKey({ kind: "personRemoved", item })));
    const { allowed, held } = guardSchool(removal(ids), { ...facts, released });
    expect(held).toEqual([]);
    expect(allowed.leaving).toHaveLength(20);
  });

  test("they wait for the end of the run, with their memberships", () => {
    const { now, later } = splitLeaving(removal(["a"]));
    expect(now).toEqual(empty);
    expect(later).toEqual(removal(["a"]));
  });
});

describe("groups that go", () => {
  const groups = (removed: number, added = 0): SchoolDifference => ({
    ...empty,
    groups: {
      added: names(added, "new").map((id) => ({ id, title: id, kind: "homeroom" })),
      changed: [],
      removed: names(removed, "g"),
    },
  });
  test.each([
    [2, 20, 0, "2026-11-21", 0],
    [3, 20, 0, "2026-11-21", 3],
    [20, 20, 20, "2026-08-25", 0], // the turn of the school year replaces them all
    [20, 20, 19, "2026-08-25", 20],
    [20, 20, 20, "2026-03-01", 20],
  ])("%i of %i with %i new ones on %s: %i held back", (removed, of, added, day, held) => {
    const found = guardSchool(groups(removed, added), { ...facts, groups: of, now: new Date(day) });
    expect(found.held).toHaveLength(held);
    expect(found.allowed.groups.removed).toHaveLength(removed - held);
    expect(found.allowed.groups.added).toHaveLength(added);
  });
});

describe("new staff", () => {
  const gains = (ids: readonly string[], role: Role = "teacher"): SchoolDifference => ({
    ...empty,
    people: { added: ids.map(person), returned: [], changed: [] },
    affiliations: { ...empty.affiliations, added: ids.map((id) => gain(id, role)) },
  });
  test.each([
    [3, 20, "teacher", 0], // max(3, 5 %)
    [4, 20, "teacher", 4],
    [5, 100, "orgAdmin", 0],
    [6, 100, "orgAdmin", 6],
    [50, 100, "student", 0],
    [50, 100, "guardian", 0],
  ] as const)("%i of %i become %s: %i held back", (count, people, role, held) => {
    const found = guardSchool(gains(names(count), role), { ...facts, people });
    expect(found.held).toHaveLength(held);
    // a newcomer with nothing but a held role is not written: without a role they would count as having left
    expect(found.allowed.people.added).toHaveLength(count - held);
  });

  test("one pupil who becomes staff is enough; the pupil stays a pupil, and the others go on", () => {
    const difference: SchoolDifference = {
      ...empty,
      affiliations: {
        ...empty.affiliations,
        added: [gain("pupil", "teacher"), gain("other", "teacher")],
        removed: [{ personId: "pupil", role: "student" }],
      },
    };
    const { allowed, held } = guardSchool(difference, { ...facts, pupils: new Set(["pupil"]) });
    expect(held).toMatchObject([{ kind: "roleGained", rule: "pupilBecomesStaff", personId: "pupil", role: "teacher" }]);
    expect(allowed.affiliations).toMatchObject({ added: [{ personId: "other" }], removed: [] });
  });
});

test("to a school that comes back, a former pupil comes as staff only after a release; the others come at once", () => {
  const difference: SchoolDifference = {
    ...empty,
    people: { added: [], returned: names(20).map(person), changed: [] },
    affiliations: { ...empty.affiliations, added: names(20).map((id) => gain(id, "teacher")) },
  };
  const { allowed, held } = guardSchool(difference, {
    ...facts,
    isFirstSync: true,
    people: 0,
    pupils: new Set(["p7"]),
  });
  expect(held).toMatchObject([{ rule: "pupilBecomesStaff", personId: "p7" }]);
  const others = names(20).filter((id) => id !== "p7");
  expect(allowed.people.returned.map(({ id }) => id)).toEqual(others);
  expect(allowed.affiliations.added.map(({ personId }) => personId)).toEqual(others);
});

test("a list of enrollments that came back empty empties no group", () => {
  const difference = { ...empty, members: { ...empty.members, removed: removal(["a", "b"]).members.removed } };
  const { allowed, held } = guardSchool(difference, { ...facts, hasLostAllMembers: true });
  expect(held).toMatchObject([{ kind: "membersRemoved", rule: "noMembersLeft" }]);
  expect(allowed.members.removed).toEqual([]);
});

test.each([
  [5, 10, false], // a state of a few people
  [6, 10, true],
  [10_000, 500_000, false],
  [10_001, 500_000, true],
])("%i of %i people of the state: held back %s", (count, of, held) => {
  expect(removesTooManyPeople(count, of)).toBe(held);
});

test.each([
  [16, 1_600, false],
  [17, 1_600, true],
  [1, 20, true],
])("%i of %i schools: held back %s", (count, of, held) => {
  expect(removesTooManySchools(count, of)).toBe(held);
});
