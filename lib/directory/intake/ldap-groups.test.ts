// From LDAP entries to groups: whose members they are, and when somebody may be missing who has not left.
import { describe, expect, test } from "vitest";
import type { LdapEntry } from "#lib/ldap/client.ts";
import { desiredLdapGroups, keysOf, ldapGroupsSchema, normalDn } from "./ldap-groups.ts";

const entry = (dn: string, attributes: Readonly<Record<string, readonly string[]>> = {}): LdapEntry => ({
  dn,
  values: (name) => attributes[name] ?? [],
  isPartial: (name) => Object.keys(attributes).some((key) => key.startsWith(`${name};range=`)),
});
const people = keysOf(
  ["a", "b"].map((uid) => entry(`UID=${uid}, OU=People`, { uid: [uid] })),
  "uid",
);
const [config] = ldapGroupsSchema.parse([{ school: "S", group: "chor", title: "Chor", base: "ou=groups" }]);
if (config === undefined) throw new Error("one group is configured");
const desired = (found: readonly LdapEntry[] | null, more = {}) =>
  desiredLdapGroups([{ config: { ...config, ...more }, found, isWhole: true }], people, "uid");

test.each([
  ["UID=a, OU=People", "uid=a,ou=people"],
  [String.raw`cn=Kühn\, Jörg , ou=x`, String.raw`cn=kühn\, jörg,ou=x`],
])("%s and %s are one name", (one, other) => {
  expect(normalDn(one)).toBe(normalDn(other));
});

describe("desiredLdapGroups", () => {
  test("finds members by name, and reports names that lead nowhere", () => {
    const { groups, problems } = desired([entry("cn=chor", { member: ["uid=a,ou=people", "uid=z,ou=people"] })]);
    expect(groups).toEqual([
      { group: "chor", title: "Chor", kind: "team", members: [{ key: "a", role: "student" }], isComplete: true },
    ]);
    expect(problems).toEqual([{ recordType: "person", recordId: "uid=z,ou=people", reason: "unknownEntry" }]);
  });
  test.each([
    ["was not found", null],
    ["is empty for lack of an entry", []],
    ["came in part", [entry("cn=chor", { "member;range=0-1499": ["uid=a,ou=people"] })]],
  ])("removes nobody if the group %s", (_, found) => {
    const { groups, problems } = desired(found);
    expect(groups).toMatchObject([{ isComplete: false }]);
    expect(problems).toHaveLength(1);
  });
  test("removes nobody if a part stands on another server", () => {
    const found = [entry("cn=chor", { member: ["uid=a,ou=people"] })];
    const { groups, problems } = desiredLdapGroups([{ config, found, isWhole: false }], people, "uid");
    expect(groups).toMatchObject([{ isComplete: false, members: [{ key: "a" }] }]);
    expect(problems).toEqual([]);
  });
  test("an entry without members empties the group", () => {
    expect(desired([entry("cn=chor")]).groups).toMatchObject([{ members: [], isComplete: true }]);
  });
  test("takes values and entries as they are", () => {
    const byValue = desired([entry("cn=chor", { memberUid: ["x"] })], {
      members: "value",
      memberAttribute: "memberUid",
    });
    expect(byValue.groups[0]?.members).toEqual([{ key: "x", role: "student" }]);
    const byEntry = desired([entry("uid=b", { uid: ["b"] })], { members: "entry", role: "teacher" });
    expect(byEntry.groups[0]?.members).toEqual([{ key: "b", role: "teacher" }]);
  });
});

test("two descriptions of one group must agree", () => {
  const other = { ...config, title: "Anders" };
  expect(ldapGroupsSchema.safeParse([config, other]).error?.issues).toMatchObject([{ path: [1] }]);
  expect(ldapGroupsSchema.safeParse([config, { ...config, role: "teacher" }]).success).toBe(true);
});
