// From how a room was last recorded to how it should be: the operations, in the order in which they are done. Pure.
import { MODERATOR_LEVEL } from "./levels.ts";
import type { DesiredRoom, RecordedRoom, RoomOperation } from "./types.ts";

/** Nothing for a room that is as it should be. People whom we did not bring in ourselves are left alone. */
export function roomDifference(recorded: RecordedRoom, desired: DesiredRoom): readonly RoomOperation[] {
  const { mode } = desired;
  if (mode === "closed") return recorded.exists ? [{ type: "close" }] : [];
  // nothing is begun that has ended already
  if (mode === "readOnly" && !recorded.exists) return [];
  const wanted = new Map(desired.members.map((member) => [member.personId, member]));
  const present = new Map(recorded.members.map((member) => [member.personId, member]));
  const comesIn = mode === "readOnly" ? [] : desired.members;
  const joining = comesIn.filter((member) => member.mayJoin && !present.has(member.personId));
  const leaving = recorded.members.filter((member) => !wanted.has(member.personId));
  const staying = desired.members.filter((member) => present.get(member.personId)?.banned === false);
  const moderators = joining.filter((member) => member.level === MODERATOR_LEVEL);

  const levels = [
    ...leaving.filter((member) => member.level !== 0).map((member) => ({ ...member, level: 0 })),
    ...staying.filter((member) => member.level !== present.get(member.personId)?.level),
    ...(recorded.exists ? moderators : []),
  ].map(({ personId, localpart, level }) => ({ personId, localpart, level }));
  const added = desired.children.filter((child) => !recorded.children.includes(child));
  const removed = recorded.children.filter((child) => !desired.children.includes(child));

  const person = ({ personId, localpart }: { personId: string; localpart: string }) => ({ personId, localpart });
  return [
    ...(recorded.exists ? [] : [{ type: "create" as const, moderators: moderators.map(person) }]),
    ...(recorded.exists && recorded.name !== desired.name ? [{ type: "rename" as const, name: desired.name }] : []),
    ...(recorded.exists && desired.topic !== null && recorded.topic !== desired.topic
      ? [{ type: "setTopic" as const, topic: desired.topic }]
      : []),
    ...(recorded.exists && recorded.mode !== mode ? [{ type: "setMode" as const, mode }] : []),
    ...(levels.length > 0 ? [{ type: "setLevels" as const, levels }] : []),
    ...leaving.map((member) => ({ type: "kick" as const, person: person(member) })),
    ...(added.length + removed.length > 0 ? [{ type: "setChildren" as const, added, removed }] : []),
    ...joining.map((member) => ({ type: "join" as const, person: person(member), level: member.level })),
  ];
}
