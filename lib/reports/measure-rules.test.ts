// Guarantee: a preview offers nothing outside of the case, and nothing that stands already.
import { describe, expect, test } from "vitest";
import { confirmBy, isInForce, measureOptions, type CaseFacts, type MeasureKind } from "./measure-rules.ts";
import { mediaOf } from "./media.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
const facts: CaseFacts = {
  roomId: "!r:x",
  roomName: "7b",
  isManagedRoom: false,
  memberCount: 12,
  reportedUserId: "@u-b:x",
  isReportedOurs: true,
  reporterUserIds: ["@u-a:x"],
  events: [
    { id: "$1", media: 2 },
    { id: "$2", media: null },
  ],
  hasVerifiedReport: true,
  measures: [],
  isSuspended: false,
  isLocked: false,
  isRemoved: false,
};
const option = (kind: MeasureKind, changed: Partial<CaseFacts> = {}) =>
  measureOptions({ ...facts, ...changed }).find((one) => one.kind === kind);

describe("what is possible", () => {
  test.each<[MeasureKind, Partial<CaseFacts>, string | null]>([
    ["warn", {}, null],
    ["warn", { hasVerifiedReport: false }, "notVerified"],
    ["suspend", { reportedUserId: null }, "nobodyReported"],
    ["lock", { isReportedOurs: false }, "notOurs"],
    ["suspend", { isSuspended: true }, "inForce"],
    ["liftSuspension", {}, "notInForce"],
    ["unlock", { isLocked: true }, null],
    ["closeRoom", { isManagedRoom: true }, "managedRoom"],
    ["closeRoom", { roomId: null }, "noRoom"],
    ["removeFromRoom", { roomId: null }, "noRoom"],
    ["removeFromRoom", { isManagedRoom: true }, null],
    ["removeFromRoom", { isRemoved: true }, null],
    ["letBackIn", { roomId: null, isRemoved: true }, "noRoom"],
    ["letBackIn", {}, "notInForce"],
    ["letBackIn", { isRemoved: true, isManagedRoom: true }, null],
    ["redact", { events: [] }, "noEvent"],
    ["quarantineMedia", { events: [{ id: "$2", media: null }] }, "noMedia"],
    ["tellReporter", { reporterUserIds: [] }, "noReporter"],
  ])("%s with %o: %s", (kind, changed, blocked) => {
    expect(option(kind, changed)?.blocked).toBe(blocked);
  });

  test("only events that point to files are quarantined, and none twice", () => {
    expect(option("quarantineMedia")?.targets).toEqual(["$1"]);
    const done = { kind: "redact", target: "$1", state: "done", requestedAt: at(0) } as const;
    expect(option("redact", { measures: [done] })?.targets).toEqual(["$2"]);
    expect(option("redact", { measures: [{ ...done, state: "failed" }] })?.targets).toEqual(["$1", "$2"]);
  });

  test("what is under way is not asked for again", () => {
    const queued = { kind: "removeFromRoom", target: "@u-b:x", state: "queued", requestedAt: at(0) } as const;
    expect(option("removeFromRoom", { measures: [queued] })?.blocked).toBe("underWay");
    expect(option("removeFromRoom", { measures: [{ ...queued, state: "done" }] })?.blocked).toBeNull();
  });
});

describe("what it means for the room", () => {
  test.each<[MeasureKind, boolean, readonly string[]]>([
    ["removeFromRoom", false, ["leavesRoom", "staysOut"]],
    ["removeFromRoom", true, ["leavesRoom", "staysOut", "directoryWaits"]],
    ["letBackIn", false, ["comesBackByInvitation"]],
    ["letBackIn", true, ["comesBackByDirectory"]],
  ])("%s, a room of the directory: %s", (kind, isManagedRoom, effects) => {
    expect(option(kind, { isManagedRoom, isRemoved: true })?.effects.map(({ key }) => key)).toEqual(effects);
  });
});

test("of opposite wishes the last one that was not taken back counts", () => {
  const lock = { kind: "lock", target: "@u-b:x", state: "confirmed", requestedAt: at(0) } as const;
  const unlock = { kind: "unlock", target: "@u-b:x", state: "done", requestedAt: at(1) } as const;
  expect(isInForce([lock], "lock", "unlock")).toBe(true);
  expect(isInForce([unlock, lock], "lock", "unlock")).toBe(false);
  expect(isInForce([lock, { ...unlock, state: "failed" }], "lock", "unlock")).toBe(true);
  expect(isInForce([{ ...lock, state: "reverted" }], "lock", "unlock")).toBe(false);
});

test("the heavy ones have a day for the second person", () => {
  expect(confirmBy("lock", at(0))).toEqual(new Date(Date.UTC(2026, 0, 2)));
  expect(confirmBy("warn", at(0))).toBeNull();
});

test("files of an event: ours, each once, whatever its form", () => {
  const content = { url: "mxc://x/a", info: { thumbnail_url: "mxc://x/b" }, file: { url: "mxc://x/a" } };
  expect(mediaOf({ content }, "x")).toEqual([
    { server: "x", id: "a" },
    { server: "x", id: "b" },
  ]);
  for (const strange of [
    null,
    "",
    { content: null },
    { content: { url: "mxc://y/a" } },
    { content: { url: 5, file: 7 } },
  ]) {
    expect(mediaOf(strange, "x")).toEqual([]);
  }
  expect(mediaOf({ content: { url: "mxc://x/../../admin" } }, "x")).toEqual([]);
});
