// Guarantee: when a room needs a moderator, and that nobody becomes one who should not.
import { describe, expect, test } from "vitest";
import type { Role } from "#lib/policy/roles.ts";
import { moderatorsOf, needsModerator, successors, type Candidate, type RoomToJudge } from "./integrity-rules.ts";

const BOT = "@idm_provisioning_bot:localhost";
const NOW = new Date("2026-11-21T12:00:00Z");
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000);

const room = (members: Record<string, string>, more: Partial<RoomToJudge> = {}): RoomToJudge => ({
  members: Object.entries({ [BOT]: "join", ...members }).map(([userId, membership]) => ({ userId, membership })),
  levels: { users: { [BOT]: 150, "@t": 100, "@half": 50 } },
  creator: "@t",
  provisioner: BOT,
  ...more,
});

describe("moderators", () => {
  test.each<[string, RoomToJudge, string[]]>([
    ["joined at 100", room({ "@t": "join", "@p": "join" }), ["@t"]],
    ["only invited", room({ "@t": "invite", "@p": "join" }), []],
    ["gone", room({ "@t": "leave", "@p": "join" }), []],
    ["at 50", room({ "@half": "join", "@p": "join" }), []],
    ["without levels the creator", room({ "@t": "join", "@p": "join" }, { levels: null }), ["@t"]],
    ["everybody by default", room({ "@a": "join" }, { levels: { users_default: 100 } }), ["@a"]],
  ])("%s", (_, judged, moderators) => {
    expect(moderatorsOf(judged)).toEqual(moderators);
  });
});

test.each<[string, Record<string, string>, boolean]>([
  ["nobody", {}, false],
  ["one", { "@a": "join" }, false],
  ["one and an invitation", { "@a": "join", "@b": "invite" }, true],
  ["two", { "@a": "join", "@b": "join" }, true],
  ["one and many who left", { "@a": "join", "@b": "leave", "@c": "ban" }, false],
])("needs a moderator with %s in it", (_, members, needed) => {
  expect(needsModerator(room(members))).toBe(needed);
});

describe("successors", () => {
  const candidate = (
    personId: string,
    roles: Partial<Record<Role, number>>,
    more: Partial<Candidate> = {},
  ): Candidate => ({
    personId,
    userId: `@u-${personId}:localhost`,
    roles: Object.entries(roles).map(([role, days]) => ({ role: role as Role, since: daysAgo(days) })),
    isOwnTeacher: false,
    hasReleasedGuard: false,
    ...more,
  });
  test.each<[string, Candidate[], string[]]>([
    ["nobody there", [], []],
    ["a teacher of the school", [candidate("t", { teacher: 30 })], ["t"]],
    ["exactly seven days in the role", [candidate("t", { teacher: 7 })], ["t"]],
    ["younger in the role", [candidate("t", { teacher: 6.9 })], []],
    ["an administrator alone", [candidate("a", { orgAdmin: 900 })], []],
    ["an administrator who just became a teacher", [candidate("a", { orgAdmin: 900, teacher: 1 })], []],
    ["an administrator who teaches", [candidate("a", { orgAdmin: 900, teacher: 8 })], ["a"]],
    ["pupils, parents, their council", [candidate("p", { student: 99, guardian: 99, parentsCouncil: 99 })], []],
    ["whoever released a guard", [candidate("m", { schoolManagement: 900 }, { hasReleasedGuard: true })], []],
    [
      "the group's own teachers, all of them, before others who are there longer",
      [
        candidate("old", { teacher: 900 }),
        candidate("own1", { teacher: 30 }, { isOwnTeacher: true }),
        candidate("own2", { teacher: 20 }, { isOwnTeacher: true }),
      ],
      ["own1", "own2"],
    ],
    [
      "not an own teacher who is new",
      [candidate("old", { secretariat: 900 }), candidate("own", { teacher: 1 }, { isOwnTeacher: true })],
      ["old"],
    ],
    [
      "one of several: teachers first, then who is there longest",
      [candidate("s", { secretariat: 900 }), candidate("b", { teacher: 20 }), candidate("a", { teacher: 30 })],
      ["a"],
    ],
  ])("%s", (_, candidates, chosen) => {
    expect(successors(candidates, NOW, 7).map(({ personId }) => personId)).toEqual(chosen);
  });
});
