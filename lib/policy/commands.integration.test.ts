// Changing who may contact whom, through everything that an action passes: input, the resource's school, the right, one
// transaction with change, audit entry and job. On a real PostgreSQL with the application's rights.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { performAction, type ActionDefinition, type ActionTools } from "#lib/action/perform-action.ts";
import type { ActionResult } from "#lib/action/result.ts";
import { verifyChain } from "#lib/audit/chain.ts";
import { STATE_SCOPE } from "#lib/audit/events.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { openDatabase } from "#lib/db/client.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { captureLog } from "#test/log-lines.ts";
import { addPerson, addSchool, signIn } from "#test/school.ts";
import type { z } from "zod";
import { isAllowed, parseCells } from "./cells.ts";
import { approveRequestCommand, rejectRequestCommand, submitChangeCommand } from "./commands.ts";
import { CELLS, cellKey, parseCellKey, type Role } from "./roles.ts";

const REASON = "Beschluss der Schulkonferenz";
const DAY_MS = 86_400_000;

let database: TestDatabase;
let jobs: JobSender;
let tools: ActionTools;
beforeAll(async () => {
  database = await startTestDatabase();
  jobs = new JobSender(database.url);
  tools = { db: database.db, jobs };
  await addSchool(database.db, elsewhere);
});
afterAll(async () => {
  await everyChainVerifies();
  await jobs.stop();
  await database.stop();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A school of its own for each test, with two administrators and two managers, and a stranger who runs another. */
const elsewhere = "T";
let school: string;
let n = 0;
type Staff = "admin" | "admin2" | "manager" | "manager2" | "stranger";
let at: Record<Staff, Principal>;
const idOf = (who: string) => `${who}-${String(n)}`;
beforeEach(async () => {
  n += 1;
  school = `S-${String(n)}`;
  const { db } = database;
  await addSchool(db, school);
  await addPerson(db, { id: idOf("admin"), roles: { [school]: ["teacher", "orgAdmin"] } });
  await addPerson(db, { id: idOf("admin2"), roles: { [school]: ["orgAdmin"] } });
  await addPerson(db, { id: idOf("manager"), roles: { [school]: ["schoolManagement"] } });
  await addPerson(db, { id: idOf("manager2"), roles: { [school]: ["schoolManagement"] } });
  await addPerson(db, { id: idOf("stranger"), roles: { [elsewhere]: ["schoolManagement", "orgAdmin"] } });
  at = {
    admin: await signIn(db, idOf("admin")),
    admin2: await signIn(db, idOf("admin2")),
    manager: await signIn(db, idOf("manager")),
    manager2: await signIn(db, idOf("manager2")),
    stranger: await signIn(db, idOf("stranger")),
  };
});

// ---- doing -------------------------------------------------------------------------------------------------

const perform = <Schema extends z.ZodType, Output>(
  definition: ActionDefinition<Schema, Output>,
  who: Principal | null,
  input: unknown,
) => performAction(tools, definition, () => Promise.resolve(who), input);

type Edits = Readonly<Record<string, boolean>>;
const editsOf = (edits: Edits) => Object.entries(edits).map(([key, allowed]) => ({ key, allowed }));
const submit = (who: Principal | null, edits: Edits, overrides: object = {}) =>
  perform(submitChangeCommand, who, {
    schoolId: school,
    baseVersion: 1,
    edits: editsOf(edits),
    reason: REASON,
    ...overrides,
  });
async function approve(who: Principal | null, requestId: string, overrides: object = {}) {
  const request = await database.db.changeRequest.findUnique({ where: { id: requestId } });
  const contentHash = request?.contentHash ?? "0".repeat(64);
  return await perform(approveRequestCommand, who, { schoolId: school, requestId, contentHash, ...overrides });
}
const reject = (who: Principal | null, requestId: string, overrides: object = {}) =>
  perform(rejectRequestCommand, who, { schoolId: school, requestId, reason: REASON, ...overrides });

async function pendingRequest(who = at.admin, edits: Edits = { "student>student": true }): Promise<string> {
  const result = await submit(who, edits);
  if (!result.ok || result.value.requestId === null) throw new Error("no request");
  return result.value.requestId;
}

// ---- looking -----------------------------------------------------------------------------------------------

const code = (result: ActionResult<unknown>) => (result.ok ? "ok" : result.error.code);
async function isOn(key: string, schoolId = school): Promise<boolean> {
  const { policyCells } = await database.db.school.findUniqueOrThrow({ where: { id: schoolId } });
  const cell = parseCellKey(key);
  return cell !== undefined && isAllowed(parseCells(policyCells ?? ""), cell.from, cell.to);
}
const statusOf = async (requestId: string) =>
  (await database.db.changeRequest.findUniqueOrThrow({ where: { id: requestId } })).status;
const audit = async (scope = school) =>
  await database.db.auditEntry.findMany({ where: { scope }, orderBy: { seq: "asc" }, include: { payload: true } });
const auditTypes = async () => (await audit()).map(({ type }) => type);
/** Everything that a change could have left behind at the two schools. */
async function traces() {
  const where = { schoolId: { in: [school, elsewhere] } };
  const { db } = database;
  return {
    versions: await db.policyVersion.count({ where }),
    cells: await db.policyCell.count({ where }),
    requests: await db.changeRequest.findMany({ where, include: { parts: true } }),
    jobs: await jobCount(),
  };
}
async function jobCount(): Promise<number> {
  return await withOwner(async (owner) =>
    Number((await owner.query("SELECT FROM pgboss.job WHERE data->>'schoolId' = $1", [school])).rowCount),
  );
}
async function withOwner<T>(work: (owner: pg.Client) => Promise<T>): Promise<T> {
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}
async function everyChainVerifies(): Promise<void> {
  for (const { scope } of await database.db.auditChain.findMany()) {
    const entries = await audit(scope);
    expect(verifyChain(entries.map(({ payload, ...entry }) => ({ ...entry, stored: payload }))), scope).toBeUndefined();
  }
}
/** The action is refused with this code, leaves nothing, and its audit entry stands in `scope` under the id that was told. */
async function expectRefused(
  act: () => Promise<ActionResult<unknown>>,
  refusal: string,
  scope = school,
): Promise<void> {
  const before = await traces();
  const others = scope === school ? STATE_SCOPE : school;
  const [own, foreign] = [(await audit(scope)).length, (await audit(others)).length];
  const result = await act();
  expect(code(result)).toBe(refusal);
  expect(await traces()).toEqual(before);
  const entries = await audit(scope);
  expect(entries).toHaveLength(own + 1);
  expect(await audit(others)).toHaveLength(foreign);
  expect(entries.at(-1)).toMatchObject({
    type: "actionRefused",
    outcome: "refused",
    correlationId: result.ok ? "" : result.error.id,
  });
}

// ---- the line ----------------------------------------------------------------------------------------------

describe("a change", () => {
  test("that is not sensitive is in effect at once: version, audit entry and job stand together", async () => {
    expect(await submit(at.admin, { "teacher>student": false, "student>teacher": true })).toEqual({
      ok: true,
      value: { versionNumber: 2, requestId: null },
    });
    expect([await isOn("teacher>student"), await isOn("student>teacher")]).toEqual([false, true]);
    expect(await auditTypes()).toEqual(["firstVersion", "policyChanged"]);
    expect((await audit()).at(-1)).toMatchObject({ actorId: idOf("admin"), actorRole: "orgAdmin", outcome: "done" });
    expect(await jobCount()).toBe(1);
    expect(await database.db.policyVersion.findFirst({ where: { schoolId: school, number: 2 } })).toMatchObject({
      kind: "change",
      authorId: idOf("admin"),
      approvedById: null,
      reason: REASON,
    });
  });

  test("that is sensitive waits, and opens by the approval of a manager", async () => {
    const requestId = await pendingRequest();
    expect(await isOn("student>student")).toBe(false);
    expect([await jobCount(), await auditTypes()]).toEqual([0, ["firstVersion", "requestSubmitted"]]);
    expect(await approve(at.manager, requestId)).toEqual({ ok: true, value: { versionNumber: 2 } });
    expect(await isOn("student>student")).toBe(true);
    expect([await jobCount(), await auditTypes()]).toEqual([
      1,
      ["firstVersion", "requestSubmitted", "requestApproved"],
    ]);
    expect(await database.db.policyVersion.findFirst({ where: { schoolId: school, number: 2 } })).toMatchObject({
      kind: "approval",
      authorId: idOf("admin"),
      approvedById: idOf("manager"),
      requestId,
    });
  });

  test("is split: closings and harmless openings at once, sensitive openings wait", async () => {
    const result = await submit(at.admin, {
      "student>student": true,
      "teacher>student": false,
      "student>teacher": true,
    });
    expect(result).toMatchObject({ ok: true, value: { versionNumber: 2 } });
    expect([await isOn("student>student"), await isOn("teacher>student"), await isOn("student>teacher")]).toEqual([
      false,
      false,
      true,
    ]);
    // the version that the request was made on is the one that the rest of the change has just written
    const requestId = result.ok ? (result.value.requestId ?? "") : "";
    expect(code(await approve(at.manager, requestId))).toBe("ok");
  });

  test("turning a sensitive cell off never waits", async () => {
    await approve(at.manager, await pendingRequest());
    expect(await submit(at.admin, { "student>student": false }, { baseVersion: 2 })).toMatchObject({
      ok: true,
      value: { requestId: null },
    });
    expect(await isOn("student>student")).toBe(false);
  });

  test("ordinary changes stay possible while a request waits, and do not make it void", async () => {
    const requestId = await pendingRequest();
    expect(code(await submit(at.manager2, { "teacher>student": false }))).toBe("ok");
    expect(code(await approve(at.manager, requestId))).toBe("ok");
    expect([await isOn("student>student"), await isOn("teacher>student")]).toEqual([true, false]);
  });

  test("rejected, opens nothing and says so", async () => {
    const requestId = await pendingRequest();
    expect(await reject(at.manager, requestId)).toMatchObject({ ok: true });
    expect([await statusOf(requestId), await isOn("student>student")]).toEqual(["rejected", false]);
    expect(await auditTypes()).toEqual(["firstVersion", "requestSubmitted", "requestRejected"]);
    await expectRefused(() => approve(at.manager, requestId), "requestDecided");
  });
});

describe("a change is refused, leaves nothing and is on record", () => {
  test("on a version that is no longer in effect", async () => {
    await submit(at.admin, { "teacher>student": false });
    await expectRefused(() => submit(at.admin2, { "teacher>guardian": false }), "staleVersion");
    await expectRefused(() => submit(at.admin2, { "teacher>guardian": false }, { baseVersion: 99 }), "staleVersion");
  });
  test("with a locked cell in a request made by hand, and the rest of it with it", async () => {
    await expectRefused(
      () => submit(at.admin, { "student>groups": false, "teacher>student": false, "student>student": true }),
      "cellLocked",
    );
    await expectRefused(() => submit(at.admin, { "student>groups": true }), "cellLocked");
  });
  test("that changes nothing", async () => {
    await expectRefused(() => submit(at.admin, { "teacher>student": true }), "nothingChanged");
    await pendingRequest();
    await expectRefused(() => submit(at.admin2, { "student>student": true }), "nothingChanged");
  });
  test.each<[string, unknown]>([
    ["a cell that does not exist", { edits: [{ key: "student>everybody", allowed: true }] }],
    ["a row that is a column", { edits: [{ key: "groups>student", allowed: true }] }],
    [
      "a cell twice, once on and once off",
      {
        edits: [
          { key: "student>teacher", allowed: true },
          { key: "student>teacher", allowed: false },
        ],
      },
    ],
    ["nothing to change", { edits: [] }],
    ["more edits than cells", { edits: [...CELLS, ...CELLS].map((cell) => ({ key: cellKey(cell), allowed: true })) }],
    ["a value that is no boolean", { edits: [{ key: "student>student", allowed: "true" }] }],
    ["no reason", { reason: "" }],
    ["a reason of blanks", { reason: " ".repeat(40) }],
    ["a reason without end", { reason: "x".repeat(1_001) }],
    ["no version", { baseVersion: null }],
    ["a version that is none", { baseVersion: 1.5 }],
    ["no school", { schoolId: "" }],
  ])("with %s", async (_, overrides) => {
    await expectRefused(
      () => submit(at.admin, { "student>teacher": true }, overrides as object),
      "invalidInput",
      STATE_SCOPE,
    );
  });
  test.each([null, undefined, "text", 7, [], { schoolId: { $ne: "" } }])("made of %j", async (input) => {
    await expectRefused(() => perform(submitChangeCommand, at.admin, input), "invalidInput", STATE_SCOPE);
    await expectRefused(() => perform(approveRequestCommand, at.manager, input), "invalidInput", STATE_SCOPE);
    await expectRefused(() => perform(rejectRequestCommand, at.manager, input), "invalidInput", STATE_SCOPE);
  });
});

describe("another school's ids: 'not yours' looks like 'not there'", () => {
  test("in every action, alone and mixed with one's own school", async () => {
    const requestId = await pendingRequest();
    const contentHash = (await database.db.changeRequest.findUniqueOrThrow({ where: { id: requestId } })).contentHash;
    for (const schoolId of [school, elsewhere, "nowhere"]) {
      await expectRefused(() => approve(at.stranger, requestId, { schoolId, contentHash }), "notFound", STATE_SCOPE);
      await expectRefused(() => reject(at.stranger, requestId, { schoolId }), "notFound", STATE_SCOPE);
    }
    await expectRefused(() => submit(at.stranger, { "teacher>student": false }), "notFound", STATE_SCOPE);
    await expectRefused(
      () => submit(at.stranger, { "teacher>student": false }, { schoolId: "nowhere" }),
      "notFound",
      STATE_SCOPE,
    );
    await expectRefused(() => approve(at.stranger, randomUUID(), { schoolId: elsewhere }), "notFound", STATE_SCOPE);
    await expectRefused(() => reject(at.stranger, randomUUID(), { schoolId: elsewhere }), "notFound", STATE_SCOPE);
    // one's own request under another school's name
    await expectRefused(() => approve(at.manager, requestId, { schoolId: elsewhere }), "notFound", STATE_SCOPE);
    expect(await statusOf(requestId)).toBe("pending");
    const told = (await audit(STATE_SCOPE)).map(({ payload }) => payload?.payload ?? "").join();
    for (const foreign of [school, requestId, REASON, "student>student"]) expect(told).not.toContain(foreign);
  });

  test("for who belongs to both schools only as a teacher here", async () => {
    await addPerson(database.db, { id: idOf("mixed"), roles: { [school]: ["teacher"], [elsewhere]: ["orgAdmin"] } });
    const mixed = await signIn(database.db, idOf("mixed"));
    await expectRefused(() => submit(mixed, { "teacher>student": false }), "notFound", STATE_SCOPE);
  });

  test.each(["support", "landAdmin"] as const)("for %s, who only look", async (role) => {
    await addPerson(database.db, { id: idOf(role), roles: {} });
    await database.db.consoleRoleGrant.create({ data: { personId: idOf(role), role } });
    const staff = await signIn(database.db, idOf(role));
    const requestId = await pendingRequest();
    await expectRefused(() => submit(staff, { "teacher>student": false }), "notFound", STATE_SCOPE);
    await expectRefused(() => approve(staff, requestId), "notFound", STATE_SCOPE);
    await expectRefused(() => reject(staff, requestId), "notFound", STATE_SCOPE);
  });
});

describe("who has no business here leaves no entry in any audit log", () => {
  test.each<Role>(["teacher", "student", "guardian", "secretariat", "socialWork", "parentsCouncil"])(
    "%s",
    async (role) => {
      await addPerson(database.db, { id: idOf(role), roles: { [school]: [role] } });
      const someone = await signIn(database.db, idOf(role));
      const before = [await audit(), await audit(STATE_SCOPE)];
      expect(code(await submit(someone, { "teacher>student": false }))).toBe("notFound");
      expect([await audit(), await audit(STATE_SCOPE)]).toEqual(before);
      expect(await isOn("teacher>student")).toBe(true);
    },
  );
  test("nobody signed in", async () => {
    const before = [await traces(), await audit(STATE_SCOPE)];
    expect(code(await submit(null, { "teacher>student": false }))).toBe("signedOut");
    expect(code(await approve(null, await pendingRequest()))).toBe("signedOut");
    expect((await traces()).versions).toEqual((before[0] as { versions: number }).versions);
    expect(await audit(STATE_SCOPE)).toEqual(before[1]);
  });
});

describe("approver = author, in every way one can try", () => {
  test("the same person with a second session", async () => {
    const requestId = await pendingRequest(at.manager);
    const again = await signIn(database.db, idOf("manager"));
    expect(again.sessionId).not.toBe(at.manager.sessionId);
    await expectRefused(() => approve(again, requestId), "isAuthor");
    await expectRefused(() => reject(again, requestId), "isAuthor");
  });
  test("one person in both roles", async () => {
    await addPerson(database.db, { id: idOf("both"), roles: { [school]: ["orgAdmin", "schoolManagement"] } });
    const both = await signIn(database.db, idOf("both"));
    const requestId = await pendingRequest(both);
    await expectRefused(() => approve(both, requestId), "isAuthor");
  });
  test("the author of a part that was added to somebody else's request", async () => {
    const requestId = await pendingRequest();
    expect(code(await submit(at.manager, { "guardian>student": true }))).toBe("ok");
    await expectRefused(() => approve(at.manager, requestId), "isAuthor");
    await expectRefused(() => reject(at.manager, requestId), "isAuthor");
    expect(code(await approve(at.manager2, requestId))).toBe("ok");
    expect([await isOn("student>student"), await isOn("guardian>student")]).toEqual([true, true]);
  });
  test("an author who becomes a manager", async () => {
    const requestId = await pendingRequest();
    await gain(idOf("admin"), "schoolManagement", new Date("2020-01-01"));
    await expectRefused(async () => approve(await signIn(database.db, idOf("admin")), requestId), "isAuthor");
  });
});

const gain = async (personId: string, role: Role, since: Date) => {
  await database.db.affiliation.create({ data: { personId, schoolId: school, role, since } });
};
const lose = async (personId: string) => {
  await database.db.affiliation.deleteMany({ where: { personId, schoolId: school } });
};

describe("four eyes (design §4.8)", () => {
  test("an administrator's request needs a manager; a manager's another manager or an administrator", async () => {
    const byAdmin = await pendingRequest();
    await expectRefused(() => approve(at.admin2, byAdmin), "needsManagement");
    await reject(at.manager, byAdmin);
    const byManager = await pendingRequest(at.manager);
    expect(code(await approve(at.admin2, byManager))).toBe("ok");
  });
  test("a role gained after the request does not approve it, nor one younger than seven days", async () => {
    const requestId = await pendingRequest();
    for (const [who, since] of [
      ["late", new Date(Date.now() + 1_000)],
      ["new", new Date(Date.now() - 6 * DAY_MS)],
    ] as const) {
      await addPerson(database.db, { id: idOf(who), roles: { [school]: ["schoolManagement"] }, since });
      const principal = await signIn(database.db, idOf(who));
      await expectRefused(() => approve(principal, requestId), "roleTooYoung");
    }
  });
  test("an author who has lost the role, or has been locked, takes the request along", async () => {
    const requestId = await pendingRequest();
    await database.db.person.update({ where: { id: idOf("admin") }, data: { enabled: false } });
    await expectRefused(() => approve(at.manager, requestId), "authorLostRole");
    await database.db.person.update({ where: { id: idOf("admin") }, data: { enabled: true } });
    await lose(idOf("admin"));
    await expectRefused(() => approve(at.manager, requestId), "authorLostRole");
    expect(code(await reject(at.manager, requestId))).toBe("ok");
  });
  test("an approver who has lost the role since signing in, or has been locked or has left, approves nothing", async () => {
    const requestId = await pendingRequest();
    for (const gone of [{ enabled: false }, { leftAt: new Date() }]) {
      await database.db.person.update({ where: { id: idOf("manager") }, data: gone });
      await expectRefused(() => approve(at.manager, requestId), "noApprovalRole");
      await database.db.person.update({ where: { id: idOf("manager") }, data: { enabled: true, leftAt: null } });
    }
    await lose(idOf("manager"));
    await expectRefused(() => approve(at.manager, requestId), "noApprovalRole");
    await expectRefused(() => reject(at.manager, requestId), "noApprovalRole");
  });
  test("the sign-in is not older than five minutes", async () => {
    const requestId = await pendingRequest();
    const old = await signIn(database.db, idOf("manager"), new Date(Date.now() - 5 * 60_000 - 1_000));
    await expectRefused(() => approve(old, requestId), "signInTooOld");
    expect(code(await reject(old, requestId))).toBe("ok");
  });
  test("a request edited since it was shown is refused, and approved as it is now", async () => {
    const requestId = await pendingRequest();
    const shown = (await database.db.changeRequest.findUniqueOrThrow({ where: { id: requestId } })).contentHash;
    await submit(at.admin2, { "guardian>student": true });
    await expectRefused(() => approve(at.manager, requestId, { contentHash: shown }), "requestChanged");
    expect(code(await approve(at.manager, requestId))).toBe("ok");
  });
});

describe("a request whose time is over", () => {
  async function oldRequest(): Promise<string> {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 15 * DAY_MS });
    const requestId = await pendingRequest();
    vi.useRealTimers();
    return requestId;
  }
  test("is not approved but marked as expired, and that stays", async () => {
    const requestId = await oldRequest();
    const result = await approve(at.manager, requestId);
    expect(code(result)).toBe("requestExpired");
    expect([await statusOf(requestId), await isOn("student>student")]).toEqual(["expired", false]);
    expect(await auditTypes()).toEqual(["firstVersion", "requestSubmitted", "requestExpired", "actionRefused"]);
  });
  test("takes no further opening: that begins a request of its own", async () => {
    const old = await oldRequest();
    const fresh = await pendingRequest(at.admin2, { "student>student": true, "guardian>student": true });
    expect(fresh).not.toBe(old);
    expect(await statusOf(old)).toBe("expired");
    expect(code(await approve(at.manager, fresh))).toBe("ok");
    expect(await auditTypes()).toEqual([
      "firstVersion",
      "requestSubmitted",
      "requestExpired",
      "requestSubmitted",
      "requestApproved",
    ]);
  });
});

// ---- at once -----------------------------------------------------------------------------------------------

describe("at once", () => {
  test("the same change twice: one wins, the other learns that a newer version is in effect", async () => {
    const both = await Promise.all([
      submit(at.admin, { "teacher>student": false }),
      submit(at.admin, { "teacher>student": false }),
    ]);
    expect(both.map(code).sort()).toEqual(["ok", "staleVersion"]);
    expect(await database.db.policyVersion.count({ where: { schoolId: school } })).toBe(2);
  });
  test("the same sensitive opening twice: one request, with one part", async () => {
    const both = await Promise.all([
      submit(at.admin, { "student>student": true }),
      submit(at.admin, { "student>student": true }),
    ]);
    expect(both.map(code).sort()).toEqual(["nothingChanged", "ok"]);
    expect(await database.db.changeRequestPart.count({ where: { request: { schoolId: school } } })).toBe(1);
  });
  test("two administrators with different changes: nothing is overwritten silently", async () => {
    const both = await Promise.all([
      submit(at.admin, { "teacher>student": false }),
      submit(at.admin2, { "teacher>guardian": false }),
    ]);
    expect(both.map(code).sort()).toEqual(["ok", "staleVersion"]);
    expect([await isOn("teacher>student"), await isOn("teacher>guardian")].filter(Boolean)).toHaveLength(1);
  });
  test("two managers approve: one does, the other learns that it is decided", async () => {
    const requestId = await pendingRequest();
    const both = await Promise.all([approve(at.manager, requestId), approve(at.manager2, requestId)]);
    expect(both.map(code).sort()).toEqual(["ok", "requestDecided"]);
    expect(await database.db.policyVersion.count({ where: { schoolId: school } })).toBe(2);
  });
  test("one approves, one rejects, one changes something else: each gets a clear answer and the matrix fits the request", async () => {
    for (let round = 0; round < 8; round += 1) {
      const { currentVersion } = await database.db.school.findUniqueOrThrow({ where: { id: school } });
      const opened = await submit(
        at.admin,
        { "student>student": true, "student>secretariat": round % 2 === 0 },
        { baseVersion: currentVersion },
      );
      if (!opened.ok || opened.value.requestId === null || opened.value.versionNumber === null)
        throw new Error("no request");
      const { requestId, versionNumber } = opened.value;
      const [approved, rejected, changed] = await Promise.all([
        approve(at.manager, requestId),
        reject(at.manager2, requestId),
        submit(
          at.admin2,
          { "teacher>student": round % 2 === 0 ? false : true, "guardian>student": true },
          { baseVersion: versionNumber },
        ),
      ]);
      expect(["ok", "requestDecided", "requestChanged"]).toContain(code(approved));
      expect(["ok", "requestDecided"]).toContain(code(rejected));
      expect(["ok", "staleVersion"]).toContain(code(changed));
      expect(await isOn("student>student")).toBe(approved.ok);
      // clear up for the next round
      const { currentVersion: now } = await database.db.school.findUniqueOrThrow({ where: { id: school } });
      const open = await database.db.changeRequest.findFirst({ where: { schoolId: school, status: "pending" } });
      if (open) await reject(at.manager, open.id);
      await submit(at.admin, { "student>student": false, "guardian>student": false }, { baseVersion: now });
    }
  });
});

// ---- together or not at all --------------------------------------------------------------------------------

describe("version, audit entry and job stand or fall together", () => {
  async function without(right: string, act: () => Promise<void>): Promise<void> {
    await withOwner((owner) => owner.query(`REVOKE ${right} FROM schulchat_app`));
    try {
      await act();
    } finally {
      await withOwner((owner) => owner.query(`GRANT ${right} TO schulchat_app`));
    }
  }
  test.each([
    ["the job cannot be queued", "INSERT ON ALL TABLES IN SCHEMA pgboss"],
    ["the audit entry cannot be written", "INSERT ON audit_entry"],
    ["its content cannot be written", "INSERT ON audit_payload"],
  ])("%s: nothing changed, and the id that is told is in the log", async (_, right) => {
    const requestId = await pendingRequest();
    const before = [await traces(), await audit()];
    const log = captureLog();
    try {
      await without(right, async () => {
        const results = [
          await submit(at.admin2, { "teacher>student": false, "guardian>student": true }),
          await approve(at.manager, requestId),
        ];
        for (const result of results) {
          expect(code(result)).toBe("unexpected");
          expect(log.linesWith(result.ok ? "-" : result.error.id)).not.toEqual([]);
        }
      });
    } finally {
      log.stop();
    }
    expect([await traces(), await audit()]).toEqual(before);
    expect(await isOn("student>student")).toBe(false);
  });

  test("a database that is away is told as such, with an id that is in the log", async () => {
    // nobody listens on port 1
    const db = openDatabase(database.url.replace(/:\d+\//, ":1/"));
    const log = captureLog();
    try {
      const result = await performAction({ ...tools, db }, submitChangeCommand, () => Promise.resolve(at.admin), {
        schoolId: school,
        baseVersion: 1,
        edits: [{ key: "teacher>student", allowed: false }],
        reason: REASON,
      });
      expect(code(result)).toBe("unavailable");
      expect(log.linesWith(result.ok ? "-" : result.error.id)).not.toEqual([]);
    } finally {
      log.stop();
    }
    expect(await isOn("teacher>student")).toBe(true);
  });
});

// ---- the frame moves ---------------------------------------------------------------------------------------

describe("a cell that the state locks while its request waits", () => {
  let own: TestDatabase;
  beforeEach(async () => {
    own = await startTestDatabase();
  });
  afterEach(async () => {
    await own.stop();
  });

  /** A frame like the one before but for one cell, and the version that it makes at the school. */
  async function changeFrame(locked: boolean): Promise<void> {
    await own.db
      .$executeRaw`INSERT INTO policy_frame (version, reason) SELECT max(version) + 1, 'Erlass' FROM policy_frame`;
    await own.db.$executeRaw`
      INSERT INTO policy_frame_cell (frame_version, from_role, to_target, allowed, locked, reason, sensitive)
      SELECT frame_version + 1, from_role, to_target, allowed,
        CASE WHEN from_role = 'student' AND to_target = 'student' THEN ${locked} ELSE locked END,
        CASE WHEN from_role = 'student' AND to_target = 'student' THEN 'Erlass' ELSE reason END, sensitive
      FROM policy_frame_cell WHERE frame_version = (SELECT max(version) - 1 FROM policy_frame)`;
    await own.db.$executeRaw`
      INSERT INTO policy_version (school_id, number, kind, cells, frame_version, reason)
      SELECT id, current_version + 1, 'frame', overlay(policy_cells placing ${locked ? "l" : "d"} from cell_position('student', 'student') for 1),
        (SELECT max(version) FROM policy_frame), 'Erlass' FROM school`;
  }

  async function waiting() {
    const ownJobs = new JobSender(own.url);
    const ownTools = { db: own.db, jobs: ownJobs };
    await addSchool(own.db, "S");
    await addPerson(own.db, { id: "admin", roles: { S: ["orgAdmin"] } });
    await addPerson(own.db, { id: "manager", roles: { S: ["schoolManagement"] } });
    const [admin, manager] = [await signIn(own.db, "admin"), await signIn(own.db, "manager")];
    const edits = [{ key: "student>student", allowed: true }];
    const submitted = await performAction(ownTools, submitChangeCommand, () => Promise.resolve(admin), {
      schoolId: "S",
      baseVersion: 1,
      edits,
      reason: REASON,
    });
    const requestId = submitted.ok ? submitted.value.requestId : null;
    const { contentHash } = await own.db.changeRequest.findUniqueOrThrow({ where: { id: requestId ?? "" } });
    const decide = () =>
      performAction(ownTools, approveRequestCommand, () => Promise.resolve(manager), {
        schoolId: "S",
        requestId,
        contentHash,
      });
    return { decide, stop: () => ownJobs.stop() };
  }

  test.each([
    ["and keeps locked", [true]],
    ["and releases again", [true, false]],
  ])("%s makes the request void, and that stays", async (_, frames) => {
    const { decide, stop } = await waiting();
    for (const locked of frames) await changeFrame(locked);
    expect(code(await decide())).toBe("requestVoid");
    expect(await own.db.changeRequest.findMany()).toMatchObject([{ status: "void", decidedById: null }]);
    const types = await own.db.auditEntry.findMany({
      where: { scope: "S" },
      orderBy: { seq: "asc" },
      select: { type: true },
    });
    expect(types.map(({ type }) => type)).toEqual([
      "firstVersion",
      "requestSubmitted",
      "requestVoided",
      "actionRefused",
    ]);
    expect(await own.db.policyVersion.count()).toBe(1 + frames.length);
    expect(code(await decide())).toBe("requestDecided");
    await stop();
  });
});
