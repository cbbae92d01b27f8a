/** Guarantee: a computed directory is one that a sync can read: whole, without a record twice, and the same each time. */
import { afterEach, describe, expect, test } from "vitest";
import { createOneRosterClient } from "#lib/oneroster/client.ts";
import { type OneRosterServer, startOneRosterServer } from "../oneroster-server.ts";
import { runSizedQuery } from "./query.ts";
import { createSizedDirectory, SIZED_COLLECTIONS, SIZES } from "./sized-directory.ts";

const recordsOf = (collection: (typeof SIZED_COLLECTIONS)[number], schoolId?: string) => {
  const list = createSizedDirectory(SIZES.S).list(collection, schoolId, undefined);
  return list?.slice(0, list.total) ?? [];
};

test.each(["S", "M", "L"] as const)("%s has the size that it promises, in all and over its schools", (name) => {
  const size = SIZES[name];
  const directory = createSizedDirectory(size);
  const schools = directory.list("orgs", undefined, undefined)?.slice(0, size.schools) ?? [];
  expect(new Set(schools.map((school) => school.sourcedId)).size).toBe(size.schools);
  for (const collection of ["users", "classes", "enrollments"] as const) {
    expect(directory.list(collection, undefined, undefined)?.total).toBe(
      collection === "users" ? size.people : size[collection],
    );
    const ofSchools = schools.map((school) => directory.list(collection, school.sourcedId, undefined)?.total ?? 0);
    expect(ofSchools.reduce((sum, count) => sum + count, 0)).toBe(
      collection === "users" ? size.people : size[collection],
    );
    expect(Math.min(...ofSchools)).toBeGreaterThan(0);
  }
});

test("no id is there twice, and every enrollment leads to a class and a person of its school", () => {
  for (const collection of SIZED_COLLECTIONS) {
    const ids = recordsOf(collection).map((record) => record.sourcedId);
    expect(new Set(ids).size).toBe(ids.length);
  }
  for (const school of recordsOf("orgs")) {
    const people = new Set(recordsOf("users", school.sourcedId).map((record) => record.sourcedId));
    const classes = new Set(recordsOf("classes", school.sourcedId).map((record) => record.sourcedId));
    for (const record of recordsOf("enrollments", school.sourcedId)) {
      const [ofSchool = "", ofClass = "", ofPerson = ""] = record.sourcedId.split(",");
      expect([ofSchool, classes.has(ofClass), people.has(ofPerson)]).toEqual([school.sourcedId, true, true]);
    }
  }
});

describe("served", () => {
  let server: OneRosterServer;
  afterEach(() => server.stop());
  const credentials = { clientId: "console", clientSecret: "sized" };
  const start = async () => {
    const sized = createSizedDirectory(SIZES.S);
    const directory = { orgs: [], users: [], classes: [], enrollments: [] };
    server = await startOneRosterServer({ port: 0, directory, sized, ...credentials });
    const { baseUrl, tokenUrl } = server;
    return { sized, pull: createOneRosterClient({ baseUrl, tokenUrl, ...credentials, pageSize: 500 }).pull() };
  };

  test("it is read page by page, and its changes alone", async () => {
    const { sized, pull } = await start();
    const [first] = (await pull.schools()).records;
    const people = (await pull.users(first?.id ?? ""))?.records ?? [];
    expect(people.length).toBe(sized.list("users", first?.id, undefined)?.total);
    const since = new Date();
    sized.change(10, 2);
    const changed = [];
    for await (const page of pull.allUsers(since)) changed.push(...page.records);
    expect(changed).toHaveLength(6);
    expect((await pull.users(first?.id ?? "", since))?.records).toHaveLength(3);
    const before = new Map(people.map((person) => [person.id, person.givenName]));
    expect(changed.filter((person) => before.get(person.id) === person.givenName)).toEqual([]);
    expect(await pull.findFilterScope(first?.id ?? "")).toBe("topLevel");
  });

  test("a school that does not exist, and a filter that it cannot answer, are refused", async () => {
    const { pull } = await start();
    await expect(pull.classes("DE-GR-SN-99999")).rejects.toMatchObject({ code: "notFound" });
    const asked = new URLSearchParams({ filter: "role='teacher'" });
    const sized = createSizedDirectory(SIZES.S);
    expect(() => runSizedQuery(sized, "users", undefined, asked, (record) => record)).toThrow("dateLastModified");
  });
});
