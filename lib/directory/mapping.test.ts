// Guarantee: roles come from where the operator says, within their dates, and organisations lead to their school.
import { describe, expect, test } from "vitest";
import { classSchema, enrollmentSchema, schoolSchema, userSchema } from "#lib/oneroster/records.ts";
import { mapChanges, type KnownPlaces } from "./changes.ts";
import { organisationsAfter } from "./organisation-store.ts";
import { atSchools, readOrganisations } from "./organisations.ts";
import { roleMappingSchema, rolesAtSchool } from "./role-mapping.ts";
import { mapSchool } from "./rules.ts";
import { readSourceOptions } from "./source-options.ts";

const S = "S-1";
const now = new Date("2026-11-21T10:00:00Z");
const user = (fields: Record<string, unknown>) =>
  userSchema.parse({
    sourcedId: "p",
    givenName: "A",
    familyName: "B",
    role: "teacher",
    orgs: [{ href: S }],
    ...fields,
  });
const options = { subject: "sourcedId", serverName: "localhost", now: () => now } as const;

describe("roles", () => {
  const mapping = roleMappingSchema.parse({ names: { principal: "schoolManagement", administrator: "orgAdmin" } });
  const at = (role: string, dates: Record<string, string> = {}) => ({ org: { sourcedId: S }, role, ...dates });
  test.each([
    [
      "roles[] of 1.2 with configured names",
      { roles: [at("principal"), at("teacher")] },
      ["schoolManagement", "teacher"],
    ],
    ["a word of ours is none of the standard's", { roles: [at("orgAdmin")] }, []],
    ["one that has ended", { roles: [at("principal", { endDate: "2026-11-20" })] }, []],
    ["one that ends today", { roles: [at("principal", { endDate: "2026-11-21" })] }, ["schoolManagement"]],
    ["one that begins tomorrow", { roles: [at("principal", { beginDate: "2026-11-22" })] }, []],
    ["metadata before roles[]", { metadata: { roles: [at("socialWork")] }, roles: [at("teacher")] }, ["socialWork"]],
    ["a plain role never by a configured name", { role: "administrator" }, []],
  ])("%s", (_name, fields, expected) => {
    expect(rolesAtSchool(user(fields), S, mapping, now).roles.map(({ role }) => role)).toEqual(expected);
  });

  test("by membership in a configured group, for people of the school only", () => {
    const roles = roleMappingSchema.parse({ groups: [{ title: "^Sekretariat$", role: "secretariat" }] });
    const group = classSchema.parse({ sourcedId: "g", title: "Sekretariat", school: { href: S } });
    const enroll = (id: string) =>
      enrollmentSchema.parse({ sourcedId: `e-${id}`, role: "student", user: { href: id }, class: { href: "g" } });
    const content = mapSchool(
      S,
      {
        users: { records: [user({ role: "aide" }), user({ sourcedId: "x", orgs: [{ href: "S-2" }] })], problems: [] },
        classes: { records: [group], problems: [] },
        enrollments: { records: [enroll("p"), enroll("x")], problems: [] },
      },
      { ...options, roles },
    );
    expect(content.affiliations).toMatchObject([{ personId: "p", role: "secretariat" }]);
    expect(content.problems).toMatchObject([{ recordId: "e-x", reason: "unknownPerson" }]);
  });

  test("a setting that is wrong says where", () => {
    expect(() => readSourceOptions('{"roles":{"names":{"principal":"boss"}}}')).toThrow(/roles\.names\.principal/);
    expect(() => readSourceOptions("{")).toThrow(/no JSON/);
    expect(readSourceOptions("{}").client).toMatchObject({ version: "1.1", filters: "auto" });
  });
});

test("departments lead to their school, districts to none, and circles are told", () => {
  const org = (sourcedId: string, type: string, parent?: string) =>
    schoolSchema.parse({ sourcedId, name: sourcedId, type, ...(parent && { parent: { href: parent } }) });
  const { schoolOf, inCycles } = readOrganisations([
    org("district", "district"),
    org(S, "school", "district"),
    org("dep", "department", S),
    org("sub", "department", "dep"),
    org("a", "department", "b"),
    org("b", "department", "a"),
  ]);
  expect([...schoolOf]).toEqual([
    [S, S],
    ["dep", S],
    ["sub", S],
  ]);
  expect(inCycles).toEqual(["a", "b"]);
  expect(atSchools(user({ orgs: [{ href: "sub" }, { href: S }] }), schoolOf).schoolIds).toEqual([S]);
});

test.each([
  ["changes keep those that they do not name", false, [], ["dep", "sub"]],
  ["a whole list ends them", true, [], []],
  ["but for one that cannot be read", true, ["sub"], ["sub"]],
  ["or if nobody knows which one that is", true, [""], ["dep", "sub"]],
] as const)("organisations that are known: %s", (_name, isWhole, unreadable, known) => {
  const below = (id: string) => ({ id, parentId: S, isSchool: false });
  const problems = unreadable.map((recordId) => ({
    ...{ recordType: "school" as const, recordId, reason: "unreadable: name", modifiedAt: null },
  }));
  const after = organisationsAfter([below("dep"), below("sub")], { records: [], problems }, isWhole);
  expect(after.map(({ id }) => id)).toEqual(known);
});

describe("changes", () => {
  const known: KnownPlaces = {
    schools: new Set([S, "S-2"]),
    emptySchools: new Set(),
    schoolsOfPerson: new Map([
      ["p", new Set([S])],
      ["q", new Set([S])],
    ]),
    schoolOfGroup: new Map([["7a", S]]),
  };
  const changes = (fields: Partial<Parameters<typeof mapChanges>[0]>) =>
    mapChanges({ users: [], classes: [], enrollments: [], problems: [], ...fields }, known, options);
  const enroll = (userId: string, classId: string, status = "active") =>
    enrollmentSchema.parse({
      sourcedId: "e",
      status,
      role: "student",
      user: { href: userId },
      class: { href: classId },
    });

  test("somebody who moves is named at both schools", () => {
    const { contents } = changes({ users: [user({ orgs: [{ href: "S-2" }] })] });
    expect(contents.get(S)).toMatchObject({ people: [], affiliations: [], named: { people: new Set(["p"]) } });
    expect(contents.get("S-2")?.affiliations).toMatchObject([{ personId: "p", role: "teacher" }]);
  });

  test("tobedeleted names without listing", () => {
    const { contents } = changes({
      users: [user({ status: "tobedeleted" })],
      enrollments: [enroll("q", "7a", "tobedeleted")],
    });
    expect(contents.get(S)).toMatchObject({
      people: [],
      members: [],
      named: { people: new Set(["p"]), enrollments: new Set(["e"]) },
    });
  });

  test.each([
    ["an unknown person", "nobody", "7a", "unknownPerson"],
    ["an unknown class", "q", "8x", "unknownClass"],
  ])("an enrollment of %s is a problem that the cursor waits for", (_name, person, group, reason) => {
    expect(changes({ enrollments: [enroll(person, group)] }).problems).toMatchObject([{ recordId: "e", reason }]);
  });

  test("a record that cannot be used names nobody", () => {
    const { contents, problems } = changes({ users: [user({ givenName: "", familyName: "" })] });
    expect(contents.get(S)?.named?.people.size ?? 0).toBe(0);
    expect(problems).toMatchObject([{ recordId: "p", reason: "nameMissing" }]);
  });
});
