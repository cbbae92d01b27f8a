// The pages of the versions: every version with what it changed, any two compared, and a way back that is an ordinary
// change under the same rules. "Not yours" looks like "not there".
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { code, ELSEWHERE, REASON, preparePolicyWorld } from "#test/policy-world.ts";
import { lockOff } from "#test/frame-lock.ts";
import { addPerson, signIn } from "#test/school.ts";
import { addDays, schoolDay } from "./end-date.ts";
import { compareVersions, listVersions } from "./version-queries.ts";

const world = preparePolicyWorld();
const { idOf, submit, approve, pendingRequest, isOn } = world;

// the pages' one database client is this file's
beforeEach(() => {
  globalThis.schulchatDatabase = world.database.db;
});
afterAll(() => {
  globalThis.schulchatDatabase = undefined;
});

const toEdits = (edits: readonly { readonly key: string; readonly allowed: boolean }[]) =>
  Object.fromEntries(edits.map(({ key, allowed }) => [key, allowed]));

describe("the list", () => {
  test("names who, why, what, and who agreed, newest first", async () => {
    await submit(world.at.admin, { "teacher>student": false, "student>teacher": true });
    const requestId = await pendingRequest(world.at.admin, { "student>student": true }).catch(() => "");
    expect(requestId).toBe(""); // on a version that is over
    const result = await submit(world.at.admin, { "student>student": true }, { baseVersion: 2 });
    await approve(world.at.manager, result.ok ? (result.value.requestId ?? "") : "");
    const list = await listVersions(world.at.admin2, world.school);
    expect(list).toMatchObject({ currentVersion: 3, nextBefore: null });
    expect(list?.versions).toMatchObject([
      { number: 3, kind: "approval", authorName: expect.any(String) as string, changes: [{ key: "student>student" }] },
      {
        number: 2,
        kind: "change",
        reason: REASON,
        approverName: null,
        changes: [
          { key: "student>teacher", allowed: true },
          { key: "teacher>student", allowed: false },
        ],
      },
      { number: 1, kind: "initial", authorName: null, changes: [] },
    ]);
    expect(list?.versions[0]?.approverName).not.toBeNull();
  });

  test("is paged, and the last one of a page still says what it changed", async () => {
    for (let version = 1; version <= 26; version += 1) {
      await submit(world.at.admin, { "teacher>student": version % 2 === 0 }, { baseVersion: version });
    }
    const first = await listVersions(world.at.admin, world.school);
    expect(first?.versions).toHaveLength(25);
    expect(first?.versions.every(({ changes }) => changes.length === 1)).toBe(true);
    const rest = await listVersions(world.at.admin, world.school, { before: first?.nextBefore ?? 0 });
    expect(rest?.versions.map(({ number }) => number)).toEqual([2, 1]);
    expect(rest?.nextBefore).toBeNull();
  });

  test("tells the last day of an opening", async () => {
    const endsOn = addDays(schoolDay(new Date()), 10);
    await submit(world.at.admin, { "student>teacher": true }, { endsOn });
    const list = await listVersions(world.at.admin, world.school);
    expect(list?.versions[0]?.changes).toMatchObject([{ key: "student>teacher", endsOn }]);
  });
});

describe("comparing", () => {
  test("any two, in either direction, riskiest first", async () => {
    await submit(world.at.admin, { "teacher>student": false });
    const result = await submit(world.at.admin, { "student>student": true }, { baseVersion: 2 });
    await approve(world.at.manager, result.ok ? (result.value.requestId ?? "") : "");
    expect((await compareVersions(world.at.admin, world.school, 1, 3))?.cells).toMatchObject([
      { key: "student>student", allowed: true, sensitive: true },
      { key: "teacher>student", allowed: false },
    ]);
    expect((await compareVersions(world.at.admin, world.school, 3, 1))?.cells).toMatchObject([
      { key: "teacher>student", allowed: true },
      { key: "student>student", allowed: false },
    ]);
    expect(await compareVersions(world.at.admin, world.school, 2, 2)).toMatchObject({ cells: [] });
  });

  test("a version that is not there is not compared", async () => {
    expect(await compareVersions(world.at.admin, world.school, 1, 2)).toBeNull();
    expect(await compareVersions(world.at.admin, world.school, 0, 1)).toBeNull();
  });
});

describe("going back", () => {
  test("is an ordinary change: a sensitive opening waits again", async () => {
    await approve(world.at.manager, await pendingRequest());
    await submit(world.at.admin, { "student>student": false, "teacher>student": false }, { baseVersion: 2 });
    const [back] = (await compareVersions(world.at.admin, world.school, 2, 3))?.waysBack ?? [];
    expect(back).toMatchObject({ version: 2, skipped: [] });
    expect(await submit(world.at.admin, toEdits(back?.edits ?? []), { baseVersion: 3 })).toMatchObject({
      ok: true,
      value: { versionNumber: 4, requestId: expect.any(String) as string },
    });
    expect([await isOn("teacher>student"), await isOn("student>student")]).toEqual([true, false]);
  });

  test("skips and names what is locked now, so that the rest can be sent", async () => {
    await submit(world.at.admin, { "socialWork>teacher": false, "teacher>guardian": false });
    await lockOff(world.database.db, {
      school: world.school,
      landAdmin: idOf("land"),
      from: "socialWork",
      to: "teacher",
    });
    const [back] = (await compareVersions(world.at.admin, world.school, 1, 3))?.waysBack ?? [];
    expect(back).toMatchObject({
      edits: [{ key: "teacher>guardian", allowed: true }],
      skipped: [{ key: "socialWork>teacher", allowed: false }],
    });
    expect(code(await submit(world.at.admin, toEdits(back?.edits ?? []), { baseVersion: 3 }))).toBe("ok");
  });

  test("leads nowhere from the version in effect, and for people who only look", async () => {
    await submit(world.at.admin, { "teacher>student": false });
    expect((await compareVersions(world.at.admin, world.school, 2, 2))?.waysBack).toEqual([]);
    await addPerson(world.database.db, { id: idOf("support"), roles: {} });
    await world.database.db.consoleRoleGrant.create({ data: { personId: idOf("support"), role: "support" } });
    const support = await signIn(world.database.db, idOf("support"));
    expect(await compareVersions(support, world.school, 1, 2)).toMatchObject({ waysBack: [] });
  });
});

test("'not yours' looks like 'not there'", async () => {
  await submit(world.at.admin, { "teacher>student": false });
  await addPerson(world.database.db, { id: idOf("teacher"), roles: { [world.school]: ["teacher"] } });
  const teacher = await signIn(world.database.db, idOf("teacher"));
  for (const principal of [world.at.stranger, teacher]) {
    expect(await listVersions(principal, world.school)).toBeNull();
    expect(await compareVersions(principal, world.school, 1, 2)).toBeNull();
  }
  expect(await listVersions(world.at.stranger, "nowhere")).toBeNull();
  expect(await listVersions(world.at.stranger, ELSEWHERE)).not.toBeNull();
});
