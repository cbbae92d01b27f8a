// Changing the state's frame: what closes overrides schools at once, what opens needs a second state administrator in
// every way that one could try, and a school's own settings outlive a lock. On a real PostgreSQL with the
// application's rights.
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { z } from "zod";
import { performAction, type AnyActionDefinition } from "#lib/action/perform-action.ts";
import { STATE_SCOPE } from "#lib/audit/events.ts";
import { verifyChain } from "#lib/audit/chain.ts";
import type { Principal } from "#lib/auth/principal.ts";
import { APPLICATION_ROLE_OPTION } from "#lib/db/connection.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { code } from "#test/policy-world.ts";
import { addPerson, addSchool, signIn } from "#test/school.ts";
import { isAllowed, parseCells } from "./cells.ts";
import { submitChangeCommand } from "./commands.ts";
import type { FrameRule, FrameSettings } from "./frame-change.ts";
import {
  approveFrameCommand,
  proposeFrameCommand,
  rejectFrameCommand,
  withdrawFrameCommand,
} from "./frame-commands.ts";
import { parseCellKey, type CellKey } from "./roles.ts";

const REASON = "Erlass des Ministeriums";
const LOCK = "Das Land hat entschieden: vorerst nicht.";
const DAY_MS = 86_400_000;
const LONG_AGO = new Date("2020-08-01T00:00:00Z");
const on: FrameRule = { allowed: true, locked: false, reason: null, sensitive: false };
const off: FrameRule = { ...on, allowed: false };
const lockedOff: FrameRule = { ...off, locked: true, reason: LOCK };

let database: TestDatabase;
let jobs: JobSender;
let land: Principal;
let land2: Principal;
let admin: Principal;
beforeEach(async () => {
  database = await startTestDatabase();
  jobs = new JobSender(database.url);
  const { db } = database;
  await addSchool(db, "S");
  await addSchool(db, "T");
  await addPerson(db, { id: "admin", roles: { S: ["orgAdmin"] } });
  await addPerson(db, { id: "support", roles: {} });
  await db.consoleRoleGrant.create({ data: { personId: "support", role: "support", grantedAt: LONG_AGO } });
  for (const id of ["land", "land2"]) {
    await addPerson(db, { id, roles: {} });
    await db.consoleRoleGrant.create({ data: { personId: id, role: "landAdmin", grantedAt: LONG_AGO } });
  }
  [land, land2, admin] = [await signIn(db, "land"), await signIn(db, "land2"), await signIn(db, "admin")];
});
afterEach(async () => {
  for (const { scope } of await database.db.auditChain.findMany()) {
    const entries = await database.db.auditEntry.findMany({
      where: { scope },
      orderBy: { seq: "asc" },
      include: { payload: true },
    });
    expect(verifyChain(entries.map(({ payload, ...entry }) => ({ ...entry, stored: payload }))), scope).toBeUndefined();
  }
  await jobs.stop();
  await database.stop();
});

// ---- doing -------------------------------------------------------------------------------------------------
const perform = <Schema extends z.ZodType, Output>(
  definition: AnyActionDefinition<Schema, Output>,
  who: Principal | null,
  input: unknown,
) => performAction({ db: database.db, jobs }, definition, () => Promise.resolve(who), input);

const frameVersion = async () =>
  (await database.db.policyFrame.findFirstOrThrow({ orderBy: { version: "desc" } })).version;

type Rules = Partial<Record<CellKey, FrameRule>>;
async function propose(who: Principal, cells: Rules, settings: Partial<FrameSettings> = {}, overrides: object = {}) {
  const input = { baseVersion: await frameVersion(), edits: { cells, settings }, reason: REASON, ...overrides };
  return await perform(proposeFrameCommand, who, input);
}
/** Names the hash of the proposal as it is stored. */
async function approve(who: Principal | null, proposalId: string, overrides: object = {}) {
  const proposal = await database.db.frameProposal.findUnique({ where: { id: proposalId } });
  const contentHash = proposal?.contentHash ?? "0".repeat(64);
  return await perform(approveFrameCommand, who, { proposalId, contentHash, ...overrides });
}
const reject = (who: Principal, proposalId: string) => perform(rejectFrameCommand, who, { proposalId, reason: REASON });
const withdraw = (who: Principal, proposalId: string) => perform(withdrawFrameCommand, who, { proposalId });
async function proposal(cells: Rules, settings: Partial<FrameSettings> = {}, who = land): Promise<string> {
  const result = await propose(who, cells, settings);
  if (!result.ok || result.value.proposalId === null) throw new Error(`no proposal: ${code(result)}`);
  return result.value.proposalId;
}
async function schoolSets(key: CellKey, allowed: boolean): Promise<void> {
  const { currentVersion } = await database.db.school.findUniqueOrThrow({ where: { id: "S" } });
  const edits = [{ key, allowed }];
  const input = { schoolId: "S", baseVersion: currentVersion, edits, reason: "Beschluss der Schulkonferenz" };
  expect(code(await perform(submitChangeCommand, admin, input))).toBe("ok");
}

// ---- looking -----------------------------------------------------------------------------------------------
async function isOn(school: string, key: string): Promise<boolean> {
  const { policyCells } = await database.db.school.findUniqueOrThrow({ where: { id: school } });
  const cell = parseCellKey(key);
  return cell !== undefined && isAllowed(parseCells(policyCells ?? ""), cell.from, cell.to);
}
const statusOf = async (id: string) => (await database.db.frameProposal.findUniqueOrThrow({ where: { id } })).status;
const auditTypes = async (scope: string) =>
  (await database.db.auditEntry.findMany({ where: { scope }, orderBy: { seq: "asc" } })).map(({ type }) => type);
async function sql<T extends pg.QueryResultRow>(text: string, options?: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: database.url, ...(options === undefined ? {} : { options }) });
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}
/** As the application, past all rules of the console; SQLSTATE of the refusal. */
async function attempt(text: string): Promise<string> {
  try {
    await sql(text, APPLICATION_ROLE_OPTION);
    return "done";
  } catch (error) {
    if (error instanceof pg.DatabaseError) return error.constraint ?? error.code ?? "";
    throw error;
  }
}
const jobSchools = async () =>
  (
    await sql<{ school: string }>(
      "SELECT data->>'schoolId' AS school FROM pgboss.job WHERE name = 'withdraw-invitations' ORDER BY 1",
    )
  ).map(({ school }) => school);

describe("a change that closes", () => {
  test("overrides every school at once: frame, versions, entries and jobs stand together", async () => {
    await schoolSets("student>teacher", true);
    const result = await propose(land, { "student>teacher": lockedOff });
    expect(result).toEqual({ ok: true, value: { frameVersion: 2, proposalId: null } });
    expect(await isOn("S", "student>teacher")).toBe(false);
    const version = await database.db.policyVersion.findFirstOrThrow({ where: { schoolId: "S", number: 3 } });
    expect(version).toMatchObject({
      kind: "frame",
      frameVersion: 2,
      authorId: "land",
      approvedById: null,
      reason: REASON,
    });
    expect(await auditTypes("S")).toEqual(["firstVersion", "policyChanged", "frameChanged"]);
    expect(await auditTypes("T")).toEqual(["firstVersion", "frameChanged"]);
    expect(await auditTypes(STATE_SCOPE)).toEqual(["frameWritten"]);
    // at T the cell was off before
    expect(new Set(await jobSchools())).toEqual(new Set(["S"]));
    // and the school cannot change it back
    const edits = [{ key: "student>teacher", allowed: true }];
    const input = { schoolId: "S", baseVersion: 3, edits, reason: "Wir möchten das doch" };
    expect(code(await perform(submitChangeCommand, admin, input))).toBe("cellLocked");
  });

  test("leaves schools alone that it does not alter", async () => {
    await schoolSets("teacher>student", false);
    await propose(land, { "teacher>student": off });
    expect(await auditTypes("S")).toEqual(["firstVersion", "policyChanged"]);
    expect(await auditTypes("T")).toEqual(["firstVersion", "frameChanged"]);
    expect(await database.db.policyVersion.count({ where: { schoolId: "S" } })).toBe(2);
  });

  test("that only marks as sensitive alters no school and holds from then on", async () => {
    expect(code(await propose(land, { "student>teacher": { ...off, sensitive: true } }))).toBe("ok");
    expect(await auditTypes("S")).toEqual(["firstVersion"]);
    const edits = [{ key: "student>teacher", allowed: true }];
    const input = { schoolId: "S", baseVersion: 1, edits, reason: "Sprechstunde im Chat" };
    const submitted = await perform(submitChangeCommand, admin, input);
    expect(submitted).toMatchObject({ ok: true, value: { versionNumber: null } });
  });

  test("makes 1,600 schools follow within one transaction", async () => {
    await sql(`
      INSERT INTO school (id, name) SELECT 'B-' || n, 'Schule ' || n FROM generate_series(1, 1600) n;
      INSERT INTO policy_version (school_id, number, kind, cells, frame_version, reason)
      SELECT 'B-' || n, 1, 'initial', (SELECT policy_cells FROM school WHERE id = 'T'), 1, '' FROM generate_series(1, 1600) n`);
    expect(code(await propose(land, { "teacher>student": lockedOff }))).toBe("ok");
    expect(await database.db.policyVersion.count({ where: { kind: "frame" } })).toBe(1_602);
    expect(await database.db.auditEntry.count({ where: { type: "frameChanged" } })).toBe(1_602);
    expect(await jobSchools()).toHaveLength(1_602);
    expect(await isOn("B-1600", "teacher>student")).toBe(false);
  }, 180_000);
});

describe("a change that opens", () => {
  test("waits for a second state administrator; a school's own setting comes back with the lock's end", async () => {
    await schoolSets("student>teacher", true);
    await propose(land, { "student>teacher": lockedOff });
    const id = await proposal({ "student>teacher": off });
    expect([await isOn("S", "student>teacher"), await frameVersion()]).toEqual([false, 2]);
    expect(await approve(land2, id)).toEqual({ ok: true, value: { frameVersion: 3 } });
    expect([await isOn("S", "student>teacher"), await isOn("T", "student>teacher")]).toEqual([true, false]);
    expect(await database.db.policyFrame.findUniqueOrThrow({ where: { version: 3 } })).toMatchObject({
      authorId: "land",
      approvedById: "land2",
    });
    expect(await auditTypes(STATE_SCOPE)).toEqual(["frameWritten", "frameProposed", "frameWritten"]);
    expect(await statusOf(id)).toBe("approved");
  });

  test("is split from what closes: that is in effect at once", async () => {
    const result = await propose(land, { "student>teacher": on, "teacher>student": lockedOff });
    expect(result).toMatchObject({ ok: true, value: { frameVersion: 2 } });
    expect([await isOn("S", "teacher>student"), await isOn("S", "student>teacher")]).toEqual([false, false]);
    const { id, baseVersion } = await database.db.frameProposal.findFirstOrThrow();
    expect(baseVersion).toBe(2);
    expect(code(await approve(land2, id))).toBe("ok");
    expect([await isOn("S", "teacher>student"), await isOn("S", "student>teacher")]).toEqual([false, true]);
  });

  test.each<[string, Partial<FrameSettings>]>([
    ["a shorter wait", { approverRoleAgeDays: 1 }],
    ["a longer time to decide", { requestExpiryDays: 30 }],
    ["a shorter grace period", { gracePeriodDays: 10 }],
  ])("%s waits as well", async (_, settings) => {
    const id = await proposal({}, settings);
    expect(await frameVersion()).toBe(1);
    expect(code(await approve(land2, id))).toBe("ok");
    expect(await database.db.policyFrame.findUniqueOrThrow({ where: { version: 2 } })).toMatchObject(settings);
  });

  test("approval for every change is switched on by one and off by two", async () => {
    expect(code(await propose(land, {}, { approvalForEveryChange: true }))).toBe("ok");
    expect(await frameVersion()).toBe(2);
    const id = await proposal({}, { approvalForEveryChange: false });
    expect(await frameVersion()).toBe(2);
    expect(code(await approve(land2, id))).toBe("ok");
  });
});

describe("author and approver are two state administrators", () => {
  test("the author approves in no way: not in a second tab, not with another sign-in", async () => {
    const id = await proposal({ "student>teacher": on });
    expect(code(await approve(land, id))).toBe("isAuthor");
    expect(code(await approve(await signIn(database.db, "land"), id))).toBe("isAuthor");
    expect(code(await reject(land, id))).toBe("isAuthor");
    const update = (who: string) =>
      `UPDATE frame_proposal SET status = 'approved', decided_at = now(), decided_by_id = '${who}' WHERE id = '${id}'`;
    expect(await attempt(update("land"))).toBe("frame_proposal_two_persons");
    expect(await statusOf(id)).toBe("pending");
  });
  test("somebody made state administrator afterwards does not count", async () => {
    const id = await proposal({ "student>teacher": on });
    await addPerson(database.db, { id: "new", roles: {} });
    await database.db.consoleRoleGrant.create({ data: { personId: "new", role: "landAdmin" } });
    expect(code(await approve(await signIn(database.db, "new"), id))).toBe("grantTooYoung");
    const update = `UPDATE frame_proposal SET status = 'approved', decided_at = now(), decided_by_id = 'new' WHERE id = '${id}'`;
    expect(await attempt(update)).toBe("SC005");
  });
  test("who has lost the role does not approve, and is not approved", async () => {
    const first = await proposal({ "student>teacher": on });
    const where = (personId: string) => ({ personId_role: { personId, role: "landAdmin" as const } });
    await database.db.consoleRoleGrant.delete({ where: where("land2") });
    // the sign-in still says so, the database does not
    expect(code(await approve(land2, first))).toBe("notFound");
    await database.db.consoleRoleGrant.create({ data: { personId: "land2", role: "landAdmin", grantedAt: LONG_AGO } });
    await database.db.consoleRoleGrant.delete({ where: where("land") });
    expect(code(await approve(land2, first))).toBe("authorLostRole");
  });
  test("support and schools do nothing of it, and nothing says that it is there", async () => {
    const id = await proposal({ "student>teacher": on });
    for (const who of [admin, await signIn(database.db, "support")]) {
      expect(code(await propose(who, { "teacher>student": lockedOff }))).toBe("notFound");
      expect(code(await approve(who, id))).toBe("notFound");
      expect(code(await reject(who, id))).toBe("notFound");
      expect(code(await withdraw(who, id))).toBe("notFound");
    }
    expect(await auditTypes("S")).toEqual(["firstVersion"]);
  });
  test("an old sign-in neither changes nor approves", async () => {
    const id = await proposal({ "student>teacher": on });
    const old = new Date(Date.now() - 6 * 60_000);
    expect(code(await propose(await signIn(database.db, "land", old), { "teacher>student": off }))).toBe(
      "signInTooOld",
    );
    expect(code(await approve(await signIn(database.db, "land2", old), id))).toBe("signInTooOld");
  });
});

describe("a proposal", () => {
  test("is approved only as it was shown", async () => {
    const id = await proposal({ "student>teacher": on });
    expect(code(await approve(land2, id, { contentHash: "0".repeat(64) }))).toBe("requestChanged");
    const change = `UPDATE frame_proposal SET content = '{"cells": {}, "settings": {}}' WHERE id = '${id}'`;
    expect(await attempt(change)).toBe("SC001");
  });
  test("is one at a time; what closes goes on and makes it void", async () => {
    const id = await proposal({ "student>teacher": on });
    expect(code(await propose(land2, { "student>secretariat": on }))).toBe("proposalOpen");
    expect(code(await propose(land2, { "teacher>student": lockedOff }))).toBe("ok");
    expect(await statusOf(id)).toBe("void");
    expect(code(await approve(land2, id))).toBe("requestDecided");
    expect(await auditTypes(STATE_SCOPE)).toEqual([
      "frameProposed",
      "actionRefused",
      "frameProposalVoided",
      "frameWritten",
      "actionRefused",
    ]);
  });
  test("is rejected with a reason by another, withdrawn by its author, and decided once", async () => {
    const first = await proposal({ "student>teacher": on });
    expect(code(await withdraw(land2, first))).toBe("notAuthor");
    expect(code(await reject(land2, first))).toBe("ok");
    expect(code(await approve(land2, first))).toBe("requestDecided");
    const second = await proposal({ "student>teacher": on });
    expect(code(await withdraw(land, second))).toBe("ok");
    expect(code(await approve(land2, second))).toBe("requestDecided");
    expect([await statusOf(first), await statusOf(second), await frameVersion()]).toEqual(["rejected", "withdrawn", 1]);
  });
  test("expires: it is not approved then, and makes room for another", async () => {
    const id = await proposal({ "student>teacher": on });
    await sql(`
      ALTER TABLE frame_proposal DISABLE TRIGGER checked;
      UPDATE frame_proposal SET expires_at = now() - interval '1 second';
      ALTER TABLE frame_proposal ENABLE TRIGGER checked`);
    expect(code(await approve(land2, id))).toBe("requestExpired");
    expect(await statusOf(id)).toBe("expired");
    expect(code(await propose(land, { "student>teacher": on }))).toBe("ok");
  });
});

describe("what is refused changes nothing", () => {
  test.each<[string, object, string]>([
    ["another base", { baseVersion: 99 }, "staleVersion"],
    ["a reason that is too short", { reason: "kurz" }, "invalidInput"],
    [
      "a sensitive cell on by default",
      { edits: { cells: { "student>student": { ...on, sensitive: true } }, settings: {} } },
      "frameInvalid",
    ],
    [
      "a mark that must stay taken away",
      { edits: { cells: { "student>student": off }, settings: {} } },
      "frameInvalid",
    ],
    [
      "a lock without a reason",
      { edits: { cells: { "teacher>student": { ...lockedOff, reason: null } }, settings: {} } },
      "frameInvalid",
    ],
    ["a period out of bounds", { edits: { cells: {}, settings: { gracePeriodDays: 1 } } }, "frameInvalid"],
    ["nothing", { edits: { cells: { "teacher>student": on }, settings: {} } }, "nothingChanged"],
  ])("%s", async (_, overrides, refusal) => {
    expect(code(await propose(land, {}, {}, overrides))).toBe(refusal);
    expect([await frameVersion(), await database.db.frameProposal.count()]).toEqual([1, 0]);
    expect(await auditTypes(STATE_SCOPE)).toEqual(["actionRefused"]);
  });
});

describe("at once", () => {
  test("two administrators change the frame: one wins, the other learns that a newer one is in effect", async () => {
    const both = await Promise.all([
      propose(land, { "teacher>student": lockedOff }, {}, { baseVersion: 1 }),
      propose(land2, { "teacher>guardian": lockedOff }, {}, { baseVersion: 1 }),
    ]);
    expect(both.map(code).sort()).toEqual(["ok", "staleVersion"]);
  });
  test("a school changes while the frame does: whichever comes first, the lock holds and nothing is lost", async () => {
    for (let round = 0; round < 5; round += 1) {
      const key = (
        [
          "student>teacher",
          "student>secretariat",
          "student>socialWork",
          "student>orgAdmin",
          "guardian>guardian",
        ] as const
      )[round];
      if (key === undefined) throw new Error("no cell");
      const { currentVersion } = await database.db.school.findUniqueOrThrow({ where: { id: "S" } });
      const edits = [{ key, allowed: true }];
      const input = { schoolId: "S", baseVersion: currentVersion, edits, reason: "Beschluss der Schulkonferenz" };
      const [changed, framed] = await Promise.all([
        perform(submitChangeCommand, admin, input),
        propose(land, { [key]: lockedOff }),
      ]);
      expect(code(framed)).toBe("ok");
      expect(["ok", "staleVersion", "cellLocked"]).toContain(code(changed));
      expect(await isOn("S", key)).toBe(false);
      // what the school managed to set stays stored under the lock
      const own = await database.db.policyCell.count({
        where: {
          schoolId: "S",
          toTarget: key.split(">")[1] ?? "",
          fromRole: key.startsWith("student") ? "student" : "guardian",
        },
      });
      expect(own).toBe(changed.ok ? 1 : 0);
    }
  });
  test("approved and withdrawn: one of the two", async () => {
    const id = await proposal({ "student>teacher": on });
    const both = await Promise.all([approve(land2, id), withdraw(land, id)]);
    expect(both.map(code).sort()).toEqual(["ok", "requestDecided"]);
    expect(await isOn("S", "student>teacher")).toBe((await statusOf(id)) === "approved");
  });
});

describe("the database itself refuses a more permissive frame without an approved proposal", () => {
  const frame = (columns = "", values = "") =>
    `INSERT INTO policy_frame (version, reason, author_id${columns}) VALUES (2, '', 'land'${values})`;
  const copy = (change: string) => `
    INSERT INTO policy_frame_cell (frame_version, from_role, to_target, allowed, locked, reason, sensitive)
    SELECT 2, from_role, to_target, ${change} FROM policy_frame_cell WHERE frame_version = 1`;
  const cell = "from_role = 'student' AND to_target = 'teacher'";
  test.each([
    ["a default turned on", copy(`allowed OR ${cell}, locked, reason, sensitive`)],
    ["a lock turned on", copy(`allowed OR ${cell}, locked OR ${cell}, 'Grund', sensitive`)],
  ])("%s", async (_, cells) => {
    expect(await attempt(`${frame()}; ${cells}`)).toBe("SC010");
    expect(await attempt(`${frame(", approved_by_id", ", 'land2'")}; ${cells}`)).toBe("SC010");
    expect(await frameVersion()).toBe(1);
  });
  test("a lock or a mark taken away, approval switched off, a period loosened", async () => {
    await propose(
      land,
      { "teacher>student": { ...lockedOff, sensitive: true } },
      { approvalForEveryChange: true, approverRoleAgeDays: 10, requestExpiryDays: 7, gracePeriodDays: 60 },
    );
    const next = (settings: string, rule: string) => `
      INSERT INTO policy_frame (version, reason, author_id, approval_for_every_change, approver_role_age_days, request_expiry_days, grace_period_days)
      VALUES (3, '', 'land', ${settings});
      INSERT INTO policy_frame_cell (frame_version, from_role, to_target, allowed, locked, reason, sensitive)
      VALUES (3, 'teacher', 'student', ${rule})`;
    const same = ["true, 10, 7, 60", "false, true, 'Grund', true"] as const;
    const attempts = [
      next(same[0], "false, false, NULL, true"),
      next(same[0], "false, true, 'Grund', false"),
      next("false, 10, 7, 60", same[1]),
      next("true, 9, 7, 60", same[1]),
      next("true, 10, 8, 60", same[1]),
      next("true, 10, 7, 59", same[1]),
    ];
    for (const text of attempts) expect(await attempt(text)).toBe("SC010");
    expect(await attempt(`BEGIN; ${next(...same)}; ROLLBACK`)).toBe("done");
  });
  test("an approval of something else", async () => {
    const id = await proposal({ "student>secretariat": on });
    const approved = `UPDATE frame_proposal SET status = 'approved', decided_at = now(), decided_by_id = 'land2' WHERE id = '${id}'`;
    const cells = (key: string) =>
      copy(`allowed OR from_role::text || '>' || to_target = '${key}', locked, reason, sensitive`);
    const whole = (key: string) =>
      `BEGIN; ${approved}; ${frame(", approved_by_id", ", 'land2'")}; ${cells(key)}; ROLLBACK`;
    expect(await attempt(whole("student>teacher"))).toBe("SC010");
    expect(await attempt(whole("student>secretariat"))).toBe("done");
  });
  test("a proposal that is born approved, a second open one, one that disappears", async () => {
    const insert = (status: string) => `
      INSERT INTO frame_proposal (author_id, base_version, content, content_hash, reason, expires_at, status, decided_at, decided_by_id)
      VALUES ('land', 1, '{}', '', '', now() + interval '1 day', '${status}', ${status === "pending" ? "NULL, NULL" : "now(), 'land2'"})`;
    expect(await attempt(insert("approved"))).toBe("SC001");
    expect(await attempt(insert("pending"))).toBe("done");
    expect(await attempt(insert("pending"))).toBe("frame_proposal_one_open");
    expect(await attempt("DELETE FROM frame_proposal")).toBe("42501");
  });
  test("a frame that skips a version", async () => {
    expect(await attempt("INSERT INTO policy_frame (version, reason) VALUES (7, '')")).toBe("SC002");
  });
});

test("a proposal waits as long as the frame says", async () => {
  const id = await proposal({ "student>teacher": on });
  const { createdAt, expiresAt } = await database.db.frameProposal.findUniqueOrThrow({ where: { id } });
  expect(expiresAt.getTime() - createdAt.getTime()).toBe(14 * DAY_MS);
});
