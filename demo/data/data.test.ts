/** Guards what tests and bench rely on: the demo's size, its special people, and that it never changes by accident. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { buildDemoDirectory } from "./directory.ts";
import { usernameFor } from "./names.ts";
import { demoLogins, directoryCharacters } from "./people.ts";
import { LARGE_SCHOOL_ID, SMALL_SCHOOL_ID, UNSERVED_SCHOOL_ID } from "./schools.ts";
import { DEMO_SERVICE_ID, timestamp } from "./records.ts";
import type { DemoRole, DemoRoleAt, DemoUser } from "./types.ts";

const directory = buildDemoDirectory();

function rolesOf(user: DemoUser): readonly DemoRoleAt[] {
  if (user.metadata !== undefined) return user.metadata.roles;
  if (user.role === "administrator" || user.role === "aide") return [];
  const role = user.role;
  return user.orgs.map((org) => ({ org: org.href, role }));
}

const usersAt = (school: string): DemoUser[] =>
  directory.users.filter((user) => user.orgs.some((org) => org.href === school));
const holding = (school: string, role: DemoRole): DemoUser[] =>
  directory.users.filter((user) => rolesOf(user).some((entry) => entry.org === school && entry.role === role));

describe("the demo directory", () => {
  test("is the same at every build", () => {
    const hash = createHash("sha256").update(JSON.stringify(directory)).digest("hex");
    expect(JSON.stringify(buildDemoDirectory())).toBe(JSON.stringify(directory));
    expect(hash).toBe("120261dfd270a5b003776b4b4097a4765730fb3170d73ec33fc47e1c16962ae4");
  });

  test.each([
    [LARGE_SCHOOL_ID, 1271, [65, 700, 500, 3, 3, 2, 8, 2]],
    [SMALL_SCHOOL_ID, 120, [9, 61, 46, 2, 1, 1, 3, 2]],
    [UNSERVED_SCHOOL_ID, 12, [3, 5, 3, 1, 0, 0, 1, 1]],
  ] as const)("%s has %i people in the planned roles", (school, people, counts) => {
    expect(usersAt(school)).toHaveLength(people);
    const roles = [
      "teacher",
      "student",
      "guardian",
      "schoolManagement",
      "secretariat",
      "socialWork",
      "parentsCouncil",
      "orgAdmin",
    ] as const;
    expect(roles.map((role) => holding(school, role).length)).toEqual(counts);
  });

  test("names every id once", () => {
    for (const records of [directory.orgs, directory.users, directory.classes, directory.enrollments]) {
      expect(new Set(records.map((record) => record.sourcedId)).size).toBe(records.length);
    }
    expect(new Set(directory.users.map((user) => user.username)).size).toBe(directory.users.length);
    for (const user of directory.users) {
      expect(user.sourcedId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(user.username).toMatch(/^[a-z0-9-]+\.[a-z0-9-]+$/);
    }
  });

  test("enrolls only people of the school in its classes, each once", () => {
    const classes = new Map(directory.classes.map((record) => [record.sourcedId, record]));
    const users = new Map(directory.users.map((user) => [user.sourcedId, user]));
    for (const enrollment of directory.enrollments) {
      const { school, class: group, user } = enrollment;
      expect(enrollment.sourcedId).toBe(`${school.href},${group.href},${user.href}`);
      expect(classes.get(group.href)?.school.href).toBe(school.href);
      expect(users.get(user.href)?.orgs.map((org) => org.href)).toContain(school.href);
    }
    const teachersOf = (id: string): number =>
      directory.enrollments.filter((entry) => entry.class.href === id && entry.role === "teacher").length;
    for (const id of classes.keys()) expect(teachersOf(id)).toBeGreaterThan(0);
  });

  test("puts every pupil into exactly one homeroom class", () => {
    const homerooms = new Set(
      directory.classes.filter((record) => record.classType === "homeroom").map((record) => record.sourcedId),
    );
    expect(homerooms.size).toBe(28 + 5 + 1);
    const counts = new Map<string, number>();
    for (const { role, user, class: group } of directory.enrollments) {
      if (role === "student" && homerooms.has(group.href)) counts.set(user.href, (counts.get(user.href) ?? 0) + 1);
    }
    const pupils = directory.users.filter((user) => user.role === "student");
    expect(pupils.map((pupil) => counts.get(pupil.sourcedId))).toEqual(pupils.map(() => 1));
  });

  test("has people with several roles and several schools, and no pupil with another role", () => {
    const several = directory.users.filter((user) => rolesOf(user).length > 1);
    expect(several.length).toBeGreaterThan(15);
    expect(directory.users.filter((user) => user.orgs.length > 1).length).toBeGreaterThan(6);
    for (const user of several) expect(rolesOf(user).map((entry) => entry.role)).not.toContain("student");
    for (const user of directory.users) {
      expect(rolesOf(user).length).toBeGreaterThan(0);
      expect(new Set(rolesOf(user).map((entry) => entry.org))).toEqual(new Set(user.orgs.map((org) => org.href)));
    }
  });

  test("shows umlauts, ß and hyphens", () => {
    const names = directory.users.map((user) => `${user.givenName} ${user.familyName}`).join("\n");
    for (const letter of "äöüßÖł-") expect(names).toContain(letter);
  });

  test("switches the messenger on for two of the three schools", () => {
    const services = directory.orgs.map((org) => [org.sourcedId, org.metadata.enabledServices]);
    expect(services).toEqual([
      [LARGE_SCHOOL_ID, [DEMO_SERVICE_ID]],
      [SMALL_SCHOOL_ID, [DEMO_SERVICE_ID]],
      [UNSERVED_SCHOOL_ID, []],
    ]);
  });

  test("knows two people who are not enabled", () => {
    expect(directory.users.filter((user) => !user.enabled).map((user) => user.role)).toEqual(["teacher", "student"]);
  });
});

describe("the named characters", () => {
  test("stand in the directory with their subject and roles", () => {
    for (const login of directoryCharacters) {
      const user = directory.users.find((candidate) => candidate.sourcedId === login.subject);
      expect(user?.username).toBe(login.username);
      expect(user === undefined ? [] : rolesOf(user)).toEqual(login.roles);
      expect(usernameFor(login.givenName, login.familyName)).toBe(login.username);
    }
  });

  test("include the state's staff, who do not", () => {
    const staff = demoLogins.filter((login) => login.consoleRole !== null);
    expect(staff.map((login) => login.username)).toEqual(["support.eins", "support.zwei", "land.eins", "land.zwei"]);
    for (const login of staff) {
      expect(directory.users.some((user) => user.sourcedId === login.subject)).toBe(false);
    }
  });
});

test("times have six fractional digits", () => {
  expect(timestamp(Date.UTC(2026, 0, 2) * 1000 + 42)).toBe("2026-01-02T00:00:00.000042Z");
});
