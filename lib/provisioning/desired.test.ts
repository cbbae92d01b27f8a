// Guarantee: who moderates, what a managed room allows, and when an account is touched at all.
import { describe, expect, test } from "vitest";
import { ROLES } from "#lib/policy/roles.ts";
import {
  accountStep,
  createRequest,
  desiredRoom,
  initialPowerLevels,
  levelOf,
  withLevels,
  type AccountFacts,
} from "./desired.ts";
import type { GroupPerson } from "./types.ts";

const BOT = "@idm_provisioning_bot:localhost";
const TEACHER = "@u-t:localhost";

function person(fields: Partial<GroupPerson> = {}): GroupPerson {
  return {
    personId: "p",
    localpart: "u-p",
    enrollmentRoles: ["student"],
    schoolRoles: ["student"],
    account: "active",
    ...fields,
  };
}

describe("moderators", () => {
  test.each([
    ["teacher", "teacher", 100],
    ["teacher", "schoolManagement", 100],
    ["teacher", "student", 0],
    ["teacher", "guardian", 0],
    ["teacher", "parentsCouncil", 0],
    ["student", "teacher", 0],
    ["administrator", "schoolManagement", 0],
  ] as const)("enrolled as %s, at the school %s: %i", (enrollmentRole, schoolRole, level) => {
    expect(levelOf({ enrollmentRoles: [enrollmentRole], schoolRoles: [schoolRole] })).toBe(level);
  });

  test("an enrollment as teacher makes nobody a moderator who is not staff", () => {
    for (const role of ROLES) {
      const staff = !["student", "guardian", "parentsCouncil"].includes(role);
      expect(levelOf({ enrollmentRoles: ["teacher", "student"], schoolRoles: [role] })).toBe(staff ? 100 : 0);
    }
  });
});

test("whoever has no role at the school any more is no member; whoever has no account joins later", () => {
  const room = desiredRoom("channel", "7a", [
    person(),
    person({ personId: "left", schoolRoles: [] }),
    person({ personId: "new", account: "pending" }),
  ]);
  expect(room.members.map(({ personId, mayJoin }) => [personId, mayJoin])).toEqual([
    ["p", true],
    ["new", false],
  ]);
});

describe("a new room", () => {
  const make = (kind: "group" | "channel") =>
    createRequest({ kind, alias: "S--7a", name: "7a", provisioner: BOT, moderators: [TEACHER] });
  const stateOf = (kind: "group" | "channel", type: string) =>
    make(kind).initial_state.find((event) => event.type === type)?.content;

  test("the anchor is hidden, not encrypted, and nobody writes", () => {
    expect(make("group").creation_content).toEqual({ "m.federate": false, type: "m.scgroup" });
    expect(stateOf("group", "m.room.encryption")).toBeUndefined();
    const levels = initialPowerLevels("group", BOT, [TEACHER]);
    for (const key of ["events_default", "state_default", "invite", "kick", "ban", "redact"] as const) {
      expect(levels[key]).toBeGreaterThan(100);
    }
    expect(levels.users).toEqual({ [BOT]: 150, [TEACHER]: 100 });
  });

  test("the channel is one-way and encrypted, and everybody may confirm and react", () => {
    expect(make("channel").creation_content).toEqual({ "m.federate": false });
    expect(stateOf("channel", "m.room.encryption")).toEqual({ algorithm: "m.megolm.v1.aes-sha2" });
    const levels = initialPowerLevels("channel", BOT, []);
    expect(levels).toMatchObject({ users_default: 0, events_default: 50, users: { [BOT]: 150 } });
    expect(levels.state_default).toBeGreaterThanOrEqual(50);
    expect(levels.events).toMatchObject({ "m.reaction": 0, "edu.matrix.klassenfunk.read_receipt": 0 });
  });

  test.each(["group", "channel"] as const)("%s: by invitation, history for members, no guests, version 11", (kind) => {
    expect(stateOf(kind, "m.room.join_rules")).toEqual({ join_rule: "invite" });
    expect(stateOf(kind, "m.room.history_visibility")).toEqual({ history_visibility: "shared" });
    expect(stateOf(kind, "m.room.guest_access")).toEqual({ guest_access: "forbidden" });
    expect(make(kind)).toMatchObject({ room_version: "11", visibility: "private", room_alias_name: "S--7a" });
    expect(make(kind).initial_state.some((event) => event.type === "m.room.member")).toBe(false);
  });
});

describe("changing levels", () => {
  const present = { users: { [BOT]: 150, [TEACHER]: 100, "@u-x:localhost": 50 }, events_default: 0 };

  test("keeps what a moderator has set, and takes away what is 0", () => {
    const changed = withLevels(
      present,
      new Map([
        [TEACHER, 0],
        ["@u-n:localhost", 100],
      ]),
    );
    expect(changed).toEqual({ users: { [BOT]: 150, "@u-x:localhost": 50, "@u-n:localhost": 100 }, events_default: 0 });
  });

  test("writes nothing if nothing changes", () => {
    expect(
      withLevels(
        present,
        new Map([
          [TEACHER, 100],
          ["@u-n:localhost", 0],
        ]),
      ),
    ).toBeNull();
  });
});

describe("an account", () => {
  const current: AccountFacts = {
    displayName: "Anna",
    subject: "s",
    enabled: true,
    hasLeft: false,
    isServed: true,
    recorded: { state: "active", displayName: "Anna", isSynced: true },
  };
  const absent = { state: "absent", displayName: null, isSynced: false } as const;
  test.each<[string, Partial<AccountFacts>, string]>([
    ["as it should be", {}, "nothing"],
    ["new", { recorded: absent }, "ensure"],
    ["renamed", { displayName: "Änna" }, "ensure"],
    ["with another login", { recorded: { ...current.recorded, isSynced: false } }, "ensure"],
    ["back again", { recorded: { ...current.recorded, state: "locked" } }, "ensure"],
    ["left", { hasLeft: true, isServed: false }, "lock"],
    ["disabled", { enabled: false }, "lock"],
    ["disabled before it existed", { enabled: false, recorded: absent }, "nothing"],
    ["left and locked", { hasLeft: true, recorded: { ...current.recorded, state: "locked" } }, "nothing"],
    ["of a school that is not served", { isServed: false, recorded: absent }, "nothing"],
    ["of a school that was switched off", { isServed: false, displayName: "Änna" }, "nothing"],
  ])("%s", (_name, fields, step) => {
    expect(accountStep({ ...current, ...fields })).toBe(step);
  });
});
