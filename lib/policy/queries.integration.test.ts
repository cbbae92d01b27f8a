// What the pages of the matrix may show to whom, and that what is shown is what would be done.
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { listAuditEntries } from "#lib/audit/queries.ts";
import { findPrincipal } from "#lib/auth/stored-session.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { code, preparePolicyWorld } from "#test/policy-world.ts";
import { addGroup, addPerson, signIn } from "#test/school.ts";
import { readPopulation } from "./population.ts";
import { getChangeSummary, getMatrix, getRequest, listRequests } from "./queries.ts";

const world = preparePolicyWorld();
const { idOf, submit, approve, pendingRequest } = world;

// the pages' one database client is this file's
beforeEach(() => {
  globalThis.schulchatDatabase = world.database.db;
});
afterAll(() => {
  globalThis.schulchatDatabase = undefined;
});

async function stateStaff(role: "support" | "landAdmin"): Promise<Principal> {
  const id = idOf(role);
  await addPerson(world.database.db, { id, roles: {} });
  await world.database.db.consoleRoleGrant.create({ data: { personId: id, role } });
  return await signIn(world.database.db, id);
}
const everyQuery = (principal: Principal, schoolId: string, requestId: string) =>
  Promise.all([
    getMatrix(principal, schoolId),
    getChangeSummary(principal, schoolId, 1, [{ cell: { from: "teacher", to: "student" }, allowed: false }]),
    listRequests(principal, schoolId),
    getRequest(principal, schoolId, requestId),
    listAuditEntries(principal, schoolId),
  ]);

describe("'not yours' looks like 'not there' in every query", () => {
  test("for another school, a school that does not exist, and a request under the wrong school", async () => {
    const requestId = await pendingRequest();
    const nothing = [null, null, null, null, null];
    expect(await everyQuery(world.at.stranger, world.school, requestId)).toEqual(nothing);
    expect(await everyQuery(world.at.stranger, "nowhere", requestId)).toEqual(nothing);
    expect(await getRequest(world.at.stranger, "T", requestId)).toBeNull();
    expect(await getRequest(world.at.manager, world.school, "'; --")).toBeNull();
    expect((await everyQuery(world.at.manager, world.school, requestId)).every((found) => found !== null)).toBe(true);
  });
  test("for a teacher of the school, and for whoever lost the console role", async () => {
    await addPerson(world.database.db, { id: idOf("teacher"), roles: { [world.school]: ["teacher"] } });
    const teacher = await signIn(world.database.db, idOf("teacher"));
    expect(await everyQuery(teacher, world.school, await pendingRequest())).toEqual([null, null, null, null, null]);
  });
  test("support sees the matrix but not a school's audit log; the state sees both; neither edits", async () => {
    const [support, land] = [await stateStaff("support"), await stateStaff("landAdmin")];
    expect(await getMatrix(support, world.school)).toMatchObject({ mayEdit: false });
    expect(await listAuditEntries(support, world.school)).toBeNull();
    expect(await listAuditEntries(land, world.school)).toMatchObject({ chainVerified: true });
  });
});

describe("what is shown is what would be done", () => {
  test("the hash that stands on the approval page approves exactly what the page shows", async () => {
    const requestId = await pendingRequest();
    const shown = await getRequest(world.at.manager, world.school, requestId);
    expect(shown?.items.map(({ key }) => key)).toEqual(["student>student"]);
    expect(shown).toMatchObject({ approval: { allowed: true } });
    await submit(world.at.admin2, { "guardian>student": true });
    expect(code(await approve(world.at.manager, requestId, { contentHash: shown?.contentHash }))).toBe(
      "requestChanged",
    );
    const again = await getRequest(world.at.manager, world.school, requestId);
    expect(again?.items.map(({ key }) => key)).toEqual(["student>student", "guardian>student"]);
    expect(code(await approve(world.at.manager, requestId, { contentHash: again?.contentHash }))).toBe("ok");
  });

  test("the page says why somebody may not approve, as the action would", async () => {
    const requestId = await pendingRequest(world.at.manager);
    expect(await getRequest(world.at.manager, world.school, requestId)).toMatchObject({
      approval: { allowed: false, refusal: "isAuthor" },
      rejection: { allowed: false, refusal: "isAuthor" },
    });
    expect(await getRequest(world.at.admin, world.school, requestId)).toMatchObject({ approval: { allowed: true } });
  });

  test("the summary names what waits, what another person changed meanwhile, and what is locked", async () => {
    await submit(world.at.admin2, { "teacher>student": false });
    const summary = await getChangeSummary(world.at.admin, world.school, 1, [
      { cell: { from: "student", to: "student" }, allowed: true },
      { cell: { from: "teacher", to: "student" }, allowed: true },
      { cell: { from: "student", to: "groups" }, allowed: false },
    ]);
    expect(summary).toMatchObject({
      baseVersion: 1,
      currentVersion: 2,
      conflicts: ["teacher>student"],
      changedMeanwhile: [
        { key: "teacher>student", allowed: false, by: { number: 2, authorName: `Test, ${idOf("admin2")}` } },
      ],
      locked: ["student>groups"],
    });
    expect(summary?.items.map(({ key, waits }) => [key, waits])).toEqual([
      ["student>student", true],
      ["teacher>student", false],
    ]);
  });
});

describe("the numbers' people", () => {
  test("are counted by roles and groups, without those who left, are locked or protected", async () => {
    const { db } = world.database;
    const { school } = world;
    for (const [id, roles] of [
      ["a", ["student"]],
      ["b", ["student"]],
      ["c", ["student", "guardian"]],
      ["x", ["student"]],
      ["y", ["student"]],
      ["z", ["student"]],
    ] as const)
      await addPerson(db, { id: idOf(id), roles: { [school]: roles, ...(id === "b" ? { T: ["teacher"] } : {}) } });
    await db.person.update({ where: { id: idOf("x") }, data: { enabled: false } });
    await db.person.update({ where: { id: idOf("y") }, data: { leftAt: new Date() } });
    await db.person.update({ where: { id: idOf("z") }, data: { addressProtected: true } });
    await addGroup(db, idOf("g1"), school, [idOf("a"), idOf("b")]);
    await addGroup(db, idOf("g2"), school, [idOf("a")]);
    await addGroup(db, idOf("elsewhere"), "T", [idOf("a")]);
    await db.group.update({ where: { id: idOf("g2") }, data: { leftAt: new Date() } });
    const { classes, groups } = await readPopulation(db, school);
    expect(groups).toBe(1);
    const pupils = classes.filter(({ roles }) => roles.has("student"));
    expect(pupils.map(({ roles, ownGroups, people }) => [[...roles].sort(), ownGroups, people]).sort()).toEqual([
      [["guardian", "student"], 0, 1],
      [["student"], 1, 2],
    ]);
  });
});

describe("a session ends", () => {
  const MINUTE_MS = 60_000;
  test.each<[string, object]>([
    ["when it was signed out", { endedAt: new Date() }],
    ["when its time is over", { expiresAt: new Date(Date.now() - 1) }],
    ["after half an hour without a request", { lastSeenAt: new Date(Date.now() - 31 * MINUTE_MS) }],
  ])("%s", async (_, change) => {
    const { db } = world.database;
    const { sessionId } = world.at.admin;
    expect(await findPrincipal(db, sessionId, new Date())).toMatchObject({ personId: idOf("admin") });
    await db.session.update({ where: { id: sessionId }, data: change });
    expect(await findPrincipal(db, sessionId, new Date())).toBeNull();
  });
  test.each<[string, object]>([
    ["locked", { enabled: false }],
    ["has left", { leftAt: new Date() }],
  ])("when its person %s", async (_, change) => {
    const { db } = world.database;
    await db.person.update({ where: { id: idOf("admin") }, data: change });
    expect(await findPrincipal(db, world.at.admin.sessionId, new Date())).toBeNull();
    await db.person.update({ where: { id: idOf("admin") }, data: { enabled: true, leftAt: null } });
  });
  test("roles are read anew with every request", async () => {
    const { db } = world.database;
    await db.affiliation.deleteMany({ where: { personId: idOf("admin"), role: "orgAdmin" } });
    const now = await findPrincipal(db, world.at.admin.sessionId, new Date());
    expect(now?.schoolRoles.map(({ role }) => role)).toEqual(["teacher"]);
  });
});
