// Guarantee: a room follows its groups, and nobody who came by a personal invitation goes with one.
import { describe, expect, test } from "vitest";
import type { Membership } from "#lib/matrix/rooms.ts";
import { groupDifference, type GroupPerson, type InvitedGroup, type RecordedPerson } from "./group-invitation-rules.ts";

const person = (id: string, mayJoin = true): GroupPerson => ({ personId: id, localpart: `u-${id}`, mayJoin });
const group = (groupId: string, members: GroupPerson[], more: Partial<InvitedGroup> = {}): InvitedGroup => ({
  groupId,
  isInvited: true,
  takesJoiners: true,
  members,
  ...more,
});
const row = (groupId: string, id: string, more: Partial<RecordedPerson> = {}): RecordedPerson => ({
  groupId,
  personId: id,
  localpart: `u-${id}`,
  personal: false,
  isBrought: true,
  ...more,
});

function steps(groups: InvitedGroup[], recorded: RecordedPerson[], members: Record<string, Membership> = {}): string[] {
  const operations = groupDifference(groups, recorded, (localpart) => members[localpart.slice(2)]);
  return operations.map((one) => {
    const personal = "personal" in one && one.personal ? " personal" : "";
    return `${one.type}${personal} ${one.groupId}/${one.personId}`;
  });
}

describe("an invited group", () => {
  test("is brought in; whoever was there or invited is remembered as somebody's guest", () => {
    const groups = [group("7b", [person("a"), person("b"), person("c")])];
    expect(steps(groups, [], { b: "join", c: "invite" })).toEqual([
      "bring 7b/a",
      "remember personal 7b/b",
      "bring personal 7b/c",
    ]);
  });
  test("changes nothing once everybody is there", () => {
    const groups = [group("7b", [person("a"), person("b")])];
    const recorded = [row("7b", "a"), row("7b", "b", { personal: true })];
    expect(steps(groups, recorded, { a: "join", b: "join" })).toEqual([]);
  });
  test.each(["leave", "invite", "ban"] as const)("brings nobody back who is out (%s), and owns them no more", (out) => {
    const groups = [group("7b", [person("a")])];
    expect(steps(groups, [row("7b", "a")], { a: out })).toEqual(["remember personal 7b/a"]);
    expect(steps(groups, [row("7b", "a", { personal: true })], { a: out })).toEqual([]);
  });
  test("does not take along whoever left and was invited personally afterwards", () => {
    const gone = [group("7b", [person("a")], { isInvited: false })];
    expect(steps(gone, [row("7b", "a", { personal: true })], { a: "join" })).toEqual(["forget 7b/a"]);
  });
  test("respects a ban", () => {
    expect(steps([group("7b", [person("a")])], [], { a: "ban" })).toEqual([]);
  });
  test("waits for accounts and for whom its inviter may not bring", () => {
    expect(steps([group("7b", [person("a", false)])], [])).toEqual([]);
  });
  test("finishes what a crash interrupted, as what it was", () => {
    const recorded = [row("7b", "a", { isBrought: false }), row("7b", "b", { isBrought: false })];
    const groups = [group("7b", [person("a"), person("b")])];
    expect(steps(groups, recorded, { a: "join" })).toEqual(["remember 7b/a", "bring 7b/b"]);
  });
  test("takes no joiners when the cell is closed, and keeps its people", () => {
    const groups = [group("7b", [person("a"), person("b")], { takesJoiners: false })];
    expect(steps(groups, [row("7b", "a")], { a: "join" })).toEqual([]);
  });
});

describe("whoever belongs to it no more", () => {
  test("goes, before others come", () => {
    const groups = [group("7b", [person("b")])];
    expect(steps(groups, [row("7b", "a")], { a: "join" })).toEqual(["remove 7b/a", "bring 7b/b"]);
  });
  test("stays by a personal invitation", () => {
    expect(steps([group("7b", [])], [row("7b", "a", { personal: true })], { a: "join" })).toEqual(["forget 7b/a"]);
  });
  test("needs no removal if the client has removed them already", () => {
    expect(steps([group("7b", [])], [row("7b", "a")], { a: "leave" })).toEqual(["forget 7b/a"]);
  });
  test("stays by another group, and goes with that one later", () => {
    const groups = [group("7b", [], { isInvited: false }), group("ag", [person("a")])];
    expect(steps(groups, [row("7b", "a")], { a: "join" })).toEqual(["remember ag/a", "forget 7b/a"]);
    expect(steps(groups, [row("7b", "a"), row("ag", "a")], { a: "join" })).toEqual(["forget 7b/a"]);
  });
  test("goes with a group that only remembered them, if another one had brought them back", () => {
    const groups = [group("7b", [], { isInvited: false }), group("ag", [person("a")])];
    const recorded = [row("7b", "a"), row("ag", "a", { personal: true })];
    expect(steps(groups, recorded, { a: "join" })).toEqual(["remember ag/a", "forget 7b/a"]);
  });
});

test("a removed group takes along everybody whom it brought and nobody else", () => {
  const groups = [group("7b", [person("a"), person("b")], { isInvited: false })];
  const recorded = [row("7b", "a"), row("7b", "b", { personal: true })];
  expect(steps(groups, recorded, { a: "join", b: "join", guest: "join" })).toEqual(["remove 7b/a", "forget 7b/b"]);
});

test("two groups with one person bring them once", () => {
  const groups = [group("7b", [person("a")]), group("ag", [person("a")])];
  expect(steps(groups, [])).toEqual(["bring 7b/a", "remember ag/a"]);
});
