// Guarantee: roles come from where they may come from, and a record that could not be used is never mistaken for a leaver.
import { describe, expect, test } from "vitest";
import {
  classSchema,
  enrollmentSchema,
  userSchema,
  type OneRosterUser,
  type RecordProblem,
} from "#lib/oneroster/records.ts";
import { displayNameOf, mapPerson, mapSchool, rolesAtSchool, subjectOf } from "./rules.ts";

const S = "S-1";
const options = { subject: "sourcedId", serverName: "localhost" } as const;

function user(fields: Record<string, unknown> = {}): OneRosterUser {
  return userSchema.parse({
    sourcedId: "p-1",
    givenName: "Anna",
    familyName: "Berger",
    role: "teacher",
    orgs: [{ href: S }],
    ...fields,
  });
}
const group = (id: string, school = S) => classSchema.parse({ sourcedId: id, title: id, school: { href: school } });
const enrollment = (person: string, classId: string, role = "student") =>
  enrollmentSchema.parse({
    sourcedId: `${S},${classId},${person}`,
    role,
    user: { href: person },
    class: { href: classId },
  });
const pulled = <T>(records: readonly T[], problems: readonly RecordProblem[] = []) => ({ records, problems });

describe("roles at a school", () => {
  const since = new Date("2024-02-01");
  test.each<[string, Record<string, unknown>, unknown]>([
    ["the plain role", {}, [["teacher", null]]],
    ["parent and relative are guardians", { role: "relative" }, [["guardian", null]]],
    ["another school's plain role", { orgs: [{ href: "S-2" }] }, []],
    [
      "metadata.roles replaces the plain role",
      { metadata: { roles: [{ org: S, role: "orgAdmin", beginDate: "2024-02-01" }] } },
      [["orgAdmin", since]],
    ],
    ["metadata.roles of another school only", { metadata: { roles: [{ org: "S-2", role: "orgAdmin" }] } }, []],
    [
      "several",
      {
        metadata: {
          roles: [
            { org: S, role: "teacher" },
            { org: S, role: "schoolManagement" },
          ],
        },
      },
      [
        ["teacher", null],
        ["schoolManagement", null],
      ],
    ],
    // a plain role must never grant what only metadata.roles may
    ["a plain administrator is nobody", { role: "administrator" }, []],
    ["a plain orgAdmin is nobody", { role: "orgAdmin" }, []],
  ])("%s", (_name, fields, expected) => {
    expect(rolesAtSchool(user(fields), S).roles.map(({ role, beginDate }) => [role, beginDate])).toEqual(expected);
  });

  test("unknown roles are named", () => {
    expect(rolesAtSchool(user({ metadata: { roles: [{ org: S, role: "janitor" }] } }), S)).toEqual({
      roles: [],
      unknown: ["janitor"],
    });
  });
});

test.each([
  ["sourcedId", "p-1"],
  ["username", "anna"],
  ["identifier", undefined],
  ["userIds:idp", "4711"],
  ["userIds:other", undefined],
] as const)("subject from %s is %s", (field, expected) => {
  expect(subjectOf(user({ username: "anna", userIds: [{ type: "idp", identifier: "4711" }] }), field)).toBe(expected);
});

describe("an address", () => {
  const emailOf = (fields: Record<string, unknown>) => {
    const mapped = mapPerson(user({ email: "a.berger@schule.example", ...fields }), options);
    return "value" in mapped ? mapped.value.email : mapped.reason;
  };
  test.each<[string, Record<string, unknown>, string | null]>([
    ["staff", {}, "a.berger@schule.example"],
    ["a pupil", { role: "student" }, null],
    ["a guardian", { role: "parent" }, null],
    ["an office that nobody knows", { role: "aide" }, null],
    ["the parents' council", { metadata: { roles: [{ org: S, role: "parentsCouncil" }] } }, null],
    [
      "a guardian here who manages another school",
      { role: "guardian", metadata: { roles: [{ org: "S-2", role: "schoolManagement" }] } },
      "a.berger@schule.example",
    ],
    ["staff without one", { email: null }, null],
    ["staff with something that is none", { email: "siehe Aushang" }, null],
  ])("of %s", (_, fields, email) => {
    expect(emailOf(fields)).toBe(email);
  });
});

test("names are put together without stray spaces", () => {
  expect(displayNameOf(" Anna  Lena", "Öztürk ")).toBe("Anna Lena Öztürk");
  expect(displayNameOf("", "Klein")).toBe("Klein");
});

describe("a school", () => {
  test("has people, groups and members that belong together", () => {
    const content = mapSchool(
      S,
      {
        users: pulled([
          user(),
          user({ sourcedId: "p-2", role: "student" }),
          user({ sourcedId: "p-3", status: "tobedeleted" }),
        ]),
        classes: pulled([group("7a"), group("foreign", "S-2")]),
        enrollments: pulled([
          enrollment("p-1", "7a", "teacher"),
          enrollment("p-2", "7a"),
          enrollment("p-2", "foreign"),
          enrollment("p-9", "7a"),
        ]),
      },
      options,
    );
    expect(content.people.map(({ id, localpart, subject }) => [id, localpart, subject])).toEqual([
      ["p-1", "u-p-1", "p-1"],
      ["p-2", "u-p-2", "p-2"],
    ]);
    expect(content.groups.map(({ id }) => id)).toEqual(["7a"]);
    expect(content.members.map(({ personId, role }) => [personId, role])).toEqual([
      ["p-1", "teacher"],
      ["p-2", "student"],
    ]);
    expect(content.problems.map(({ reason }) => reason)).toEqual(["unknownClass", "unknownPerson"]);
  });

  test("two people with one subject: the second is a problem and protected from removal", () => {
    const twins = [user({ username: "x" }), user({ sourcedId: "p-2", username: "x" })];
    const content = mapSchool(
      S,
      { users: pulled(twins), classes: pulled([]), enrollments: pulled([]) },
      { ...options, subject: "username" },
    );
    expect(content.people.map(({ id }) => id)).toEqual(["p-1"]);
    expect(content.unreadable.people).toEqual(["p-2"]);
    expect(content.problems).toEqual([{ recordType: "user", recordId: "p-2", reason: "subjectTaken" }]);
  });

  test.each([
    [{ givenName: "", familyName: "" }, "nameMissing"],
    [{ sourcedId: "Ä".repeat(60) }, "idTooLong"],
  ])("%o is a problem: %s", (fields, reason) => {
    const content = mapSchool(
      S,
      { users: pulled([user(fields)]), classes: pulled([]), enrollments: pulled([]) },
      options,
    );
    expect(content.people).toEqual([]);
    expect(content.problems).toMatchObject([{ reason }]);
  });

  test("records without a readable id forbid every removal of their kind", () => {
    const nameless: RecordProblem = { recordType: "user", recordId: "", reason: "unreadable: record" };
    const named: RecordProblem = { recordType: "class", recordId: "7b", reason: "unreadable: title" };
    const content = mapSchool(
      S,
      { users: pulled([], [nameless]), classes: pulled([], [named]), enrollments: pulled([]) },
      options,
    );
    expect(content.removable).toEqual({ people: false, groups: true, enrollments: true });
    expect(content.unreadable.groups).toEqual(["7b"]);
  });
});
