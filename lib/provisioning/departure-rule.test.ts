// Guarantee: who leaves one school loses that school's rooms and no other; who leaves all loses every room.
import { expect, test } from "vitest";
import { roomId } from "#lib/ids/ids.ts";
import { roomsToLeave, type KnownRoom, type Leaver } from "./departure-rule.ts";

const rooms: readonly KnownRoom[] = [
  { roomId: roomId("!a-kept"), schoolId: "A", keptAs: "A--7a" },
  { roomId: roomId("!a-own"), schoolId: "A", keptAs: null },
  { roomId: roomId("!b-own"), schoolId: "B", keptAs: null },
  { roomId: roomId("!unknown"), schoolId: null, keptAs: null },
];
const leaver: Leaver = { hasLeftAll: false, departedSchools: ["A"], schools: ["B"] };

test.each<[string, Partial<Leaver>, string[], string[]]>([
  ["one of two schools", {}, ["!a-own"], ["A--7a"]],
  ["back again meanwhile", { schools: ["A", "B"] }, [], []],
  ["both, still in the directory", { departedSchools: ["A", "B"], schools: [] }, ["!a-own", "!b-own"], ["A--7a"]],
  ["the directory", { hasLeftAll: true, schools: [] }, ["!a-own", "!b-own", "!unknown"], ["A--7a"]],
])("%s", (_name, fields, kick, byTheirJob) => {
  expect(roomsToLeave(rooms, { ...leaver, ...fields })).toEqual({ kick, byTheirJob });
});
