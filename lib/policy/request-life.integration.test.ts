// An open request between writing and deciding: taken back, talked about, overtaken, and with or without anybody who
// could approve it; and the record that is left of it.
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { STATE_SCOPE } from "#lib/audit/events.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { code, DAY_MS, ELSEWHERE, preparePolicyWorld, REASON } from "#test/policy-world.ts";
import { addPerson, signIn } from "#test/school.ts";
import { MOST_COMMENTS } from "./comments.ts";
import { getChangeSummary, getRequest, listRequests } from "./queries.ts";
import { getRequestRecord } from "./record.ts";
import { commentOnRequestCommand, withdrawRequestCommand } from "./request-commands.ts";

const world = preparePolicyWorld();
const { idOf, perform, submit, approve, reject, pendingRequest, isOn, statusOf, audit, auditTypes, expectRefused } =
  world;

// the pages' one database client is this file's
beforeEach(() => {
  globalThis.schulchatDatabase = world.database.db;
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => {
  globalThis.schulchatDatabase = undefined;
});

const withdraw = (who: Principal | null, requestId: string, overrides: object = {}) =>
  perform(withdrawRequestCommand, who, { schoolId: world.school, requestId, ...overrides });
const comment = (
  who: Principal | null,
  requestId: string,
  text: unknown = "Bitte bis Freitag",
  overrides: object = {},
) => perform(commentOnRequestCommand, who, { schoolId: world.school, requestId, text, ...overrides });
const shown = async (who: Principal, requestId: string) => {
  const request = await getRequest(who, world.school, requestId);
  if (!request) throw new Error("no request");
  return request;
};
/** The clock of the application; the database has its own. */
const inDays = (days: number) => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + days * DAY_MS });
};
const lose = (who: string, role: "schoolManagement" | "orgAdmin") =>
  world.database.db.affiliation.deleteMany({ where: { schoolId: world.school, personId: idOf(who), role } });

describe("withdrawing a request", () => {
  test("by its author: nothing opens, it is on record, and there is room for a new one", async () => {
    const requestId = await pendingRequest();
    expect((await shown(world.at.admin, requestId)).mayWithdraw).toBe(true);
    expect(await withdraw(world.at.admin, requestId)).toEqual({ ok: true, value: null });
    expect([await statusOf(requestId), await isOn("student>student")]).toEqual(["withdrawn", false]);
    expect(await auditTypes()).toEqual(["firstVersion", "requestSubmitted", "requestWithdrawn"]);
    expect(await shown(world.at.admin, requestId)).toMatchObject({
      mayWithdraw: false,
      head: { status: "withdrawn", deciderName: `Test, ${idOf("admin")}` },
    });
    await expectRefused(() => approve(world.at.manager, requestId), "requestDecided");
    await expectRefused(() => withdraw(world.at.admin, requestId), "requestDecided");
    expect(await pendingRequest(world.at.admin2)).not.toBe(requestId);
  });
  test("by the author of a later part as well", async () => {
    const requestId = await pendingRequest();
    await submit(world.at.manager, { "guardian>student": true });
    expect(code(await withdraw(world.at.manager, requestId))).toBe("ok");
  });
  test("not by anybody else of the school: they reject it, with a reason", async () => {
    const requestId = await pendingRequest();
    expect((await shown(world.at.manager, requestId)).mayWithdraw).toBe(false);
    for (const who of [world.at.manager, world.at.admin2]) {
      await expectRefused(() => withdraw(who, requestId), "notAuthor");
    }
  });
  test("not by another school, under whatever name, nor by who is not signed in", async () => {
    const requestId = await pendingRequest();
    for (const schoolId of [world.school, ELSEWHERE, "nowhere"]) {
      await expectRefused(() => withdraw(world.at.stranger, requestId, { schoolId }), "notFound", STATE_SCOPE);
      await expectRefused(() => comment(world.at.stranger, requestId, "x", { schoolId }), "notFound", STATE_SCOPE);
    }
    await expectRefused(() => withdraw(world.at.admin, requestId, { schoolId: ELSEWHERE }), "notFound", STATE_SCOPE);
    expect(code(await withdraw(null, requestId))).toBe("signedOut");
    expect(await statusOf(requestId)).toBe("pending");
  });
  test("approved at the same moment: exactly one of the two counts", async () => {
    const requestId = await pendingRequest();
    const answers = await Promise.all([withdraw(world.at.admin, requestId), approve(world.at.manager, requestId)]);
    expect(answers.map(code).toSorted()).toEqual(["ok", "requestDecided"]);
    expect(await isOn("student>student")).toBe((await statusOf(requestId)) === "approved");
  });
  test("whose time is over: it is marked as expired instead", async () => {
    const requestId = await pendingRequest();
    inDays(15);
    expect(code(await withdraw(await signIn(world.database.db, idOf("admin")), requestId))).toBe("requestExpired");
    expect(await statusOf(requestId)).toBe("expired");
  });
});

describe("comments", () => {
  test("of administrators and managers are shown in order, with the role in which they were written", async () => {
    const requestId = await pendingRequest();
    await comment(world.at.manager, requestId, "  Für welche Klassen?\nUnd ab wann? ");
    await comment(world.at.admin, requestId, "Ab der 7, nach den Ferien");
    expect((await shown(world.at.admin2, requestId)).comments).toMatchObject([
      {
        authorName: `Test, ${idOf("manager")}`,
        authorRole: "schoolManagement",
        text: "Für welche Klassen?\nUnd ab wann?",
      },
      { authorName: `Test, ${idOf("admin")}`, authorRole: "orgAdmin", text: "Ab der 7, nach den Ferien" },
    ]);
    expect(await auditTypes()).toEqual(["firstVersion", "requestSubmitted", "requestCommented", "requestCommented"]);
    expect((await audit()).at(-1)?.payload?.payload).toContain("nach den Ferien");
  });
  test("do not change what an approval names", async () => {
    const requestId = await pendingRequest();
    const { contentHash } = await shown(world.at.manager, requestId);
    await comment(world.at.admin2, requestId);
    expect(code(await approve(world.at.manager, requestId, { contentHash }))).toBe("ok");
  });
  test.each(["", "   \n ", "x".repeat(1_001), null, 7])("with the text %j are refused", async (text) => {
    const requestId = await pendingRequest();
    await expectRefused(() => comment(world.at.admin, requestId, text), "invalidInput", STATE_SCOPE);
  });
  test("end with the decision", async () => {
    const requestId = await pendingRequest();
    await reject(world.at.manager, requestId);
    expect((await shown(world.at.admin, requestId)).mayComment).toBe(false);
    await expectRefused(() => comment(world.at.admin, requestId), "requestDecided");
  });
  test("are bounded in number", async () => {
    const requestId = await pendingRequest();
    const one = { requestId, authorId: idOf("admin"), authorRole: "orgAdmin", text: "noch einer" } as const;
    await world.database.db.changeRequestComment.createMany({ data: Array.from({ length: MOST_COMMENTS }, () => one) });
    await expectRefused(() => comment(world.at.admin, requestId), "tooManyComments");
  });
  test.each(["support", "landAdmin"] as const)("are read, not written, by %s", async (role) => {
    await addPerson(world.database.db, { id: idOf(role), roles: {} });
    await world.database.db.consoleRoleGrant.create({ data: { personId: idOf(role), role } });
    const staff = await signIn(world.database.db, idOf(role));
    const requestId = await pendingRequest();
    await comment(world.at.admin, requestId);
    expect(await shown(staff, requestId)).toMatchObject({ mayComment: false, mayWithdraw: false, comments: [{}] });
    await expectRefused(() => comment(staff, requestId), "notFound", STATE_SCOPE);
    await expectRefused(() => withdraw(staff, requestId), "notFound", STATE_SCOPE);
  });
});

describe("'nobody can approve' is said before submitting and on the request", () => {
  const edits = [{ cell: { from: "student", to: "student" }, allowed: true }] as const;
  const before = async (who: Principal) => (await getChangeSummary(who, world.school, 1, edits))?.approvability;

  test("not where there is a manager, nor where nothing waits", async () => {
    expect(await before(world.at.admin)).toEqual({ possible: true, from: null });
    const harmless = [{ cell: { from: "student", to: "teacher" }, allowed: true }] as const;
    expect((await getChangeSummary(world.at.admin, world.school, 1, harmless))?.approvability).toBeNull();
  });
  test("where the directory names no management", async () => {
    await lose("manager", "schoolManagement");
    await lose("manager2", "schoolManagement");
    const obstacle = { possible: false, obstacle: "noManagement" };
    expect(await before(world.at.admin)).toEqual(obstacle);
    expect((await shown(world.at.admin2, await pendingRequest())).approvability).toEqual(obstacle);
  });
  test("where one person holds both roles", async () => {
    await world.database.db.affiliation.deleteMany({ where: { schoolId: world.school } });
    await addPerson(world.database.db, {
      id: idOf("both"),
      roles: { [world.school]: ["orgAdmin", "schoolManagement"] },
    });
    const both = await signIn(world.database.db, idOf("both"));
    const obstacle = { possible: false, obstacle: "onePerson" };
    expect(await before(both)).toEqual(obstacle);
    expect((await shown(both, await pendingRequest(both))).approvability).toEqual(obstacle);
  });
  test("where the only manager's part would join the open request of an administrator", async () => {
    await lose("manager2", "schoolManagement");
    const requestId = await pendingRequest();
    const guardians = [{ cell: { from: "guardian", to: "student" }, allowed: true }] as const;
    const summary = await getChangeSummary(world.at.manager, world.school, 1, guardians);
    expect(summary?.approvability).toEqual({ possible: false, obstacle: "onlyAuthors" });
    expect((await shown(world.at.admin, requestId)).approvability).toEqual({ possible: true, from: null });
  });
  test("and for a manager who has left or is locked", async () => {
    await lose("manager2", "schoolManagement");
    await world.database.db.person.update({ where: { id: idOf("manager") }, data: { leftAt: new Date() } });
    expect(await before(world.at.admin)).toEqual({ possible: false, obstacle: "noManagement" });
  });
});

describe("what changed since the request was written", () => {
  test("is told, and leaves the request alone if it concerns other cells", async () => {
    const requestId = await pendingRequest();
    expect((await shown(world.at.manager, requestId)).since).toEqual({
      baseVersion: 1,
      currentVersion: 1,
      changes: [],
      overtaken: [],
    });
    await submit(world.at.admin2, { "teacher>student": false });
    expect((await shown(world.at.manager, requestId)).since).toEqual({
      baseVersion: 1,
      currentVersion: 2,
      changes: [{ key: "teacher>student", allowed: false }],
      overtaken: [],
    });
  });
  test("is no question any more once it is decided", async () => {
    const requestId = await pendingRequest();
    await approve(world.at.manager, requestId);
    expect(await shown(world.at.manager, requestId)).toMatchObject({ since: null, approvability: null });
  });
});

describe("the list", () => {
  test("marks an open request that expires within three days", async () => {
    await pendingRequest();
    const soon = async () =>
      (await listRequests(world.at.admin, world.school))?.requests.map((head) => head.expiresSoon);
    expect(await soon()).toEqual([false]);
    inDays(12);
    expect(await soon()).toEqual([true]);
    inDays(3);
    expect(await soon()).toEqual([false]);
  });
});

describe("the record for the school's files", () => {
  test("names school, cells with numbers, people, words, decision, version and the audit entries with their hashes", async () => {
    const requestId = await pendingRequest();
    await comment(world.at.manager, requestId, "Einverstanden");
    await approve(world.at.manager, requestId);
    const record = await getRequestRecord(world.at.admin2, world.school, requestId);
    expect(record).toMatchObject({
      versionNumber: 2,
      madeBy: `Test, ${idOf("admin2")}`,
      request: {
        school: { id: world.school },
        head: { status: "approved", deciderName: `Test, ${idOf("manager")}` },
        parts: [{ authorName: `Test, ${idOf("admin")}`, reason: REASON }],
        comments: [{ text: "Einverstanden" }],
      },
      items: [{ key: "student>student", sensitive: true, formerEnd: null }],
      countedAtDecision: true,
    });
    const stored = (await audit()).filter(({ type }) => type.startsWith("request"));
    expect(record?.entries.map(({ seq, hash, event }) => [seq, hash, event.type])).toEqual(
      stored.map(({ seq, hash, type }) => [seq, hash, type]),
    );
    expect(record?.entries.every(({ verified }) => verified)).toBe(true);
  });
  test("keeps the numbers that its decider saw, whoever comes to the school or leaves it afterwards", async () => {
    const pupil = (id: string) =>
      addPerson(world.database.db, { id: idOf(id), roles: { [world.school]: ["student"] } });
    await pupil("p1");
    await pupil("p2");
    const requestId = await pendingRequest();
    const seen = (await shown(world.at.manager, requestId)).items.map(({ reach }) => reach);
    await pupil("p3");
    expect(await getRequestRecord(world.at.admin, world.school, requestId)).toMatchObject({
      countedAtDecision: false,
      items: [{ reach: { people: 3 } }],
    });
    await world.database.db.person.update({ where: { id: idOf("p3") }, data: { enabled: false } });
    await approve(world.at.manager, requestId);
    await pupil("p4");
    const record = await getRequestRecord(world.at.admin, world.school, requestId);
    expect(record).toMatchObject({ countedAtDecision: true, items: [{ reach: { people: 2, fewest: 1, most: 1 } }] });
    expect(record?.items.map(({ reach }) => reach)).toEqual(seen);
  });
  test("keeps them for a rejection too, and none for what nobody decided", async () => {
    const rejected = await pendingRequest();
    await reject(world.at.manager, rejected);
    expect(await getRequestRecord(world.at.admin, world.school, rejected)).toMatchObject({ countedAtDecision: true });
    const withdrawn = await pendingRequest();
    await withdraw(world.at.admin, withdrawn);
    expect(await getRequestRecord(world.at.admin, world.school, withdrawn)).toMatchObject({ countedAtDecision: false });
  });
  test("holds the entries of its own request only", async () => {
    const first = await pendingRequest();
    await withdraw(world.at.admin, first);
    const second = await pendingRequest();
    await comment(world.at.admin, second, `Wie in "requestId":"${first}" schon gesagt`);
    const types = async (requestId: string) =>
      (await getRequestRecord(world.at.admin, world.school, requestId))?.entries.map(({ event }) => event.type);
    expect(await types(first)).toEqual(["requestSubmitted", "requestWithdrawn"]);
    expect(await types(second)).toEqual(["requestSubmitted", "requestCommented"]);
  });
  test("is not there for another school, nor for support, who may not read the audit log", async () => {
    const requestId = await pendingRequest();
    await addPerson(world.database.db, { id: idOf("support"), roles: {} });
    await world.database.db.consoleRoleGrant.create({ data: { personId: idOf("support"), role: "support" } });
    const support = await signIn(world.database.db, idOf("support"));
    expect(await getRequestRecord(world.at.stranger, world.school, requestId)).toBeNull();
    expect(await getRequestRecord(world.at.stranger, ELSEWHERE, requestId)).toBeNull();
    expect(await getRequestRecord(support, world.school, requestId)).toBeNull();
    expect((await shown(support, requestId)).mayReadRecord).toBe(false);
  });
});

// last, because the frame is everybody's
describe("a cell of the request that the state locks meanwhile", () => {
  test("is named on the page, which says that approving makes the request void; and so it does", async () => {
    const requestId = await pendingRequest();
    const { db } = world.database;
    await db.$executeRaw`INSERT INTO policy_frame (version, reason, author_id) SELECT max(version) + 1, 'Erlass', 'land' FROM policy_frame`;
    await db.$executeRaw`
      INSERT INTO policy_frame_cell (frame_version, from_role, to_target, allowed, locked, reason, sensitive)
      SELECT frame_version + 1, from_role, to_target, allowed, locked OR (from_role = 'student' AND to_target = 'student'),
        coalesce(reason, 'Erlass'), sensitive
      FROM policy_frame_cell WHERE frame_version = (SELECT max(version) - 1 FROM policy_frame)`;
    await db.$executeRaw`
      INSERT INTO policy_version (school_id, number, kind, cells, frame_version, reason)
      SELECT id, current_version + 1, 'frame', overlay(policy_cells placing 'l' from cell_position('student', 'student') for 1),
        (SELECT max(version) FROM policy_frame), 'Erlass' FROM school WHERE id = ${world.school}`;
    const { since, items } = await shown(world.at.manager, requestId);
    expect(since).toEqual({ baseVersion: 1, currentVersion: 2, changes: [], overtaken: ["student>student"] });
    expect(items).toEqual([]);
    expect(code(await approve(world.at.manager, requestId))).toBe("requestVoid");
    expect((await shown(world.at.manager, requestId)).head.status).toBe("void");
  });
});
