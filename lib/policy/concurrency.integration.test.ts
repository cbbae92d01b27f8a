// Several people at once, and parts that fail: one wins, nobody is overwritten, and version, audit entry and job stand or
// fall together.
import { describe, expect, test } from "vitest";
import { openDatabase } from "#lib/db/client.ts";
import { captureLog } from "#test/log-lines.ts";
import { code, REASON, preparePolicyWorld } from "#test/policy-world.ts";
import { submitChangeCommand } from "./commands.ts";

const world = preparePolicyWorld();
const { perform, submit, approve, reject, pendingRequest, isOn, audit, traces, withOwner } = world;

describe("at once", () => {
  test("the same change twice: one wins, the other learns that a newer version is in effect", async () => {
    const both = await Promise.all([
      submit(world.at.admin, { "teacher>student": false }),
      submit(world.at.admin, { "teacher>student": false }),
    ]);
    expect(both.map(code).sort()).toEqual(["ok", "staleVersion"]);
    expect(await world.database.db.policyVersion.count({ where: { schoolId: world.school } })).toBe(2);
  });
  test("the same sensitive opening twice: one request, with one part", async () => {
    const both = await Promise.all([
      submit(world.at.admin, { "student>student": true }),
      submit(world.at.admin, { "student>student": true }),
    ]);
    expect(both.map(code).sort()).toEqual(["nothingChanged", "ok"]);
    expect(await world.database.db.changeRequestPart.count({ where: { request: { schoolId: world.school } } })).toBe(1);
  });
  test("two administrators with different changes: nothing is overwritten silently", async () => {
    const both = await Promise.all([
      submit(world.at.admin, { "teacher>student": false }),
      submit(world.at.admin2, { "teacher>guardian": false }),
    ]);
    expect(both.map(code).sort()).toEqual(["ok", "staleVersion"]);
    expect([await isOn("teacher>student"), await isOn("teacher>guardian")].filter(Boolean)).toHaveLength(1);
  });
  test("two managers approve: one does, the other learns that it is decided", async () => {
    const requestId = await pendingRequest();
    const both = await Promise.all([approve(world.at.manager, requestId), approve(world.at.manager2, requestId)]);
    expect(both.map(code).sort()).toEqual(["ok", "requestDecided"]);
    expect(await world.database.db.policyVersion.count({ where: { schoolId: world.school } })).toBe(2);
  });
  test("one approves, one rejects, one changes something else: each gets a clear answer and the matrix fits the request", async () => {
    for (let round = 0; round < 8; round += 1) {
      const { currentVersion } = await world.database.db.school.findUniqueOrThrow({ where: { id: world.school } });
      const opened = await submit(
        world.at.admin,
        { "student>student": true, "student>secretariat": round % 2 === 0 },
        { baseVersion: currentVersion },
      );
      if (!opened.ok || opened.value.requestId === null || opened.value.versionNumber === null)
        throw new Error("no request");
      const { requestId, versionNumber } = opened.value;
      const [approved, rejected, changed] = await Promise.all([
        approve(world.at.manager, requestId),
        reject(world.at.manager2, requestId),
        submit(
          world.at.admin2,
          { "teacher>student": round % 2 === 0 ? false : true, "guardian>student": true },
          { baseVersion: versionNumber },
        ),
      ]);
      expect(["ok", "requestDecided", "requestChanged"]).toContain(code(approved));
      expect(["ok", "requestDecided"]).toContain(code(rejected));
      expect(["ok", "staleVersion"]).toContain(code(changed));
      expect(await isOn("student>student")).toBe(approved.ok);
      // clear up for the next round
      const { currentVersion: now } = await world.database.db.school.findUniqueOrThrow({ where: { id: world.school } });
      const open = await world.database.db.changeRequest.findFirst({
        where: { schoolId: world.school, status: "pending" },
      });
      if (open) await reject(world.at.manager, open.id);
      await submit(world.at.admin, { "student>student": false, "guardian>student": false }, { baseVersion: now });
    }
  });
});

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
          await submit(world.at.admin2, { "teacher>student": false, "guardian>student": true }),
          await approve(world.at.manager, requestId),
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
    const db = openDatabase(world.database.url.replace(/:\d+\//, ":1/"));
    const log = captureLog();
    try {
      const edits = [{ key: "teacher>student", allowed: false }];
      const input = { schoolId: world.school, baseVersion: 1, edits, reason: REASON };
      const result = await perform(submitChangeCommand, world.at.admin, input, { ...world.tools, db });
      expect(code(result)).toBe("unavailable");
      expect(log.linesWith(result.ok ? "-" : result.error.id)).not.toEqual([]);
    } finally {
      log.stop();
    }
    expect(await isOn("teacher>student")).toBe(true);
  });
});
