import { describe, expect, test } from "vitest";
import { encodeCells, type MatrixCells } from "#lib/policy/cells.ts";
import type { Role, Target } from "#lib/policy/roles.ts";
import {
  belongsTo,
  commonSchools,
  heldStaffRole,
  isStaffAt,
  mayContactAt,
  mayModerate,
  mayOpenRoom,
  schoolOfInvitation,
} from "./contacts.ts";
import type { Facts, PersonFacts, SchoolFacts } from "./facts.ts";

const cellsWith = (...on: readonly `${Role}>${Target}`[]): MatrixCells =>
  encodeCells(({ from, to }) => ({ allowed: on.includes(`${from}>${to}`), origin: "school" }));

type Person = Partial<Omit<PersonFacts, "roles" | "sharedGroupSchools">> & {
  roles: Record<string, Role[]>;
  sharedGroups?: string[];
};
function facts(
  people: Record<string, Person>,
  schools: Record<string, Partial<SchoolFacts>>,
  room?: Facts["room"],
): Facts {
  return {
    people: new Map(
      Object.entries(people).map(([localpart, { roles, sharedGroups, ...rest }]) => [
        localpart,
        {
          active: true,
          addressProtected: false,
          ...rest,
          sharedGroupSchools: new Set(sharedGroups),
          roles: new Map(Object.entries(roles).map(([school, held]) => [school, new Set(held)])),
        },
      ]),
    ),
    schools: new Map(
      Object.entries(schools).map(([id, school]) => [id, { served: true, cells: TEACHERS_REACH_PUPILS, ...school }]),
    ),
    room,
  };
}
const TEACHERS_REACH_PUPILS = cellsWith("teacher>student");
const teacher: Person = { roles: { A: ["teacher"] } };
const pupil: Person = { roles: { A: ["student"] } };

describe("may one person contact another at a school", () => {
  const isAllowed = (people: Record<string, Person>, school: Partial<SchoolFacts> = {}) =>
    mayContactAt(facts(people, { A: school, B: {} }), "t", "p", "A");
  test("where the cell is on", () => {
    expect(isAllowed({ t: teacher, p: pupil })).toBe(true);
  });
  test.each<[string, Record<string, Person>, Partial<SchoolFacts>?]>([
    ["the other way round", { t: pupil, p: teacher }],
    ["the school does not take part", { t: teacher, p: pupil }, { served: false }],
    ["the school's policy cannot be read", { t: teacher, p: pupil }, { cells: undefined }],
    ["who asks is locked", { t: { ...teacher, active: false }, p: pupil }],
    ["the other is locked", { t: teacher, p: { ...pupil, active: false } }],
    ["who asks is unknown", { p: pupil }],
    ["the other is unknown", { t: teacher }],
    ["they belong to different schools", { t: teacher, p: { roles: { B: ["student"] } } }],
    ["who asks belongs to another school", { t: { roles: { B: ["teacher"] } }, p: pupil }],
  ])("not when %s", (_, people, school) => {
    expect(isAllowed(people, school)).toBe(false);
  });
  test("nobody contacts oneself", () => {
    const self = facts(
      { t: { roles: { A: ["teacher", "student"] } } },
      { A: { cells: encodeCells(() => ({ allowed: true, origin: "school" })) } },
    );
    expect(mayContactAt(self, "t", "t", "A")).toBe(false);
  });
  test("each school decides by its own policy and by the roles held there", () => {
    const both = facts(
      { t: { roles: { A: ["student"], B: ["teacher"] } }, p: { roles: { A: ["student"], B: ["student"] } } },
      { A: {}, B: {} },
    );
    expect(mayContactAt(both, "t", "p", "A")).toBe(false);
    expect(mayContactAt(both, "t", "p", "B")).toBe(true);
  });
});

describe("a protected address (design §7)", () => {
  const open = encodeCells(() => ({ allowed: true, origin: "school" }));
  const isAllowed = (roles: Role[], sharedGroups: string[] = []) =>
    mayContactAt(
      facts(
        { x: { roles: { A: roles } }, p: { ...pupil, addressProtected: true, sharedGroups } },
        { A: { cells: open } },
      ),
      "x",
      "p",
      "A",
    );
  test.each<[Role[], string[], boolean]>([
    [["teacher"], [], false],
    [["teacher"], ["A"], true],
    [["teacher"], ["B"], false],
    [["socialWork"], ["A"], true],
    [["orgAdmin"], [], true],
    [["schoolManagement"], [], true],
    [["student"], ["A"], false],
    [["guardian"], ["A"], false],
    [["parentsCouncil"], ["A"], false],
  ])("%j sharing groups at %j: %s", (roles, shared, allowed) => {
    expect(isAllowed(roles, shared)).toBe(allowed);
  });
  test("an administrator still needs the cell", () => {
    const closed = facts(
      { x: { roles: { A: ["orgAdmin"] } }, p: { ...pupil, addressProtected: true } },
      { A: { cells: cellsWith() } },
    );
    expect(mayContactAt(closed, "x", "p", "A")).toBe(false);
  });
});

describe("the school of an invitation (design §5)", () => {
  const twoSchools = (room?: Facts["room"], schools: Record<string, Partial<SchoolFacts>> = { A: {}, B: {} }) =>
    facts(
      { t: { roles: { B: ["teacher"], A: ["teacher"] } }, p: { roles: { A: ["student"], B: ["student"] } } },
      schools,
      room,
    );
  test("without record or marker the smallest id at which it is allowed", () => {
    expect(schoolOfInvitation(twoSchools(), "t", "p", null)).toBe("A");
    expect(schoolOfInvitation(twoSchools(undefined, { A: { served: false }, B: {} }), "t", "p", null)).toBe("B");
  });
  test("the marker's, if the invitation is allowed there", () => {
    expect(schoolOfInvitation(twoSchools(), "t", "p", "B")).toBe("B");
    expect(schoolOfInvitation(twoSchools(undefined, { A: {}, B: { cells: cellsWith() } }), "t", "p", "B")).toBe("A");
    expect(schoolOfInvitation(twoSchools(), "t", "p", "elsewhere")).toBe("A");
  });
  test("the record decides alone, whatever the marker says and other schools would allow", () => {
    const record = { schoolId: "B", creatorWasStaff: true };
    expect(schoolOfInvitation(twoSchools(record), "t", "p", "A")).toBe("B");
    expect(schoolOfInvitation(twoSchools(record, { A: {}, B: { cells: cellsWith() } }), "t", "p", "A")).toBeUndefined();
    expect(schoolOfInvitation(twoSchools({ ...record, schoolId: "elsewhere" }), "t", "p", null)).toBeUndefined();
  });
  test("none when no school allows it", () => {
    expect(
      schoolOfInvitation(twoSchools(undefined, { A: { served: false }, B: { cells: cellsWith() } }), "t", "p", null),
    ).toBeUndefined();
  });
});

describe("several invitees need one common school", () => {
  const people = {
    t: { roles: { A: ["teacher"], B: ["teacher"], C: ["teacher"] } } satisfies Person,
    a: { roles: { A: ["student"] } } satisfies Person,
    ab: { roles: { B: ["student"], A: ["student"] } } satisfies Person,
    b: { roles: { B: ["student"] } } satisfies Person,
  };
  const all = facts(people, { A: {}, B: {}, C: { served: false } });
  test.each<[string[], string[]]>([
    [["a", "ab"], ["A"]],
    [["ab"], ["A", "B"]],
    [["a", "b"], []],
    [["a", "nobody"], []],
    [[], ["A", "B"]],
  ])("%j: %j", (others, schools) => {
    expect(commonSchools(all, "t", others)).toEqual(schools);
  });
  test("who is locked or unknown has none, not even for a room without invitees", () => {
    expect(commonSchools(facts({ t: { ...teacher, active: false } }, { A: {} }), "t", [])).toEqual([]);
    expect(commonSchools(all, "nobody", [])).toEqual([]);
  });
});

describe("staff, members and who may open a room", () => {
  test("a role counts only while person and school take part", () => {
    const on = facts({ t: teacher, p: pupil }, { A: {} });
    const off = facts({ t: teacher, p: pupil }, { A: { served: false } });
    const locked = facts({ t: { ...teacher, active: false } }, { A: {} });
    expect([isStaffAt(on, "t", "A"), isStaffAt(on, "p", "A"), belongsTo(on, "p", "A"), mayOpenRoom(on, "t")]).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect([isStaffAt(off, "t", "A"), belongsTo(off, "p", "A"), mayOpenRoom(off, "t")]).toEqual([false, false, false]);
    expect([isStaffAt(locked, "t", "A"), belongsTo(locked, "t", "A"), mayOpenRoom(locked, "t")]).toEqual([
      false,
      false,
      false,
    ]);
    expect(heldStaffRole(locked, "t", "A")).toBe(true);
  });
  test("a pupil opens no room while the row is off, and does where it is on", () => {
    expect(mayOpenRoom(facts({ p: pupil }, { A: { cells: cellsWith("student>groups") } }), "p")).toBe(false);
    expect(mayOpenRoom(facts({ p: pupil }, { A: { cells: cellsWith("student>teacher") } }), "p")).toBe(true);
  });
});

describe("who may hold 50 or more (design §5, power levels)", () => {
  const who = (localpart: string) => ({ userId: `@${localpart}:localhost`, localpart });
  const room = (creatorWasStaff: boolean) =>
    facts(
      { t: teacher, p: pupil, q: pupil, b: { roles: { B: ["teacher"] } } },
      { A: {}, B: {} },
      { schoolId: "A", creatorWasStaff },
    );
  test.each<[string, Facts, string, string, boolean]>([
    ["staff of the room's school", room(true), "t", "p", true],
    ["staff of another school not", room(true), "b", "p", false],
    ["a pupil not", room(true), "q", "p", false],
    ["the pupil who made the room", room(false), "p", "p", true],
    ["a pupil in another pupil's room not", room(false), "q", "p", false],
    ["the creator of a staff room who is staff no more not", room(true), "p", "p", false],
    ["in a room without a record the creator", facts({ p: pupil }, { A: {} }), "p", "p", true],
    [
      "in a room without a record staff of the creator's school",
      facts({ p: pupil, t: teacher }, { A: {} }),
      "t",
      "p",
      true,
    ],
    ["in a room without a record nobody else", facts({ p: pupil, q: pupil }, { A: {} }), "q", "p", false],
  ])("%s", (_, held, person, creator, allowed) => {
    expect(mayModerate(held, who(person), who(creator))).toBe(allowed);
  });
  test("two ids of other servers are two people, though neither has a localpart here", () => {
    const stranger = (userId: string) => ({ userId, localpart: "" });
    expect(mayModerate(room(false), stranger("@x:elsewhere"), stranger("@y:elsewhere"))).toBe(false);
  });
});
