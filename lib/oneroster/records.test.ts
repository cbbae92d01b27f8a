// Guarantee: what real servers send parses, and one bad record never costs the others.
import { describe, expect, test } from "vitest";
import { classSchema, decodeRecords, enrollmentSchema, schoolSchema, userSchema } from "./records.ts";

const portalUser = {
  sourcedId: "p-1",
  status: "active",
  dateLastModified: "2023-08-31T18:48:27.000000Z",
  username: "vorname.nachname",
  enabled: true,
  givenName: "Vorname",
  familyName: "Nachname",
  role: "teacher",
  orgs: [{ href: "DE-TE-30000", type: "org" }],
};

describe("users", () => {
  test("the portal's form: boolean enabled, bare href", () => {
    expect(userSchema.parse(portalUser)).toMatchObject({
      id: "p-1",
      active: true,
      enabled: true,
      schoolIds: ["DE-TE-30000"],
      metadataRoles: null,
      roles: null,
    });
  });

  test.each([
    [{ enabledUser: "false" }, false],
    [{ enabledUser: "true" }, true],
    [{ enabled: false, enabledUser: "true" }, false],
    [{}, true],
  ])("%o is enabled: %s", (fields, enabled) => {
    expect(userSchema.parse({ ...portalUser, enabled: undefined, ...fields }).enabled).toBe(enabled);
  });

  test.each([
    [{ href: "https://x.example/ims/oneroster/v1p1/orgs/S-1", sourcedId: "S-1", type: "org" }, "S-1"],
    [{ href: "https://x.example/ims/oneroster/v1p1/orgs/S-1", type: "org" }, "S-1"],
    [{ href: "S-1", type: "org" }, "S-1"],
  ])("the reference %o is %s", (reference, id) => {
    expect(userSchema.parse({ ...portalUser, orgs: [reference] }).schoolIds).toEqual([id]);
  });

  test.each(["tobedeleted", "inactive"])("status %s is not active", (status) => {
    expect(userSchema.parse({ ...portalUser, status }).active).toBe(false);
  });

  test.each([
    [undefined, false],
    [{}, false],
    [{ addressProtected: false }, false],
    [{ addressProtected: "Nein" }, false],
    [{ addressProtected: true }, true],
    [{ addressProtected: "true" }, true],
    [{ addressProtected: "ja, seit 2024" }, true],
    [{ addressProtected: { since: "2024" } }, true],
  ])("with %o protected: %s", (metadata, addressProtected) => {
    expect(userSchema.parse({ ...portalUser, metadata })).toMatchObject({ addressProtected });
  });

  test("metadata.roles with and without a begin", () => {
    const metadata = {
      roles: [
        { org: "S-1", role: "orgAdmin", beginDate: "2024-02-01" },
        { org: { href: "S-2" }, role: "teacher" },
      ],
    };
    expect(userSchema.parse({ ...portalUser, metadata }).metadataRoles).toEqual([
      { schoolId: "S-1", role: "orgAdmin", beginDate: new Date("2024-02-01"), endDate: null },
      { schoolId: "S-2", role: "teacher", beginDate: null, endDate: null },
    ]);
  });

  test("control characters leave names and are refused in ids", () => {
    expect(userSchema.parse({ ...portalUser, givenName: "A\u0000nna\n" }).givenName).toBe("A nna");
    expect(userSchema.safeParse({ ...portalUser, sourcedId: "p\u0000" }).success).toBe(false);
  });
});

test("a class without course and terms, an enrollment with a compound id, a school with its services", () => {
  const school = { href: "S-1", type: "org" };
  expect(classSchema.parse({ sourcedId: "c", title: "7a (2022/2023)", classType: "homeroom", school })).toMatchObject({
    schoolId: "S-1",
    kind: "homeroom",
  });
  const enrollment = { sourcedId: "S-1,c,p", role: "student", user: { href: "p" }, class: { href: "c" }, school };
  expect(enrollmentSchema.parse(enrollment)).toMatchObject({ id: "S-1,c,p", userId: "p", classId: "c" });
  const org = { sourcedId: "S-1", name: "GY", type: "school", metadata: { enabledServices: ["uuid"] } };
  expect(schoolSchema.parse(org)).toMatchObject({ isSchool: true, enabledServices: ["uuid"] });
  expect(schoolSchema.parse({ ...org, metadata: null }).enabledServices).toEqual([]);
});

test("a bad record becomes a problem that names fields and no content; the others go on", () => {
  const bad = { ...portalUser, sourcedId: "p-2", givenName: 42, orgs: [{}] };
  const { records, problems } = decodeRecords("user", userSchema, [portalUser, bad, "nonsense", null]);
  expect(records.map((user) => user.id)).toEqual(["p-1"]);
  expect(problems).toMatchObject([
    { recordType: "user", recordId: "p-2", reason: "unreadable: givenName, orgs.0" },
    { recordType: "user", recordId: "", reason: "unreadable: record" },
    { recordType: "user", recordId: "", reason: "unreadable: record" },
  ]);
});
