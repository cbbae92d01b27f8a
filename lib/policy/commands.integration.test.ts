// Changing who may contact whom, through everything that an action passes: input, the resource's school, the right, one
// transaction with change, audit entry and job. On a real PostgreSQL with the application's rights.
import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { STATE_SCOPE } from "#lib/audit/events.ts";
import { code, ELSEWHERE, REASON, preparePolicyWorld } from "#test/policy-world.ts";
import { addPerson, signIn } from "#test/school.ts";
import { approveRequestCommand, rejectRequestCommand, submitChangeCommand } from "./commands.ts";
import { CELLS, cellKey, type Role } from "./roles.ts";

const world = preparePolicyWorld();
const {
  idOf,
  perform,
  submit,
  approve,
  reject,
  pendingRequest,
  isOn,
  statusOf,
  audit,
  auditTypes,
  jobCount,
  traces,
  expectRefused,
} = world;

describe("a change", () => {
  test("that is not sensitive is in effect at once: version, audit entry and job stand together", async () => {
    expect(await submit(world.at.admin, { "teacher>student": false, "student>teacher": true })).toEqual({
      ok: true,
      value: { versionNumber: 2, requestId: null },
    });
    expect([await isOn("teacher>student"), await isOn("student>teacher")]).toEqual([false, true]);
    expect(await auditTypes()).toEqual(["firstVersion", "policyChanged"]);
    expect((await audit()).at(-1)).toMatchObject({ actorId: idOf("admin"), actorRole: "orgAdmin", outcome: "done" });
    expect(await jobCount()).toBe(1);
    expect(
      await world.database.db.policyVersion.findFirst({ where: { schoolId: world.school, number: 2 } }),
    ).toMatchObject({
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
    expect(await approve(world.at.manager, requestId)).toEqual({ ok: true, value: { versionNumber: 2 } });
    expect(await isOn("student>student")).toBe(true);
    expect([await jobCount(), await auditTypes()]).toEqual([
      1,
      ["firstVersion", "requestSubmitted", "requestApproved"],
    ]);
    expect(
      await world.database.db.policyVersion.findFirst({ where: { schoolId: world.school, number: 2 } }),
    ).toMatchObject({
      kind: "approval",
      authorId: idOf("admin"),
      approvedById: idOf("manager"),
      requestId,
    });
  });

  test("is split: closings and harmless openings at once, sensitive openings wait", async () => {
    const result = await submit(world.at.admin, {
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
    expect(code(await approve(world.at.manager, requestId))).toBe("ok");
  });

  test("turning a sensitive cell off never waits", async () => {
    await approve(world.at.manager, await pendingRequest());
    expect(await submit(world.at.admin, { "student>student": false }, { baseVersion: 2 })).toMatchObject({
      ok: true,
      value: { requestId: null },
    });
    expect(await isOn("student>student")).toBe(false);
  });

  test("ordinary changes stay possible while a request waits, and do not make it void", async () => {
    const requestId = await pendingRequest();
    expect(code(await submit(world.at.manager2, { "teacher>student": false }))).toBe("ok");
    expect(code(await approve(world.at.manager, requestId))).toBe("ok");
    expect([await isOn("student>student"), await isOn("teacher>student")]).toEqual([true, false]);
  });

  test("rejected, opens nothing and says so", async () => {
    const requestId = await pendingRequest();
    expect(await reject(world.at.manager, requestId)).toMatchObject({ ok: true });
    expect([await statusOf(requestId), await isOn("student>student")]).toEqual(["rejected", false]);
    expect(await auditTypes()).toEqual(["firstVersion", "requestSubmitted", "requestRejected"]);
    await expectRefused(() => approve(world.at.manager, requestId), "requestDecided");
  });
});

describe("a change is refused, leaves nothing and is on record", () => {
  test("on a version that is no longer in effect", async () => {
    await submit(world.at.admin, { "teacher>student": false });
    await expectRefused(() => submit(world.at.admin2, { "teacher>guardian": false }), "staleVersion");
    await expectRefused(
      () => submit(world.at.admin2, { "teacher>guardian": false }, { baseVersion: 99 }),
      "staleVersion",
    );
  });
  test("with a locked cell in a request made by hand, and the rest of it with it", async () => {
    await expectRefused(
      () => submit(world.at.admin, { "student>groups": false, "teacher>student": false, "student>student": true }),
      "cellLocked",
    );
    await expectRefused(() => submit(world.at.admin, { "student>groups": true }), "cellLocked");
  });
  test("that changes nothing", async () => {
    await expectRefused(() => submit(world.at.admin, { "teacher>student": true }), "nothingChanged");
    await pendingRequest();
    await expectRefused(() => submit(world.at.admin2, { "student>student": true }), "nothingChanged");
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
      () => submit(world.at.admin, { "student>teacher": true }, overrides as object),
      "invalidInput",
      STATE_SCOPE,
    );
  });
  test.each([null, undefined, "text", 7, [], { schoolId: { $ne: "" } }])("made of %j", async (input) => {
    await expectRefused(() => perform(submitChangeCommand, world.at.admin, input), "invalidInput", STATE_SCOPE);
    await expectRefused(() => perform(approveRequestCommand, world.at.manager, input), "invalidInput", STATE_SCOPE);
    await expectRefused(() => perform(rejectRequestCommand, world.at.manager, input), "invalidInput", STATE_SCOPE);
  });
});

describe("another school's ids: 'not yours' looks like 'not there'", () => {
  test("in every action, alone and mixed with one's own school", async () => {
    const requestId = await pendingRequest();
    const contentHash = (await world.database.db.changeRequest.findUniqueOrThrow({ where: { id: requestId } }))
      .contentHash;
    for (const schoolId of [world.school, ELSEWHERE, "nowhere"]) {
      await expectRefused(
        () => approve(world.at.stranger, requestId, { schoolId, contentHash }),
        "notFound",
        STATE_SCOPE,
      );
      await expectRefused(() => reject(world.at.stranger, requestId, { schoolId }), "notFound", STATE_SCOPE);
    }
    await expectRefused(() => submit(world.at.stranger, { "teacher>student": false }), "notFound", STATE_SCOPE);
    await expectRefused(
      () => submit(world.at.stranger, { "teacher>student": false }, { schoolId: "nowhere" }),
      "notFound",
      STATE_SCOPE,
    );
    await expectRefused(
      () => approve(world.at.stranger, randomUUID(), { schoolId: ELSEWHERE }),
      "notFound",
      STATE_SCOPE,
    );
    await expectRefused(
      () => reject(world.at.stranger, randomUUID(), { schoolId: ELSEWHERE }),
      "notFound",
      STATE_SCOPE,
    );
    // one's own request under another school's name
    await expectRefused(() => approve(world.at.manager, requestId, { schoolId: ELSEWHERE }), "notFound", STATE_SCOPE);
    expect(await statusOf(requestId)).toBe("pending");
    const told = (await audit(STATE_SCOPE)).map(({ payload }) => payload?.payload ?? "").join();
    for (const foreign of [world.school, requestId, REASON, "student>student"]) expect(told).not.toContain(foreign);
  });

  test("for who belongs to both schools only as a teacher here", async () => {
    await addPerson(world.database.db, {
      id: idOf("mixed"),
      roles: { [world.school]: ["teacher"], [ELSEWHERE]: ["orgAdmin"] },
    });
    const mixed = await signIn(world.database.db, idOf("mixed"));
    await expectRefused(() => submit(mixed, { "teacher>student": false }), "notFound", STATE_SCOPE);
  });

  test.each(["support", "landAdmin"] as const)("for %s, who only look", async (role) => {
    await addPerson(world.database.db, { id: idOf(role), roles: {} });
    await world.database.db.consoleRoleGrant.create({ data: { personId: idOf(role), role } });
    const staff = await signIn(world.database.db, idOf(role));
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
      await addPerson(world.database.db, { id: idOf(role), roles: { [world.school]: [role] } });
      const someone = await signIn(world.database.db, idOf(role));
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
