// Guarantee: only a school's own administrators look people up; a view shows what a draft would change; the explanation
// names version and approver; a list leaves the console only with a reason, a fresh sign-in and an entry.
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { performAction } from "#lib/action/perform-action.ts";
import type { Principal } from "#lib/auth/principal.ts";
import type { Role } from "#lib/policy/roles.ts";
import { code, ELSEWHERE, preparePolicyWorld } from "#test/policy-world.ts";
import { addGroup, addPerson, signIn } from "#test/school.ts";
import { exportListCommand } from "./commands.ts";
import { getExplanation, getPerson, getPersonName } from "./person-queries.ts";
import { getAddressBook, getFolder, getGroup, getMembers, searchAddressBook } from "./queries.ts";
import type { ViewWish } from "./view.ts";

const world = preparePolicyWorld();
const { idOf } = world;

// the pages' one database client is this file's
beforeEach(() => {
  globalThis.schulchatDatabase = world.database.db;
});
afterAll(() => {
  globalThis.schulchatDatabase = undefined;
});

const EVERYBODY: ViewWish = { as: null, draft: null };
const asRole = (role: Role, draft: ViewWish["draft"] = null): ViewWish => ({ as: { kind: "role", role }, draft });
const wish = { text: "test", role: null, groupId: null, state: null, after: null };

async function populate(): Promise<string> {
  const { db } = world.database;
  const school = world.school;
  await addPerson(db, { id: idOf("pupil"), roles: { [school]: ["student"], [ELSEWHERE]: ["student"] } });
  await addPerson(db, { id: idOf("pupil2"), roles: { [school]: ["student"] } });
  await addPerson(db, { id: idOf("hidden"), roles: { [school]: ["student"] }, addressProtected: true });
  await addPerson(db, { id: idOf("teacher"), roles: { [school]: ["teacher"] } });
  await addGroup(db, idOf("7a"), school, [idOf("pupil"), idOf("hidden"), idOf("teacher")]);
  return idOf("7a");
}

const everyQuery = async (principal: Principal, schoolId: string, groupId: string) =>
  Promise.all([
    getAddressBook(principal, schoolId, EVERYBODY),
    getFolder(principal, schoolId, EVERYBODY, "student", null),
    getMembers(principal, schoolId, EVERYBODY, groupId, null),
    getGroup(principal, schoolId, EVERYBODY, groupId, null),
    searchAddressBook(principal, schoolId, EVERYBODY, wish),
    getPerson(principal, schoolId, idOf("pupil")),
    getPersonName(principal, schoolId, idOf("pupil")),
    getExplanation(principal, schoolId, idOf("pupil"), idOf("teacher")),
  ]);

describe("'not yours' looks like 'not there'", () => {
  test("for a stranger, for a teacher, for the state and for support", async () => {
    const groupId = await populate();
    const { db } = world.database;
    const nothing = Array.from({ length: 8 }, () => null);
    await addPerson(db, { id: idOf("state"), roles: {} });
    await db.consoleRoleGrant.createMany({
      data: [
        { personId: idOf("state"), role: "landAdmin" },
        { personId: idOf("state"), role: "support" },
      ],
    });
    for (const principal of [world.at.stranger, await signIn(db, idOf("teacher")), await signIn(db, idOf("state"))]) {
      expect(await everyQuery(principal, world.school, groupId)).toEqual(nothing);
    }
    expect((await everyQuery(world.at.admin, world.school, groupId)).every((found) => found !== null)).toBe(true);
  });

  test("somebody of two schools: each school's administrators see only what is theirs", async () => {
    const groupId = await populate();
    const here = await getPerson(world.at.admin, world.school, idOf("pupil"));
    expect(here?.affiliations.map(({ schoolId }) => schoolId)).toEqual([world.school]);
    const there = await getPerson(world.at.stranger, ELSEWHERE, idOf("pupil"));
    expect(there?.affiliations.map(({ schoolId }) => schoolId)).toEqual([ELSEWHERE]);
    expect(there?.groups).toEqual([]);
    expect(await getPerson(world.at.stranger, ELSEWHERE, idOf("pupil2"))).toBeNull();
    expect(await getGroup(world.at.stranger, ELSEWHERE, EVERYBODY, groupId, null)).toBeNull();
    expect((await getMembers(world.at.stranger, ELSEWHERE, EVERYBODY, groupId, null))?.items).toEqual([]);
    const byGroup = await searchAddressBook(world.at.stranger, ELSEWHERE, EVERYBODY, { ...wish, groupId });
    expect(byGroup?.people).toEqual([]);
    expect(
      await getAddressBook(world.at.stranger, ELSEWHERE, {
        as: { kind: "person", personId: idOf("teacher") },
        draft: null,
      }),
    ).toBeNull();
  });
});

describe("as seen by", () => {
  test("a draft marks what it adds, and takes nothing away in silence", async () => {
    await populate();
    const now = await getAddressBook(world.at.admin, world.school, asRole("student"));
    expect(now?.folders).toEqual([]);
    const edits = [{ cell: { from: "student", to: "student" }, allowed: true }] as const;
    const book = await getAddressBook(world.at.admin, world.school, asRole("student", edits));
    expect(book?.folders).toEqual([{ name: "student", total: 2, added: 2, removed: 0 }]);
    const folder = await getFolder(world.at.admin, world.school, asRole("student", edits), "student", null);
    expect(folder?.page.items.map(({ change }) => change)).toEqual(["added", "added"]);
    const closing = [{ cell: { from: "teacher", to: "student" }, allowed: false }] as const;
    const closed = await getAddressBook(world.at.admin, world.school, asRole("teacher", closing));
    expect(closed?.folders.find(({ name }) => name === "student")).toEqual({
      name: "student",
      total: 2,
      added: 0,
      removed: 2,
    });
  });

  test("a person under a protected address is there for administrators and for staff of the class only", async () => {
    await populate();
    const sees = async (view: ViewWish): Promise<boolean> => {
      const found = await searchAddressBook(world.at.admin, world.school, view, { ...wish, text: idOf("hidden") });
      return (found?.people.length ?? 0) > 0;
    };
    expect(await sees(EVERYBODY)).toBe(true);
    expect(await sees(asRole("orgAdmin"))).toBe(true);
    expect(await sees(asRole("teacher"))).toBe(false);
    expect(await sees({ as: { kind: "person", personId: idOf("teacher") }, draft: null })).toBe(true);
  });

  test("nobody finds who is locked but the administrators", async () => {
    await populate();
    await world.database.db.person.update({ where: { id: idOf("pupil2") }, data: { enabled: false } });
    const locked = { ...wish, state: "locked" as const };
    const byAdmin = await searchAddressBook(world.at.admin, world.school, EVERYBODY, locked);
    expect(byAdmin?.people.map(({ id }) => id)).toEqual([idOf("pupil2")]);
    const byTeacher = await searchAddressBook(world.at.admin, world.school, asRole("teacher"), locked);
    expect(byTeacher?.people.map(({ id }) => id)).not.toContain(idOf("pupil2"));
  });
});

describe("Warum?", () => {
  test("names the cell, the version since which it is so, and whoever set it", async () => {
    await populate();
    await world.submit(world.at.admin, { "student>teacher": true });
    const why = await getExplanation(world.at.manager, world.school, idOf("pupil"), idOf("teacher"));
    const [there, back] = why?.directions ?? [];
    expect(there).toMatchObject({
      verdict: "allowed",
      deciding: { allowed: true, origin: "school", since: { version: 2, approverName: null } },
    });
    expect(there?.deciding?.since?.authorName).toContain("admin");
    expect(back).toMatchObject({ verdict: "allowed", deciding: { origin: "default", since: { version: 1 } } });
  });

  test("names the rules that would have to be on, and who is protected", async () => {
    await populate();
    const pupils = await getExplanation(world.at.admin, world.school, idOf("pupil"), idOf("pupil2"));
    expect(pupils?.directions[0]).toMatchObject({
      verdict: "closed",
      deciding: null,
      counting: [{ cell: { from: "student", to: "student" }, allowed: false }],
    });
    await world.database.db.school.update({ where: { id: world.school }, data: { schoolEnabled: false } });
    const off = await getExplanation(world.at.admin, world.school, idOf("teacher"), idOf("pupil"));
    expect(off?.directions[0].verdict).toBe("schoolOff");
  });
});

describe("export", () => {
  const exportAs = async (principal: Principal, input: object) =>
    performAction(world.tools, exportListCommand, () => Promise.resolve(principal), {
      schoolId: world.school,
      reason: "Elternabend am Montag",
      ...input,
    });

  test("a class list is handed out with an entry, without whoever is protected", async () => {
    const groupId = await populate();
    const answer = await exportAs(world.at.admin, { list: { groupId } });
    expect(answer.ok && answer.value.people.map(({ id }) => id).toSorted()).toEqual(
      [idOf("pupil"), idOf("teacher")].toSorted(),
    );
    const entry = await world.database.db.auditEntry.findFirstOrThrow({
      where: { scope: world.school, type: "addressListExported" },
      include: { payload: true },
    });
    expect(JSON.parse(entry.payload?.payload ?? "null")).toMatchObject({
      list: groupId,
      isGroup: true,
      people: 2,
      reason: "Elternabend am Montag",
    });
  });

  test("every class of a teacher is named, in the order of the classes", async () => {
    await populate();
    const { db } = world.database;
    for (const title of ["10b", "9c", "5a"]) await addGroup(db, idOf(title), world.school, [idOf("teacher")]);
    const answer = await exportAs(world.at.admin, { list: { role: "teacher" } });
    const teacher = answer.ok ? answer.value.people.find(({ id }) => id === idOf("teacher")) : undefined;
    expect(teacher?.classes).toEqual(["5a", "7a", "9c", "10b"].map(idOf));
  });

  test("not without a reason, an old sign-in, another's school or another school's group", async () => {
    const groupId = await populate();
    expect(code(await exportAs(world.at.admin, { list: { role: "student" }, reason: " " }))).toBe("invalidInput");
    expect(code(await exportAs(world.at.stranger, { list: { role: "student" } }))).toBe("notFound");
    expect(code(await exportAs(world.at.stranger, { schoolId: ELSEWHERE, list: { groupId } }))).toBe("notFound");
    const old = await signIn(world.database.db, idOf("admin"), new Date(Date.now() - 6 * 60_000));
    expect(code(await exportAs(old, { list: { role: "student" } }))).toBe("signInTooOld");
    const entries = { where: { scope: world.school, type: "addressListExported" } };
    expect(await world.database.db.auditEntry.count(entries)).toBe(0);
  });
});
