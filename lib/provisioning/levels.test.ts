// Guarantee: who may write in each mode, that modes can be told apart and put back, and that nothing else is touched.
import { describe, expect, test } from "vitest";
import { readOnly } from "#lib/rooms/power-levels.ts";
import { initialPowerLevels, modeOf, switchedByModerator, withLevels, withMode } from "./levels.ts";
import { openMode } from "./life-cycle.ts";
import { MANAGED_KINDS, type ManagedKind, type RoomMode } from "./types.ts";

const BOT = "@idm_provisioning_bot:localhost";
const TEACHER = "@u-t:localhost";
const SETTINGS = { pollVoteType: "org.example.vote" };
const fresh = (kind: ManagedKind, mode: RoomMode) =>
  initialPowerLevels({ kind, mode, provisioner: BOT, moderators: [TEACHER] }, SETTINGS);

describe("a new room", () => {
  test.each(["group", "space"] as const)("%s: nobody writes, invites, kicks or changes anything", (kind) => {
    const levels = fresh(kind, "silent");
    for (const key of ["events_default", "state_default", "invite", "kick", "ban", "redact"]) {
      expect(levels[key]).toBeGreaterThan(100);
    }
    expect(levels.users).toEqual({ [BOT]: 150, [TEACHER]: 100 });
  });

  test("one-way: moderators write, everybody confirms, reacts and votes", () => {
    const levels = fresh("channel", "oneWay");
    expect(levels).toMatchObject({ users_default: 0, events_default: 50, state_default: 50 });
    const everybody = { "m.reaction": 0, "edu.matrix.klassenfunk.read_receipt": 0, "org.example.vote": 0 };
    expect(levels.events).toMatchObject(everybody);
  });

  test("two-way: everybody writes", () => {
    expect(fresh("channel", "twoWay")).toMatchObject({ users_default: 0, events_default: 0 });
  });

  test.each(MANAGED_KINDS)("%s: no human changes encryption, history, join rules, alias or name", (kind) => {
    const { events } = fresh(kind, openMode(kind, true));
    for (const type of ["encryption", "history_visibility", "join_rules", "canonical_alias", "name", "guest_access"]) {
      expect(events?.[`m.room.${type}`]).toBe(150);
    }
  });
});

describe("modes", () => {
  test.each([
    ["channel", "oneWay"],
    ["channel", "twoWay"],
    ["staffroom", "twoWay"],
    ["announcements", "oneWay"],
    ["group", "silent"],
    ["space", "silent"],
  ] as const)("%s as %s is known again, and putting it back writes nothing", (kind, mode) => {
    const levels = fresh(kind, mode);
    expect(modeOf(levels, kind, SETTINGS)).toBe(mode);
    expect(withMode(levels, kind, mode, SETTINGS)).toBe(levels);
  });

  test("one-way to two-way and back changes who writes, and keeps people and what a moderator added", () => {
    const before = { ...fresh("channel", "oneWay"), users: { [BOT]: 150, "@u-x:localhost": 50 } };
    const added = { ...before, events: { ...before.events, "m.room.topic": 100 } };
    const twoWay = withMode(added, "channel", "twoWay", SETTINGS);
    expect(twoWay).toEqual({ ...added, events_default: 0 });
    expect(withMode(twoWay, "channel", "oneWay", SETTINGS)).toEqual(added);
  });

  test("read-only is known, and whatever else differs has drifted", () => {
    const levels = fresh("channel", "oneWay");
    expect(modeOf(readOnly(levels), "channel", SETTINGS)).toBe("readOnly");
    expect(modeOf({ ...levels, events: { ...levels.events, "m.reaction": 50 } }, "channel", SETTINGS)).toBe("drifted");
    expect(modeOf({ ...levels, invite: 0 }, "channel", SETTINGS)).toBe("drifted");
    expect(modeOf({ ...fresh("group", "silent"), events_default: 0 }, "group", SETTINGS)).toBe("drifted");
  });

  test("a moderator's switch in the client is told from any other change", () => {
    const oneWay = fresh("channel", "oneWay");
    const switched = { ...oneWay, events_default: 0 };
    expect(switchedByModerator(switched, "oneWay", SETTINGS)).toBe("twoWay");
    expect(switchedByModerator({ ...oneWay, events_default: 100 }, "twoWay", SETTINGS)).toBe("oneWay");
    expect(switchedByModerator(oneWay, "oneWay", SETTINGS)).toBeNull();
    expect(switchedByModerator({ ...switched, invite: 0 }, "oneWay", SETTINGS)).toBeNull();
    expect(switchedByModerator(switched, "readOnly", SETTINGS)).toBeNull();
  });
});

describe("changing people's levels", () => {
  const present = { users: { [BOT]: 150, [TEACHER]: 100, "@u-x:localhost": 50 }, events_default: 0 };

  test("keeps what a moderator has set, and takes away what is 0", () => {
    const wanted = new Map([
      [TEACHER, 0],
      ["@u-n:localhost", 100],
    ]);
    const users = { [BOT]: 150, "@u-x:localhost": 50, "@u-n:localhost": 100 };
    expect(withLevels(present, wanted)).toEqual({ users, events_default: 0 });
  });

  test("writes nothing if nothing changes", () => {
    const wanted = new Map([
      [TEACHER, 100],
      ["@u-n:localhost", 0],
    ]);
    expect(withLevels(present, wanted)).toBeNull();
  });
});
