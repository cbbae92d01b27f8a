// Guarantee: who belongs into each kind of room, who moderates it, and what it begins with.
import { describe, expect, test } from "vitest";
import { ROLES, type Role } from "#lib/policy/roles.ts";
import {
  announcementsMembers,
  createRequest,
  groupMembers,
  levelOf,
  spaceMembers,
  staffroomMembers,
} from "./desired.ts";
import { openMode } from "./life-cycle.ts";
import { MANAGED_KINDS, type GroupPerson, type ManagedKind, type RoomCandidate } from "./types.ts";

const BOT = "@idm_provisioning_bot:localhost";
const TEACHER = "@u-t:localhost";
const SETTINGS = { pollVoteType: "org.example.vote" };

function person(fields: Partial<GroupPerson> = {}): GroupPerson {
  return {
    personId: "p",
    localpart: "u-p",
    enrollmentRoles: ["student"],
    isModerator: false,
    schoolRoles: ["student"],
    isNamedBySource: false,
    isProtected: false,
    account: "active",
    ...fields,
  };
}

/** By person: role at the school. */
function school(roles: Readonly<Record<string, Role>>, fields: Partial<RoomCandidate> = {}): RoomCandidate[] {
  return Object.entries(roles).map(([personId, role]) => person({ personId, schoolRoles: [role], ...fields }));
}
const levels = (members: readonly { personId: string; level: number }[]) =>
  Object.fromEntries(members.map(({ personId, level }) => [personId, level]));

describe("moderators of a group", () => {
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

  test("neither an enrollment nor the word of a source makes anybody a moderator who is not staff", () => {
    for (const role of ROLES) {
      const level = ["student", "guardian", "parentsCouncil"].includes(role) ? 0 : 100;
      expect(levelOf({ enrollmentRoles: ["teacher", "student"], schoolRoles: [role] })).toBe(level);
      expect(levelOf({ enrollmentRoles: ["member"], schoolRoles: [role], isModerator: true })).toBe(level);
    }
    expect(levelOf({ enrollmentRoles: ["member"], schoolRoles: [], isModerator: true })).toBe(0);
  });
});

describe("members", () => {
  test("of a group: whoever still belongs to the school; whoever has no account joins later", () => {
    const members = groupMembers([
      person(),
      person({ personId: "left", schoolRoles: [] }),
      person({ personId: "new", account: "pending" }),
      person({ personId: "named", schoolRoles: [], isNamedBySource: true, isModerator: true }),
    ]);
    expect(members.map(({ personId, mayJoin, level }) => [personId, mayJoin, level])).toEqual([
      ["p", true, 0],
      ["new", false, 0],
      ["named", true, 0],
    ]);
  });

  test("of the staff room: teachers, moderated by the management", () => {
    const people = school({ t: "teacher", m: "schoolManagement", s: "student", o: "secretariat", a: "orgAdmin" });
    expect(levels(staffroomMembers(people))).toEqual({ t: 0, m: 100 });
  });

  test.each(["none", "unusable"] as const)("of the staff room with management %s: the teachers moderate", (how) => {
    const managers = how === "none" ? [] : school({ m: "schoolManagement" }, { account: "unusable" });
    const members = staffroomMembers([...school({ t: "teacher", s: "student" }), ...managers]);
    expect(levels(members)["t"]).toBe(100);
  });

  test("of the announcements: everybody; management and teachers write; nobody under an Auskunftssperre is listed", () => {
    const people = school({ t: "teacher", m: "schoolManagement", s: "student", g: "guardian", o: "secretariat" });
    const hidden = school({ x: "student" }, { isProtected: true });
    expect(levels(announcementsMembers([...people, ...hidden]))).toEqual({ t: 100, m: 100, s: 0, g: 0, o: 0 });
    expect(levels(spaceMembers([...people, ...hidden]))).toEqual({ t: 0, m: 0, s: 0, g: 0, o: 0 });
  });
});

describe("a new room", () => {
  const make = (kind: ManagedKind) =>
    createRequest(
      {
        ...{ kind, mode: openMode(kind, false), alias: "S--7a", name: "7a", topic: "", provisioner: BOT },
        moderators: [TEACHER],
      },
      SETTINGS,
    );
  const stateOf = (kind: ManagedKind, type: string) =>
    make(kind).initial_state.find((event) => event.type === type)?.content;

  test.each(MANAGED_KINDS)("%s: by invitation, history for members, no guests, version 11, not federated", (kind) => {
    expect(stateOf(kind, "m.room.join_rules")).toEqual({ join_rule: "invite" });
    expect(stateOf(kind, "m.room.history_visibility")).toEqual({ history_visibility: "shared" });
    expect(stateOf(kind, "m.room.guest_access")).toEqual({ guest_access: "forbidden" });
    expect(make(kind)).toMatchObject({ room_version: "11", visibility: "private", room_alias_name: "S--7a" });
    expect(make(kind).creation_content).toMatchObject({ "m.federate": false });
    expect(make(kind).initial_state.some((event) => event.type === "m.room.member")).toBe(false);
  });

  test.each([
    ["group", "m.scgroup", false],
    ["channel", undefined, true],
    ["staffroom", undefined, true],
    ["announcements", undefined, false],
    ["space", "m.space", false],
  ] as const)("%s: type %s, encrypted %s", (kind, type, encrypted) => {
    expect(make(kind).creation_content).toEqual({ "m.federate": false, ...(type !== undefined && { type }) });
    expect(stateOf(kind, "m.room.encryption") !== undefined).toBe(encrypted);
  });
});
