// Another last day for an opening that is in effect: earlier at once, later only with a second person, by the commands
// and by the database. On a real PostgreSQL with the application's rights.
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { lockOff } from "#test/frame-lock.ts";
import { code, preparePolicyWorld } from "#test/policy-world.ts";
import { addDays, fromDay, schoolDay, type Day } from "./end-date.ts";
import { getChangeSummary, getRequest } from "./queries.ts";
import { getRequestRecord } from "./record.ts";
import { listVersions } from "./version-queries.ts";

const world = preparePolicyWorld();
const { idOf, submit, approve, isOn, statusOf, audit, expectRefused, withOwner } = world;

// the pages' one database client is this file's
beforeEach(() => {
  globalThis.schulchatDatabase = world.database.db;
});
afterAll(() => {
  globalThis.schulchatDatabase = undefined;
});

const today = schoolDay(new Date());
const [SOON, LAST_DAY, LATER] = [addDays(today, 5), addDays(today, 30), addDays(today, 60)];
const SENSITIVE = "student>student";
const HARMLESS = "student>teacher";

const changeEnd = (key: string, endsOn: Day | null, baseVersion: number, who = world.at.admin) =>
  submit(who, {}, { ends: [key], endsOn, baseVersion });
const newest = async () =>
  await world.database.db.policyVersion.findFirstOrThrow({
    where: { schoolId: world.school },
    orderBy: { number: "desc" },
  });
const cellEnd = async (toTarget: "student" | "teacher") =>
  (
    await world.database.db.policyCell.findUniqueOrThrow({
      where: { schoolId_fromRole_toTarget: { schoolId: world.school, fromRole: "student", toTarget } },
    })
  ).endsOn;

/** Pupil-to-pupil chat with a last day, by two persons: version 2. */
async function openSensitive(endsOn: Day | null = LAST_DAY): Promise<void> {
  const result = await submit(world.at.admin, { [SENSITIVE]: true }, { endsOn });
  expect(code(await approve(world.at.manager, result.ok ? (result.value.requestId ?? "") : ""))).toBe("ok");
}
async function requestLater(endsOn: Day | null = LATER): Promise<string> {
  const result = await changeEnd(SENSITIVE, endsOn, 2);
  expect(result).toMatchObject({ ok: true, value: { versionNumber: null } });
  return result.ok ? (result.value.requestId ?? "") : "";
}

describe("an earlier last day", () => {
  test("of a sensitive opening counts at once, in cell, version, log and the list of versions", async () => {
    await openSensitive();
    expect(code(await changeEnd(SENSITIVE, SOON, 2))).toBe("ok");
    expect([await cellEnd("student"), (await newest()).endings]).toEqual([fromDay(SOON), { [SENSITIVE]: SOON }]);
    expect(JSON.parse((await audit()).at(-1)?.payload?.payload ?? "")).toMatchObject({
      type: "policyChanged",
      edits: [],
      ends: [SENSITIVE],
      endsOn: SOON,
    });
    const list = await listVersions(world.at.admin, world.school);
    expect(list?.versions[0]?.changes).toMatchObject([{ key: SENSITIVE, endsOn: SOON, formerEnd: { day: LAST_DAY } }]);
  });

  test("a first one as well; and nothing of it can be sent twice", async () => {
    await openSensitive(null);
    expect(code(await changeEnd(SENSITIVE, SOON, 2))).toBe("ok");
    expect(code(await changeEnd(SENSITIVE, SOON, 3))).toBe("nothingChanged");
  });
});

describe("a later last day, or none", () => {
  test.each([LATER, null])("%s: of a sensitive opening waits, and is in effect when approved", async (endsOn) => {
    await openSensitive();
    const summary = await getChangeSummary(world.at.admin, world.school, 2, [], {
      cells: [{ from: "student", to: "student" }],
      endsOn,
    });
    expect(summary?.items).toMatchObject([{ key: SENSITIVE, waits: true, endsOn, formerEnd: { day: LAST_DAY } }]);
    const requestId = await requestLater(endsOn);
    expect(await cellEnd("student")).toEqual(fromDay(LAST_DAY));
    expect((await getRequest(world.at.manager, world.school, requestId))?.items).toMatchObject([
      { key: SENSITIVE, endsOn, formerEnd: { day: LAST_DAY } },
    ]);
    expect(code(await approve(world.at.manager, requestId))).toBe("ok");
    expect(await cellEnd("student")).toEqual(endsOn && fromDay(endsOn));
    expect((await newest()).endings).toEqual(endsOn === null ? {} : { [SENSITIVE]: endsOn });
    expect((await getRequestRecord(world.at.admin, world.school, requestId))?.items).toMatchObject([
      { key: SENSITIVE, endsOn, formerEnd: { day: LAST_DAY } },
    ]);
  });

  test("of another opening needs nobody", async () => {
    await submit(world.at.admin, { [HARMLESS]: true }, { endsOn: LAST_DAY });
    expect(await changeEnd(HARMLESS, null, 2)).toMatchObject({
      ok: true,
      value: { versionNumber: 3, requestId: null },
    });
    expect(await cellEnd("teacher")).toBeNull();
  });

  test("is void once somebody has meanwhile made the end earlier: that person's word stays", async () => {
    await openSensitive();
    const requestId = await requestLater();
    await changeEnd(SENSITIVE, SOON, 2, world.at.admin2);
    expect((await getRequest(world.at.manager, world.school, requestId))?.since?.overtaken).toEqual([SENSITIVE]);
    expect(code(await approve(world.at.manager, requestId))).toBe("requestVoid");
    expect([await statusOf(requestId), await cellEnd("student")]).toEqual(["void", fromDay(SOON)]);
  });

  test("is void once the cell is closed: extending never opens", async () => {
    await openSensitive();
    const requestId = await requestLater();
    await submit(world.at.admin2, { [SENSITIVE]: false }, { baseVersion: 2 });
    expect(code(await approve(world.at.manager, requestId))).toBe("requestVoid");
    expect(await isOn(SENSITIVE)).toBe(false);
  });
});

describe("a last day is refused", () => {
  test("for a cell that the school has not opened, or that is open by the state's default", async () => {
    await expectRefused(() => changeEnd(SENSITIVE, SOON, 1), "endDateNotPossible");
    await expectRefused(() => changeEnd("teacher>student", SOON, 1), "endDateNotPossible");
  });
  test("in the past, and for a cell that is switched by the same change", async () => {
    await openSensitive();
    await expectRefused(() => changeEnd(SENSITIVE, today, 2), "endDateNotPossible");
    const both = { ends: [SENSITIVE], endsOn: SOON, baseVersion: 2 };
    expect(code(await submit(world.at.admin, { [SENSITIVE]: false }, both))).toBe("invalidInput");
    expect(code(await submit(world.at.admin, {}, { baseVersion: 2 }))).toBe("invalidInput");
  });
  test("on a version that is not the newest", async () => {
    await openSensitive();
    await expectRefused(() => changeEnd(SENSITIVE, SOON, 1), "staleVersion");
  });
});

test("what a decision kept is not changed, and nothing is kept without a decision", async () => {
  const result = await submit(world.at.admin, { [SENSITIVE]: true });
  const id = result.ok ? (result.value.requestId ?? "") : "";
  const keep = async () =>
    await world.database.db.changeRequest.update({ where: { id }, data: { decidedItems: [] } }).then(
      () => "done",
      () => "refused",
    );
  expect(await keep()).toBe("refused");
  await approve(world.at.manager, id);
  expect(await keep()).toBe("refused");
});

describe("the database lets no sensitive opening last longer than approved", () => {
  const refusedWith = async (sql: string, values: readonly unknown[]) =>
    await withOwner(async (owner) => {
      const result: unknown = await owner.query(sql, [...values]).catch((error: unknown) => error);
      return result instanceof Error && "code" in result ? result.code : "done";
    });
  const nextVersion = (endings: object) =>
    refusedWith(
      `INSERT INTO policy_version (school_id, number, kind, cells, frame_version, reason, author_id, endings)
       SELECT school_id, number + 1, 'change', cells, frame_version, 'x', author_id, $2
       FROM policy_version WHERE school_id = $1 ORDER BY number DESC LIMIT 1`,
      [world.school, endings],
    );
  const setCellEnd = (endsOn: Day | null) =>
    refusedWith("UPDATE policy_cell SET ends_on = $2::date WHERE school_id = $1 AND from_role = 'student'", [
      world.school,
      endsOn,
    ]);

  test("in a version", async () => {
    await openSensitive();
    for (const endings of [{}, { [SENSITIVE]: LATER }]) expect(await nextVersion(endings)).toBe("SC004");
    expect(await nextVersion({ [SENSITIVE]: SOON })).toBe("done");
  });
  test("in the school's cell, by which the calendar closes", async () => {
    await openSensitive();
    for (const endsOn of [null, LATER]) expect(await setCellEnd(endsOn)).toBe("SC004");
    expect(await setCellEnd(SOON)).toBe("done");
  });
  test("by an approval of a shorter time", async () => {
    const result = await submit(world.at.admin, { [SENSITIVE]: true }, { endsOn: LAST_DAY });
    const requestId = result.ok ? result.value.requestId : null;
    const manager = idOf("manager");
    await refusedWith(
      "UPDATE change_request SET status = 'approved', decided_at = now(), decided_by_id = $2 WHERE id = $1",
      [requestId, manager],
    );
    const approved = (endings: object) =>
      refusedWith(
        `INSERT INTO policy_version (school_id, number, kind, cells, frame_version, reason, author_id, approved_by_id, request_id, endings)
         SELECT school_id, number + 1, 'approval', overlay(cells placing 'S' from cell_position('student', 'student') for 1),
           frame_version, 'x', $4, $3, $2, $5
         FROM policy_version WHERE school_id = $1 ORDER BY number DESC LIMIT 1`,
        [world.school, requestId, manager, idOf("admin"), endings],
      );
    expect(await approved({})).toBe("SC004");
    expect(await approved({ [SENSITIVE]: LATER })).toBe("SC004");
    expect(await approved({ [SENSITIVE]: LAST_DAY })).toBe("done");
  });
  // last, because the frame is everybody's
  test("nor while the state has locked the cell", async () => {
    await openSensitive();
    await lockOff(world.database.db, { school: world.school, landAdmin: idOf("land"), from: "student", to: "student" });
    expect(await nextVersion({})).toBe("SC004");
    expect(await nextVersion({ [SENSITIVE]: LAST_DAY })).toBe("done");
    await expectRefused(() => changeEnd(SENSITIVE, SOON, 4), "cellLocked");
  });
});
