// Four eyes in the database's own time (design §4.8, §4.9): who may approve when roles come and go, when the request is
// edited or too old, and when the state moves the frame meanwhile.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { performAction } from "#lib/action/perform-action.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { startTestDatabase, type TestDatabase } from "#test/database.ts";
import { code, DAY_MS, REASON, preparePolicyWorld } from "#test/policy-world.ts";
import { addPerson, addSchool, signIn } from "#test/school.ts";
import { approveRequestCommand, submitChangeCommand } from "./commands.ts";
import type { Role } from "./roles.ts";

const world = preparePolicyWorld();
const { idOf, submit, approve, reject, pendingRequest, isOn, statusOf, auditTypes, expectRefused } = world;
afterEach(() => {
  vi.useRealTimers();
});

describe("approver = author, in every way one can try", () => {
  test("the same person with a second session", async () => {
    const requestId = await pendingRequest(world.at.manager);
    const again = await signIn(world.database.db, idOf("manager"));
    expect(again.sessionId).not.toBe(world.at.manager.sessionId);
    await expectRefused(() => approve(again, requestId), "isAuthor");
    await expectRefused(() => reject(again, requestId), "isAuthor");
  });
  test("one person in both roles", async () => {
    await addPerson(world.database.db, {
      id: idOf("both"),
      roles: { [world.school]: ["orgAdmin", "schoolManagement"] },
    });
    const both = await signIn(world.database.db, idOf("both"));
    const requestId = await pendingRequest(both);
    await expectRefused(() => approve(both, requestId), "isAuthor");
  });
  test("the author of a part that was added to somebody else's request", async () => {
    const requestId = await pendingRequest();
    expect(code(await submit(world.at.manager, { "guardian>student": true }))).toBe("ok");
    await expectRefused(() => approve(world.at.manager, requestId), "isAuthor");
    await expectRefused(() => reject(world.at.manager, requestId), "isAuthor");
    expect(code(await approve(world.at.manager2, requestId))).toBe("ok");
    expect([await isOn("student>student"), await isOn("guardian>student")]).toEqual([true, true]);
  });
  test("an author who becomes a manager", async () => {
    const requestId = await pendingRequest();
    await gain(idOf("admin"), "schoolManagement", new Date("2020-01-01"));
    await expectRefused(async () => approve(await signIn(world.database.db, idOf("admin")), requestId), "isAuthor");
  });
});

const gain = async (personId: string, role: Role, since: Date) => {
  await world.database.db.affiliation.create({ data: { personId, schoolId: world.school, role, since } });
};
const lose = async (personId: string) => {
  await world.database.db.affiliation.deleteMany({ where: { personId, schoolId: world.school } });
};

describe("four eyes (design §4.8)", () => {
  test("an administrator's request needs a manager; a manager's another manager or an administrator", async () => {
    const byAdmin = await pendingRequest();
    await expectRefused(() => approve(world.at.admin2, byAdmin), "needsManagement");
    await reject(world.at.manager, byAdmin);
    const byManager = await pendingRequest(world.at.manager);
    expect(code(await approve(world.at.admin2, byManager))).toBe("ok");
  });
  test("a role gained after the request does not approve it, nor one younger than seven days", async () => {
    const requestId = await pendingRequest();
    for (const [who, since] of [
      ["late", new Date(Date.now() + 1_000)],
      ["new", new Date(Date.now() - 6 * DAY_MS)],
    ] as const) {
      await addPerson(world.database.db, { id: idOf(who), roles: { [world.school]: ["schoolManagement"] }, since });
      const principal = await signIn(world.database.db, idOf(who));
      await expectRefused(() => approve(principal, requestId), "roleTooYoung");
    }
  });
  test("an author who has lost the role, or has been locked, takes the request along", async () => {
    const requestId = await pendingRequest();
    await world.database.db.person.update({ where: { id: idOf("admin") }, data: { enabled: false } });
    await expectRefused(() => approve(world.at.manager, requestId), "authorLostRole");
    await world.database.db.person.update({ where: { id: idOf("admin") }, data: { enabled: true } });
    await lose(idOf("admin"));
    await expectRefused(() => approve(world.at.manager, requestId), "authorLostRole");
    expect(code(await reject(world.at.manager, requestId))).toBe("ok");
  });
  test("an approver who has lost the role since signing in, or has been locked or has left, approves nothing", async () => {
    const requestId = await pendingRequest();
    for (const gone of [{ enabled: false }, { leftAt: new Date() }]) {
      await world.database.db.person.update({ where: { id: idOf("manager") }, data: gone });
      await expectRefused(() => approve(world.at.manager, requestId), "noApprovalRole");
      await world.database.db.person.update({ where: { id: idOf("manager") }, data: { enabled: true, leftAt: null } });
    }
    await lose(idOf("manager"));
    await expectRefused(() => approve(world.at.manager, requestId), "noApprovalRole");
    await expectRefused(() => reject(world.at.manager, requestId), "noApprovalRole");
  });
  test("the sign-in is not older than five minutes", async () => {
    const requestId = await pendingRequest();
    const old = await signIn(world.database.db, idOf("manager"), new Date(Date.now() - 5 * 60_000 - 1_000));
    await expectRefused(() => approve(old, requestId), "signInTooOld");
    expect(code(await reject(old, requestId))).toBe("ok");
  });
  test("a request edited since it was shown is refused, and approved as it is now", async () => {
    const requestId = await pendingRequest();
    const shown = (await world.database.db.changeRequest.findUniqueOrThrow({ where: { id: requestId } })).contentHash;
    await submit(world.at.admin2, { "guardian>student": true });
    await expectRefused(() => approve(world.at.manager, requestId, { contentHash: shown }), "requestChanged");
    expect(code(await approve(world.at.manager, requestId))).toBe("ok");
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
    const result = await approve(world.at.manager, requestId);
    expect(code(result)).toBe("requestExpired");
    expect([await statusOf(requestId), await isOn("student>student")]).toEqual(["expired", false]);
    expect(await auditTypes()).toEqual(["firstVersion", "requestSubmitted", "requestExpired", "actionRefused"]);
  });
  test("takes no further opening: that begins a request of its own", async () => {
    const old = await oldRequest();
    const fresh = await pendingRequest(world.at.admin2, { "student>student": true, "guardian>student": true });
    expect(fresh).not.toBe(old);
    expect(await statusOf(old)).toBe("expired");
    expect(code(await approve(world.at.manager, fresh))).toBe("ok");
    expect(await auditTypes()).toEqual([
      "firstVersion",
      "requestSubmitted",
      "requestExpired",
      "requestSubmitted",
      "requestApproved",
    ]);
  });
});

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
    // taking a lock away needs two state administrators
    if (!locked) {
      await own.db.$executeRaw`
        INSERT INTO frame_proposal (author_id, base_version, content, content_hash, reason, expires_at)
        SELECT 'land', max(version), '{"cells": {"student>student": {"allowed": false, "locked": false, "sensitive": true}}}',
          '', 'Erlass', now() + interval '1 day' FROM policy_frame`;
      await own.db.$executeRaw`
        UPDATE frame_proposal SET status = 'approved', decided_at = now(), decided_by_id = 'land2' WHERE status = 'pending'`;
    }
    await own.db.$executeRaw`
      INSERT INTO policy_frame (version, reason, author_id, approved_by_id)
      SELECT max(version) + 1, 'Erlass', 'land', ${locked ? null : "land2"} FROM policy_frame`;
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
    for (const id of ["land", "land2"]) {
      await addPerson(own.db, { id, roles: {} });
      await own.db.consoleRoleGrant.create({
        data: { personId: id, role: "landAdmin", grantedAt: new Date("2020-08-01T00:00:00Z") },
      });
    }
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
