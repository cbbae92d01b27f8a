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
    members: fc.uniqueArray(fc.record({ personId: fc.constantFrom(...ids), level }), {
      selector: (member) => member.personId,
    }),
  })
  .map(({ exists, name, members }) => ({
    exists,
    name: exists ? name : null,
    members: exists ? members.map((member) => ({ ...member, localpart: `u-${member.personId}` })) : [],
  }));
const desiredRoom: fc.Arbitrary<DesiredRoom> = fc.record({
  kind: fc.constantFrom("group", "channel"),
  name: fc.constantFrom("7a", "7b"),
  members: fc
    .uniqueArray(fc.record({ personId: fc.constantFrom(...ids), level, mayJoin: fc.boolean() }), {
      selector: (member) => member.personId,
    })
    .map((members) => members.map((member) => ({ ...member, localpart: `u-${member.personId}` }))),
});

/** What Synapse and our record are after the operations. */
function apply(room: RecordedRoom, operations: readonly RoomOperation[], name: string): RecordedRoom {
  let { exists, name: current } = room;
  const members = new Map(room.members.map((member) => [member.personId, member]));
  for (const operation of operations) {
    if (operation.type === "create") [exists, current] = [true, name];
    else if (operation.type === "rename") current = operation.name;
    else if (operation.type === "kick") members.delete(operation.person.personId);
    else if (operation.type === "join")
      members.set(operation.person.personId, { ...operation.person, level: operation.level });
    else for (const change of operation.levels) if (members.has(change.personId)) members.set(change.personId, change);
  }
  return { exists, name: current, members: [...members.values()] };
}

describe("the difference of a room", () => {
  test("leads to the desired state, and then is empty", () => {
    fc.assert(
      fc.property(recordedRoom, desiredRoom, (recorded, desired) => {
        const after = apply(recorded, roomDifference(recorded, desired), desired.name);
        expect(roomDifference(after, desired)).toEqual([]);
        expect(after).toMatchObject({ exists: true, name: desired.name });
        const wanted = new Map(desired.members.map((member) => [member.personId, member]));
        for (const member of after.members) expect(wanted.get(member.personId)?.level).toBe(member.level);
        for (const member of desired.members.filter(({ mayJoin }) => mayJoin)) {
          expect(after.members.map(({ personId }) => personId)).toContain(member.personId);
        }
      }),
    );
  });

  test("takes rights away before it lets people in", () => {
    fc.assert(
      fc.property(recordedRoom, desiredRoom, (recorded, desired) => {
        const order = ["create", "rename", "setLevels", "kick", "join"];
        const places = roomDifference(recorded, desired).map(({ type }) => order.indexOf(type));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }),
    );
  });

  test("a moderator who leaves loses the level first and is then removed", () => {
    const teacher = { personId: "t", localpart: "u-t", level: 100 };
    const recorded = { exists: true, name: "7a", members: [teacher] };
    expect(roomDifference(recorded, { kind: "channel", name: "7a", members: [] })).toEqual([
      { type: "setLevels", levels: [{ ...teacher, level: 0 }] },
      { type: "kick", person: { personId: "t", localpart: "u-t" } },
    ]);
  });

  test("somebody without an account is neither joined nor removed", () => {
    const waiting = { personId: "p", localpart: "u-p", level: 0, mayJoin: false };
    const desired: DesiredRoom = { kind: "group", name: "7a", members: [waiting] };
    expect(roomDifference({ exists: true, name: "7a", members: [] }, desired)).toEqual([]);
    expect(roomDifference({ exists: true, name: "7a", members: [waiting] }, desired)).toEqual([]);
  });
});
