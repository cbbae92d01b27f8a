// Guarantee: whatever a source does wrong, at whichever of its lists, a sync stores nothing of it and goes on as soon as
// the source is well again; records that cannot be used cost nobody else anything.
import { afterEach, expect, test } from "vitest";
import { classReference, DEMO_SERVICE_ID, orgReference, userReference } from "#demo/data/records.ts";
import { FAILURES } from "#demo/oneroster/failures.ts";
import { createOneRosterClient } from "#lib/oneroster/client.ts";
import { startDirectoryWorld, type DirectoryWorld } from "#test/directory-world.ts";
import { SCHOOL } from "#test/small-directory.ts";

const FAULTS_TIMEOUT_MS = 180_000;
let world: DirectoryWorld;
afterEach(() => world.stop());

/** Everything that a sync of the directory writes, but for its own record. */
async function stored(): Promise<object> {
  const { db } = world.database;
  return {
    schools: await db.school.findMany({ orderBy: { id: "asc" } }),
    people: await db.person.findMany({ orderBy: { id: "asc" } }),
    affiliations: await db.affiliation.findMany({ orderBy: { personId: "asc" } }),
    groups: await db.group.findMany({ orderBy: { id: "asc" } }),
    members: await db.groupMember.findMany({ orderBy: [{ groupId: "asc" }, { personId: "asc" }] }),
    cursors: await db.syncCursor.findMany({ where: { scope: { not: "orgs" } }, orderBy: { scope: "asc" } }),
  };
}

const codes: Readonly<Record<Exclude<(typeof FAILURES)[number], "none" | "silent">, string>> = {
  html: "notOneRoster",
  down: "unreachable",
  "rate-limited": "rateLimited",
  "half-page": "unreachable",
  "wrong-type": "notOneRoster",
  "error-body": "notOneRoster",
  "server-error": "serverError",
  empty: "emptyAnswer",
};

test.each(["/schools", "/users"] as const)(
  "every fault at %s changes nothing, and is named",
  async (pathEnd) => {
    world = await startDirectoryWorld();
    await world.sync();
    const before = await stored();
    world.server.directory.renamePerson(world.small.pupil, { familyName: "Später" });
    for (const [failure, code] of Object.entries(codes)) {
      world.server.setFailure(FAILURES.find((known) => known === failure) ?? "none", { pathEnd });
      expect([failure, (await world.sync()).failure]).toEqual([failure, code]);
      expect(await stored()).toEqual(before);
    }
    world.server.setFailure("none");
    expect(await world.sync()).toMatchObject({ failure: null, counts: { peopleChanged: 1 } });
  },
  FAULTS_TIMEOUT_MS,
);

test("a list of enrollments that came back empty empties no group, and one of classes ends none", async () => {
  world = await startDirectoryWorld();
  await world.sync();
  for (const pathEnd of ["/enrollments", "/classes"]) {
    world.server.setFailure("empty", { pathEnd });
    expect((await world.sync()).counts.held).toBeGreaterThan(0);
    expect(await world.database.db.groupMember.count()).toBe(4);
    expect(await world.database.db.group.count({ where: { leftAt: null } })).toBe(2);
  }
});

test("a token that ends in the middle of a run costs a request more, and nothing else", async () => {
  world = await startDirectoryWorld();
  const { server, dependencies } = world;
  const pull = () => {
    const inner = dependencies.pull();
    return {
      ...inner,
      classes: (schoolId: string, since?: Date) => {
        server.revokeTokens();
        return inner.classes(schoolId, since);
      },
    };
  };
  const untroubled = await world.sync();
  const troubled = await world.sync({ full: true }, { pull });
  expect(troubled).toMatchObject({ failure: null, problems: [] });
  expect(troubled.counts.requests).toBe(untroubled.counts.requests + 1);
});

test("odd ids, times of other zones, strangers in classes and departments in a circle", async () => {
  world = await startDirectoryWorld();
  const { server, small, database } = world;
  const { orgs, users, enrollments } = server.directory.current;
  const person = (id: string) => users.find((user) => user.sourcedId === id) ?? {};
  Object.assign(person(small.guardian), { sourcedId: 4711 });
  Object.assign(person(small.manager), {
    sourcedId: "ID_GROSS",
    dateLastModified: "2026-08-03T02:00:00.1234567+02:00",
  });
  Object.assign(person(small.colleague), { familyName: "x".repeat(10_000_000) });
  const [school] = orgs;
  for (const [own, parent] of [
    ["D-1", "D-2"],
    ["D-2", "D-1"],
  ] as const) {
    const department = { type: "department", parent: orgReference(parent), metadata: { enabledServices: [] } };
    if (school !== undefined) orgs.push(Object.assign({ ...school, sourcedId: own, name: own }, department));
  }
  const [first] = enrollments;
  if (first !== undefined) {
    enrollments.push({ ...first, sourcedId: "e-stranger", user: userReference("nobody") });
    enrollments.push({ ...first, sourcedId: "e-nowhere", class: classReference("nowhere") });
  }
  const { baseUrl, tokenUrl } = server;
  const client = createOneRosterClient({
    baseUrl,
    tokenUrl,
    clientId: "console",
    clientSecret: "small directory",
    organisations: "orgs",
  });
  const { failure, problems } = await world.sync({ full: true }, { pull: client.pull, serviceId: DEMO_SERVICE_ID });
  expect(failure).toBeNull();
  expect(problems.map(({ recordId, reason }) => `${recordId} ${reason}`).sort()).toEqual(
    [
      "D-1 organisationsInCircle",
      "D-2 organisationsInCircle",
      "e-nowhere unknownClass",
      "e-stranger unknownPerson",
      `${small.colleague} unreadable: familyName`,
    ].sort(),
  );
  const people = await database.db.affiliation.findMany({
    where: { schoolId: SCHOOL, role: { in: ["guardian", "schoolManagement"] } },
    include: { person: true },
    orderBy: { role: "asc" },
  });
  expect(people.map(({ person: { id, localpart } }) => [id, localpart])).toEqual([
    ["4711", "u-4711"],
    ["ID_GROSS", "u-_i_d___g_r_o_s_s"],
  ]);
});
