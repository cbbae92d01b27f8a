// Openings with a last day: chosen with the change, in effect until that day's midnight, closed by nobody's version, and
// by the database's word only ever closed. On a real PostgreSQL with the application's rights.
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { lockOff } from "#test/frame-lock.ts";
import { code, preparePolicyWorld } from "#test/policy-world.ts";
import { followCalendar } from "./calendar.ts";
import { addDays, fromDay, schoolDay, toDay } from "./end-date.ts";
import { endOpenings, schoolsWithEndedOpenings } from "./ending.ts";
import { getChangeSummary, getMatrix, getRequest } from "./queries.ts";
import { parseCellKey } from "./roles.ts";

const world = preparePolicyWorld();
const { idOf, submit, approve, pendingRequest, isOn, statusOf, audit, auditTypes, jobCount, expectRefused, withOwner } =
  world;

// the pages' one database client is this file's
beforeEach(() => {
  globalThis.schulchatDatabase = world.database.db;
});
afterAll(() => {
  globalThis.schulchatDatabase = undefined;
});

const today = schoolDay(new Date());
const LAST_DAY = addDays(today, 30);
/** Noon of a day after the last one. */
const after = (days: number) => new Date(fromDay(addDays(LAST_DAY, days)).getTime() + 12 * 3_600_000);

const endHere = (now: Date) => endOpenings(world.tools, world.school, now);
const ownCell = async (key: string) => {
  const cell = parseCellKey(key);
  if (!cell) throw new RangeError(key);
  return await world.database.db.policyCell.findUnique({
    where: { schoolId_fromRole_toTarget: { schoolId: world.school, fromRole: cell.from, toTarget: cell.to } },
  });
};
const isDue = async (now: Date) => (await schoolsWithEndedOpenings(world.database.db, now, 500)).includes(world.school);
const newestVersion = async () =>
  await world.database.db.policyVersion.findFirstOrThrow({
    where: { schoolId: world.school },
    orderBy: { number: "desc" },
  });

/** A harmless opening that ends, and a closing beside it. */
async function openUntil(lastDay: string): Promise<void> {
  const edits = { "student>teacher": true, "teacher>student": false };
  expect(code(await submit(world.at.admin, edits, { endsOn: lastDay }))).toBe("ok");
}

describe("a last day", () => {
  test("is stored with the opening alone, in the version and in the audit log, and shown in the matrix", async () => {
    await openUntil(LAST_DAY);
    expect(await ownCell("student>teacher")).toMatchObject({ allowed: true, endsOn: fromDay(LAST_DAY) });
    expect(await ownCell("teacher>student")).toMatchObject({ allowed: false, endsOn: null });
    expect((await newestVersion()).endings).toEqual({ "student>teacher": LAST_DAY });
    expect(JSON.parse((await audit()).at(-1)?.payload?.payload ?? "")).toMatchObject({ endsOn: LAST_DAY });
    const matrix = await getMatrix(world.at.admin, world.school);
    expect(matrix?.cells.filter(({ endsOn }) => endsOn !== null)).toMatchObject([
      { key: "student>teacher", endsOn: LAST_DAY },
    ]);
  });

  test.each([
    ["today", today],
    ["the past", addDays(today, -1)],
    ["more than 400 days ahead", addDays(today, 401)],
  ])("in %s is refused with the whole change", async (_, endsOn) => {
    await expectRefused(() => submit(world.at.admin, { "student>teacher": true }, { endsOn }), "endDateNotPossible");
  });

  test("of a change that opens nothing is refused", async () => {
    await expectRefused(
      () => submit(world.at.admin, { "teacher>student": false }, { endsOn: LAST_DAY }),
      "endDateNotPossible",
    );
  });

  test("that is no day is no input", async () => {
    for (const endsOn of ["2027-02-30", "soon", 20_270_131, {}]) {
      expect(code(await submit(world.at.admin, { "student>teacher": true }, { endsOn }))).toBe("invalidInput");
    }
  });

  test("goes when the school closes the cell, and with a new opening without one", async () => {
    await openUntil(LAST_DAY);
    await submit(world.at.admin, { "student>teacher": false }, { baseVersion: 2 });
    expect(await ownCell("student>teacher")).toMatchObject({ allowed: false, endsOn: null });
    await submit(world.at.admin, { "student>teacher": true }, { baseVersion: 3 });
    expect(await ownCell("student>teacher")).toMatchObject({ allowed: true, endsOn: null });
    expect((await newestVersion()).endings).toEqual({});
  });

  test("stays when something else changes", async () => {
    await openUntil(LAST_DAY);
    await submit(world.at.admin, { "teacher>guardian": false }, { baseVersion: 2 });
    expect((await newestVersion()).endings).toEqual({ "student>teacher": LAST_DAY });
  });
});

describe("a last day of a request", () => {
  const request = async (endsOn: string) => {
    const result = await submit(world.at.admin, { "student>student": true }, { endsOn });
    return result.ok ? (result.value.requestId ?? "") : "";
  };

  test("is part of what is approved, and takes effect with the approval", async () => {
    const requestId = await request(LAST_DAY);
    const view = await getRequest(world.at.manager, world.school, requestId);
    expect(view?.parts).toMatchObject([{ endsOn: LAST_DAY }]);
    expect(view?.items).toMatchObject([{ key: "student>student", endsOn: LAST_DAY }]);
    expect(code(await approve(world.at.manager, requestId))).toBe("ok");
    expect(await ownCell("student>student")).toMatchObject({ allowed: true, endsOn: fromDay(LAST_DAY) });
    expect((await newestVersion()).endings).toEqual({ "student>student": LAST_DAY });
  });

  test("belongs to its own part alone", async () => {
    const requestId = await request(LAST_DAY);
    await submit(world.at.admin2, { "guardian>student": true });
    expect(code(await approve(world.at.manager, requestId))).toBe("ok");
    expect((await newestVersion()).endings).toEqual({ "student>student": LAST_DAY });
    expect(await isOn("guardian>student")).toBe(true);
  });

  test("that is over before anybody approves leaves nothing to open: the request is void", async () => {
    const requestId = await request(addDays(today, 1));
    await withOwner(async (owner) => {
      await owner.query("ALTER TABLE change_request_part DISABLE TRIGGER written_once");
      await owner.query(
        "UPDATE change_request_part SET ends_on = $1, created_at = created_at - interval '5 days' WHERE request_id = $2",
        [addDays(today, -1), requestId],
      );
      await owner.query("ALTER TABLE change_request_part ENABLE TRIGGER written_once");
    });
    expect(code(await approve(world.at.manager, requestId))).toBe("requestVoid");
    expect([await statusOf(requestId), await isOn("student>student")]).toEqual(["void", false]);
  });
});

describe("when the last day is over", () => {
  test("the calendar closes the opening: version, audit entry and job stand together", async () => {
    await openUntil(LAST_DAY);
    const jobs = await jobCount();
    await endHere(after(0));
    expect([await isOn("student>teacher"), await isDue(after(0))]).toEqual([true, false]);
    expect(await isDue(after(1))).toBe(true);
    await followCalendar(world.tools, after(1), new AbortController().signal);
    expect([await isOn("student>teacher"), await isDue(after(1))]).toEqual([false, false]);
    expect(await ownCell("student>teacher")).toMatchObject({ allowed: false, endsOn: null });
    expect(await newestVersion()).toMatchObject({ number: 3, kind: "expiry", authorId: null, endings: {} });
    expect((await auditTypes()).at(-1)).toBe("openingEnded");
    expect((await audit()).at(-1)).toMatchObject({ actorId: null, actorRole: "system", outcome: "done" });
    // the job of the change still waits, and one a key is enough
    expect(await jobCount()).toBe(jobs);
  });

  test("once is enough", async () => {
    await openUntil(LAST_DAY);
    await endHere(after(1));
    await endHere(after(2));
    expect((await newestVersion()).number).toBe(3);
  });

  test("what the school has meanwhile closed, or opened for good, is left alone", async () => {
    await openUntil(LAST_DAY);
    await submit(world.at.admin, { "student>teacher": false }, { baseVersion: 2 });
    await submit(world.at.admin, { "student>teacher": true }, { baseVersion: 3 });
    await endHere(after(1));
    expect([await isOn("student>teacher"), (await newestVersion()).number]).toEqual([true, 4]);
  });

  test("under a lock nothing changes in effect, and the opening does not come back with the lock's end", async () => {
    await submit(world.at.admin, { "student>socialWork": true }, { endsOn: LAST_DAY });
    await lockOff(world.database.db, {
      school: world.school,
      landAdmin: idOf("land"),
      from: "student",
      to: "socialWork",
    });
    expect((await newestVersion()).endings).toEqual({ "student>socialWork": LAST_DAY });
    await endHere(after(1));
    expect(await newestVersion()).toMatchObject({ number: 3, kind: "frame" });
    expect(await ownCell("student>socialWork")).toMatchObject({ allowed: false, endsOn: null });
    expect((await auditTypes()).at(-1)).toBe("openingEnded");
    expect(await isDue(after(1))).toBe(false);
  });

  test("two workers at once close it once", async () => {
    await openUntil(LAST_DAY);
    await Promise.all([endHere(after(1)), endHere(after(1)), endHere(after(1))]);
    expect((await newestVersion()).number).toBe(3);
    expect((await auditTypes()).filter((type) => type === "openingEnded")).toHaveLength(1);
  });

  test("a draft of before is told what has ended", async () => {
    await openUntil(LAST_DAY);
    await endHere(after(1));
    const edits = [{ cell: { from: "student", to: "teacher" } as const, allowed: false }];
    expect(await getChangeSummary(world.at.admin, world.school, 2, edits)).toMatchObject({
      currentVersion: 3,
      conflicts: ["student>teacher"],
    });
  });

  test("a sensitive opening does not come back without a new approval", async () => {
    const result = await submit(world.at.admin, { "student>student": true }, { endsOn: LAST_DAY });
    await approve(world.at.manager, result.ok ? (result.value.requestId ?? "") : "");
    await endHere(after(1));
    expect(await isOn("student>student")).toBe(false);
    expect(await submit(world.at.admin, { "student>student": true }, { baseVersion: 3 })).toMatchObject({
      ok: true,
      value: { versionNumber: null },
    });
    expect(await isOn("student>student")).toBe(false);
  });
});

describe("the database refuses, whoever asks", () => {
  const insertExpiry = async (cells: (current: string) => string, authorId: string | null = null) => {
    const { policyCells, currentVersion } = await world.database.db.school.findUniqueOrThrow({
      where: { id: world.school },
    });
    return await world.database.db.policyVersion.create({
      data: {
        schoolId: world.school,
        number: currentVersion + 1,
        kind: "expiry",
        cells: cells(policyCells ?? ""),
        frameVersion: (await newestVersion()).frameVersion,
        authorId,
        reason: "",
      },
    });
  };

  test("a version of the calendar that opens a cell, or undoes a closing", async () => {
    await openUntil(LAST_DAY);
    await expect(insertExpiry((cells) => cells.replace("s", "S"))).rejects.toThrow(/only closes/);
    await expect(insertExpiry((cells) => cells.replace("s", "D"))).rejects.toThrow(/only closes|contradicts/);
    await expect(insertExpiry((cells) => cells.replace("D", "s"))).rejects.toThrow(/only closes/);
  });
  test("one that names an author", async () => {
    await openUntil(LAST_DAY);
    await expect(insertExpiry((cells) => cells.replace("S", "s"), idOf("admin"))).rejects.toThrow(/no person/);
  });
  test("a last day of a closed cell", async () => {
    await openUntil(LAST_DAY);
    await expect(
      world.database.db.policyCell.updateMany({
        where: { schoolId: world.school, allowed: false },
        data: { endsOn: fromDay(LAST_DAY) },
      }),
    ).rejects.toThrow(/only_openings_end/);
  });
  test.each([0, -1, 401])("a request's last day %i days ahead", async (days) => {
    const requestId = await pendingRequest();
    await expect(
      world.database.db.changeRequestPart.create({
        data: {
          requestId,
          authorId: idOf("admin2"),
          authorRole: "orgAdmin",
          cells: ["guardian>student"],
          reason: "",
          baseVersion: 1,
          endsOn: fromDay(addDays(toDay(fromDay(schoolDay(new Date()))), days)),
        },
      }),
    ).rejects.toThrow(/part_ends_in_time/);
  });
});
