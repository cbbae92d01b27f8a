// Guarantee: an incremental run costs what has changed, takes absence for nothing, and moves its cursor only past what
// was stored; a full run notices the rest.
import { afterEach, expect, test } from "vitest";
import { startDirectoryWorld, type DirectoryWorld } from "#test/directory-world.ts";
import { SCHOOL } from "#test/small-directory.ts";

const DELTA = { full: false } as const;
let world: DirectoryWorld;
afterEach(() => world.stop());

const cursor = async (scope = "*") =>
  (await world.database.db.syncCursor.findFirst({ where: { source: "oneroster", scope } }))?.cursorAt;

/** As if the last run had been some time ago, before anything of this test. */
async function agePast(date: string): Promise<void> {
  await world.database.db.syncCursor.updateMany({ data: { cursorAt: new Date(date) } });
}

test.each([
  ["everywhere", 4],
  ["perSchool", 1 + 3],
] as const)("changes by filters %s: renamed, new and gone, in few requests", async (filters, requests) => {
  world = await startDirectoryWorld({ filters });
  const { server, small, database } = world;
  await world.sync();
  await agePast("2026-08-10");
  const { directory } = server;
  directory.renamePerson(small.pupil, { familyName: "Groß" });
  directory.removePerson(small.colleague);
  const added = directory.addClass(SCHOOL, "9c");
  directory.enroll(added.sourcedId, small.pupil, "student");
  directory.unenroll(small.class7a, small.classmate);
  directory.purge(); // nothing that is tobedeleted is left, so the removals come only with the full run
  const delta = await world.sync(DELTA);
  expect(delta).toMatchObject({ kind: "delta", failure: null, problems: [], counts: { requests, peopleLeft: 0 } });
  const pupil = await database.db.person.findUniqueOrThrow({ where: { id: small.pupil } });
  expect(pupil.displayName).toBe("Mia Groß");
  const members = { where: { groupId: added.sourcedId } };
  expect(await database.db.groupMember.findMany(members)).toMatchObject([{ personId: small.pupil }]);
  const isThere = { where: { personId: small.colleague } };
  expect(await database.db.affiliation.count(isThere)).toBe(1);

  expect(await world.sync()).toMatchObject({ kind: "full", counts: { peopleLeft: 1 } });
  expect(await database.db.affiliation.count(isThere)).toBe(0);
  expect(await database.db.groupMember.count({ where: { personId: small.classmate } })).toBe(0);
});

test("tobedeleted in the changes is a deletion, of people, classes and memberships", async () => {
  world = await startDirectoryWorld();
  const { server, small, database } = world;
  await world.sync();
  await agePast("2026-08-10");
  server.directory.removePerson(small.pupil);
  server.directory.unenroll(small.class7a, small.classmate);
  expect(await world.sync(DELTA)).toMatchObject({ kind: "delta", counts: { peopleLeft: 1 }, problems: [] });
  expect((await database.db.person.findUniqueOrThrow({ where: { id: small.pupil } })).leftAt).not.toBeNull();
  expect(await database.db.groupMember.findMany({ where: { groupId: small.class7a } })).toMatchObject([
    { personId: small.teacher },
  ]);
});

test("without filters every run is a full one", async () => {
  world = await startDirectoryWorld({ filters: "nowhere" });
  await world.sync();
  expect((await world.sync(DELTA)).kind).toBe("full");
});

test("a cursor waits for what was not stored, and for what a failed run did not read", async () => {
  world = await startDirectoryWorld();
  const { server, small, database } = world;
  await world.sync();
  await agePast("2026-08-10");
  server.directory.addPerson({
    username: "neu",
    givenName: "Neu",
    familyName: "",
    roles: [{ org: SCHOOL, role: "student" }],
  });
  const record = server.directory.current.users.at(-1);
  const modified = new Date("2026-09-01T06:00:00Z");
  const isOld = { dateLastModified: modified.toISOString() };
  const waitsFrom = new Date(Date.now() - 2 * 86_400_000 - 60 * 60_000);
  Object.assign(record ?? {}, { givenName: 42, ...isOld });
  await world.sync(DELTA);
  // for something as old as this the cursor waits two days; the daily full run tries on
  expect((await cursor())?.getTime()).toBeGreaterThan(waitsFrom.getTime());
  const recent = new Date(Date.now() - 3_600_000);
  Object.assign(record ?? {}, { dateLastModified: recent.toISOString() });
  await agePast("2026-08-10");
  await world.sync(DELTA);
  expect(await cursor()).toEqual(new Date(recent.getTime() - 1));

  Object.assign(record ?? {}, { givenName: "Nele" }); // mended, under the same date
  const before = await cursor();
  server.setFailure("half-page", { pathEnd: "/enrollments" });
  expect(await world.sync(DELTA)).toMatchObject({ failure: "unreachable" });
  expect(await cursor()).toEqual(before);
  server.setFailure("none");
  server.directory.renamePerson(small.pupil, { familyName: "Später" });
  expect(await world.sync(DELTA)).toMatchObject({ failure: null, problems: [] });
  expect(await database.db.person.count({ where: { displayName: { in: ["Nele", "Mia Später"] } } })).toBe(2);
});

test("a source whose clock was set back is read whole", async () => {
  world = await startDirectoryWorld();
  await world.sync();
  await agePast("2099-01-01");
  expect((await world.sync(DELTA)).kind).toBe("full");
  expect((await cursor())?.getTime()).toBeLessThan(Date.now());
});

test("a server without a list of a school's users: everybody comes once, by way of the table", async () => {
  world = await startDirectoryWorld({ schoolUsers: false });
  const { server, database } = world;
  const broken = server.directory.current.users[0];
  Object.assign(broken ?? {}, { familyName: "x".repeat(300) });
  const result = await world.sync();
  expect(result).toMatchObject({ failure: null, counts: { people: 5 } });
  expect(result.problems).toContainEqual(
    expect.objectContaining({ recordId: broken?.sourcedId, reason: "unreadable: familyName" }),
  );
  expect(await database.db.syncStagedUser.count()).toBe(0);
});

test("a class of another school, and one identifier for two people: each a problem, and the rest goes on", async () => {
  world = await startDirectoryWorld();
  const { server, small, database } = world;
  await database.db.school.create({ data: { id: "S-2", name: "Andere" } });
  await database.db.group.create({ data: { id: small.class7b, schoolId: "S-2", title: "7b", kind: "homeroom" } });
  Object.assign(server.directory.current.users.find((user) => user.sourcedId === small.pupil) ?? {}, {
    username: "öztürk",
  });
  const { problems, failure } = await world.sync({ full: true }, { subject: "username" });
  expect(failure).toBeNull();
  expect(problems.map(({ recordId, reason }) => [recordId, reason])).toEqual(
    expect.arrayContaining([
      [small.classmate, "subjectTaken"],
      [small.class7b, "groupOfAnotherSchool"],
    ]),
  );
  expect(await database.db.affiliation.count({ where: { schoolId: SCHOOL } })).toBe(5);
});
