// Guarantee: doing the operations brings any room to the desired state, and then there is nothing left to do.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { roomDifference } from "./difference.ts";
import type { DesiredRoom, RecordedRoom, RoomOperation } from "./types.ts";

const ids = ["a", "b", "c", "d", "e"];
const level = fc.constantFrom(0, 100);
const recordedRoom: fc.Arbitrary<RecordedRoom> = fc
  .record({
    exists: fc.boolean(),
    name: fc.constantFrom("7a", "7b", null),
    topic: fc.constantFrom("", "Kurs"),
    mode: fc.constantFrom("oneWay", "twoWay", "readOnly", "drifted"),
    children: fc.subarray(["!a", "!b"]),
    members: fc.uniqueArray(fc.record({ personId: fc.constantFrom(...ids), level, banned: fc.boolean() }), {
      selector: (member) => member.personId,
    }),
  })
  .map(({ exists, name, topic, mode, children, members }) => ({
    exists,
    name: exists ? name : null,
    topic,
    mode,
    children: exists ? children : [],
    members: exists ? members.map((member) => ({ ...member, localpart: `u-${member.personId}` })) : [],
  }));
const desiredRoom: fc.Arbitrary<DesiredRoom> = fc.record({
  kind: fc.constantFrom("group", "channel"),
  name: fc.constantFrom("7a", "7b"),
  topic: fc.constantFrom(null, "", "Kurs", "Kurs 7"),
  mode: fc.constantFrom("oneWay", "twoWay", "readOnly", "closed"),
  children: fc.subarray(["!a", "!b", "!c"]),
  members: fc
    .uniqueArray(fc.record({ personId: fc.constantFrom(...ids), level, mayJoin: fc.boolean() }), {
      selector: (member) => member.personId,
    })
    .map((members) => members.map((member) => ({ ...member, localpart: `u-${member.personId}` }))),
});

/** What Synapse and our record are after the operations. */
function apply(room: RecordedRoom, operations: readonly RoomOperation[], desired: DesiredRoom): RecordedRoom {
  let { exists, name, topic, mode, children } = room;
  const members = new Map(room.members.map((member) => [member.personId, member]));
  for (const operation of operations) {
    if (operation.type === "close") return { ...room, exists: false, name: null, children: [], members: [] };
    if (operation.type === "create") {
      [exists, name, topic] = [true, desired.name, desired.topic ?? ""];
      if (desired.mode !== "closed") mode = desired.mode;
    } else if (operation.type === "rename") name = operation.name;
    else if (operation.type === "setTopic") topic = operation.topic;
    else if (operation.type === "setMode") mode = operation.mode;
    else if (operation.type === "setChildren") children = desired.children;
    else if (operation.type === "kick") members.delete(operation.person.personId);
    else if (operation.type === "join")
      members.set(operation.person.personId, { ...operation.person, level: operation.level, banned: false });
    else {
      for (const { personId, level: changed } of operation.levels) {
        const member = members.get(personId);
        if (member !== undefined) members.set(personId, { ...member, level: changed });
      }
    }
  }
  return { exists, name, topic, mode, children, members: [...members.values()] };
}

describe("the difference of a room", () => {
  test("leads to the desired state, and then is empty", () => {
    fc.assert(
      fc.property(recordedRoom, desiredRoom, (recorded, desired) => {
        const after = apply(recorded, roomDifference(recorded, desired), desired);
        expect(roomDifference(after, desired)).toEqual([]);
        if (desired.mode === "closed" || (desired.mode === "readOnly" && !recorded.exists)) {
          expect(after.exists).toBe(false);
          return;
        }
        expect(after).toMatchObject({ exists: true, name: desired.name, mode: desired.mode });
        expect(after.topic).toBe(desired.topic ?? (recorded.exists ? recorded.topic : ""));
        expect(after.children.toSorted()).toEqual(desired.children.toSorted());
        const wanted = new Map(desired.members.map((member) => [member.personId, member]));
        for (const member of after.members) {
          expect(wanted.has(member.personId)).toBe(true);
          if (!member.banned) expect(wanted.get(member.personId)?.level).toBe(member.level);
        }
        if (desired.mode === "readOnly") return;
        for (const member of desired.members.filter(({ mayJoin }) => mayJoin)) {
          expect(after.members.map(({ personId }) => personId)).toContain(member.personId);
        }
      }),
    );
  });

  test("takes rights away before it lets people in", () => {
    fc.assert(
      fc.property(recordedRoom, desiredRoom, (recorded, desired) => {
        const order = ["create", "close", "rename", "setTopic", "setMode", "setLevels", "kick", "setChildren", "join"];
        const places = roomDifference(recorded, desired).map(({ type }) => order.indexOf(type));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }),
    );
  });

  const room = { topic: "", mode: "oneWay", children: [] } as const;

  test("a moderator who leaves loses the level first and is then removed", () => {
    const teacher = { personId: "t", localpart: "u-t", level: 100 };
    const recorded = { ...room, exists: true, name: "7a", members: [{ ...teacher, banned: false }] };
    expect(roomDifference(recorded, { ...room, kind: "channel", name: "7a", members: [] })).toEqual([
      { type: "setLevels", levels: [{ ...teacher, level: 0 }] },
      { type: "kick", person: { personId: "t", localpart: "u-t" } },
    ]);
  });

  test("somebody without an account is neither joined nor removed", () => {
    const waiting = { personId: "p", localpart: "u-p", level: 0, mayJoin: false };
    const desired: DesiredRoom = { ...room, kind: "channel", name: "7a", members: [waiting] };
    const recorded = { ...room, exists: true, name: "7a" };
    expect(roomDifference({ ...recorded, members: [] }, desired)).toEqual([]);
    expect(roomDifference({ ...recorded, members: [{ ...waiting, banned: false }] }, desired)).toEqual([]);
  });

  test("a changed topic is written; where no source says one, that of the room's people stays", () => {
    const recorded = { ...room, exists: true, name: "7a", topic: "Kurs 7", members: [] };
    const wanted = (topic: string | null): DesiredRoom => ({
      ...room,
      kind: "channel",
      name: "7a",
      topic,
      members: [],
    });
    expect(roomDifference(recorded, wanted("Kurs 8"))).toEqual([{ type: "setTopic", topic: "Kurs 8" }]);
    expect(roomDifference(recorded, wanted(""))).toEqual([{ type: "setTopic", topic: "" }]);
    for (const topic of ["Kurs 7", null]) expect(roomDifference(recorded, wanted(topic))).toEqual([]);
  });

  test("a ban is respected: neither joined again nor given a level", () => {
    const banned = { personId: "p", localpart: "u-p", level: 0, banned: true };
    const wanted = { personId: "p", localpart: "u-p", level: 100, mayJoin: true };
    const recorded = { ...room, exists: true, name: "7a", members: [banned] };
    expect(roomDifference(recorded, { ...room, kind: "channel", name: "7a", members: [wanted] })).toEqual([]);
  });

  test("read-only lets nobody in, and memberships stay", () => {
    const member = (personId: string) => ({ personId, localpart: `u-${personId}`, level: 0 });
    const recorded = { ...room, exists: true, name: "7a", members: [{ ...member("a"), banned: false }] };
    const members = ["a", "b"].map((id) => ({ ...member(id), mayJoin: true }));
    expect(roomDifference(recorded, { ...room, mode: "readOnly", kind: "channel", name: "7a", members })).toEqual([
      { type: "setMode", mode: "readOnly" },
    ]);
  });
});
