// What the calendar does on its own, on a real database: requests end when their time is over, once, and on record.
import { describe, expect, test } from "vitest";
import { code, DAY_MS, preparePolicyWorld } from "#test/policy-world.ts";
import { followCalendar, type CalendarStep } from "./calendar.ts";

const world = preparePolicyWorld();
const { pendingRequest, approve, statusOf, audit, auditTypes, submit } = world;
const follow = (days: number, steps?: readonly CalendarStep[]) =>
  followCalendar(world.tools, new Date(Date.now() + days * DAY_MS), new AbortController().signal, steps);

describe("requests whose time is over", () => {
  test("are marked as expired by the system, once, and nobody approves them any more", async () => {
    const requestId = await pendingRequest();
    await follow(13);
    expect(await statusOf(requestId)).toBe("pending");
    await Promise.all([follow(15), follow(15)]);
    await follow(16);
    expect(await statusOf(requestId)).toBe("expired");
    expect(await auditTypes()).toEqual(["firstVersion", "requestSubmitted", "requestExpired"]);
    expect((await audit()).at(-1)).toMatchObject({ actorId: null, actorRole: "system", outcome: "done" });
    expect(code(await approve(world.at.manager, requestId))).toBe("requestDecided");
  });
  test("that were decided before are left as they are", async () => {
    const requestId = await pendingRequest();
    await approve(world.at.manager, requestId);
    await follow(15);
    expect(await statusOf(requestId)).toBe("approved");
  });
  test("approved at the same moment as they end: exactly one of the two", async () => {
    const requestId = await pendingRequest();
    const [answer] = await Promise.all([approve(world.at.manager, requestId), follow(15)]);
    expect([code(answer), await statusOf(requestId)]).toEqual(
      answer.ok ? ["ok", "approved"] : ["requestDecided", "expired"],
    );
  });
});

describe("a step that fails at one school", () => {
  test("keeps no other school and no other step waiting, and the job fails so that it is tried again", async () => {
    await submit(world.at.admin, { "teacher>student": false });
    const visited: string[] = [];
    const step = (name: string): CalendarStep => ({
      name,
      due: () => Promise.resolve(["first", "second"]),
      run: (_, schoolId) => {
        visited.push(`${name} ${schoolId}`);
        return schoolId === "first" ? Promise.reject(new Error("no")) : Promise.resolve();
      },
    });
    await expect(follow(0, [step("a"), step("b")])).rejects.toThrow(AggregateError);
    expect(visited).toEqual(["a first", "a second", "b first", "b second"]);
  });
});
