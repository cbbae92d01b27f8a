// Managed rooms as recorded, with the people of their groups: what desired state and difference are computed from.
import type { Reader } from "#lib/db/client.ts";
import { desiredRoom } from "./desired.ts";
import type { DesiredRoom, GroupPerson, ManagedKind, RecordedRoom } from "./types.ts";

export type ManagedRoomState = {
  readonly alias: string;
  readonly schoolId: string;
  readonly roomId: string | null;
  readonly hasProblem: boolean;
  readonly isServed: boolean;
  readonly recorded: RecordedRoom;
  readonly desired: DesiredRoom;
  /** Somebody who belongs into the room gets an account just now. */
  readonly waitsForAccounts: boolean;
};

/** Rooms of a school, or one room. Rooms of a group that is gone are left as they are and not returned. */
export async function findManagedRooms(
  reader: Reader,
  where: { readonly schoolId: string } | { readonly alias: string },
): Promise<readonly ManagedRoomState[]> {
  const rooms = await reader.managedRoom.findMany({
    where: { ...where, kind: { in: ["group", "channel"] }, group: { leftAt: null } },
    select: {
      alias: true,
      schoolId: true,
      kind: true,
      roomId: true,
      name: true,
      problem: true,
      school: { select: { serviceEnabled: true, stateEnabled: true, schoolEnabled: true } },
      members: { select: { personId: true, level: true, person: { select: { localpart: true } } } },
      group: {
        select: {
          title: true,
          members: {
            select: {
              role: true,
              person: {
                select: {
                  id: true,
                  localpart: true,
                  enabled: true,
                  leftAt: true,
                  accountState: true,
                  accountProblem: true,
                  affiliations: { select: { schoolId: true, role: true } },
                },
              },
            },
          },
        },
      },
    },
    orderBy: { alias: "asc" },
  });
  return rooms.flatMap((room) => {
    if (room.group === null) return [];
    const people = new Map<string, GroupPerson>();
    for (const { role, person } of room.group.members) {
      const known = people.get(person.id);
      people.set(person.id, {
        personId: person.id,
        localpart: person.localpart,
        enrollmentRoles: [...(known?.enrollmentRoles ?? []), role],
        schoolRoles: person.affiliations.filter((held) => held.schoolId === room.schoolId).map((held) => held.role),
        account: accountOf(person),
      });
    }
    const kind: ManagedKind = room.kind === "group" ? "group" : "channel";
    const desired = desiredRoom(kind, room.group.title, [...people.values()]);
    const belongs = new Set(desired.members.map((member) => member.personId));
    return [
      {
        alias: room.alias,
        schoolId: room.schoolId,
        roomId: room.roomId,
        hasProblem: room.problem !== null,
        isServed: room.school.serviceEnabled && room.school.stateEnabled && room.school.schoolEnabled,
        recorded: {
          exists: room.roomId !== null,
          name: room.name,
          members: room.members.map(({ personId, level, person }) => ({
            personId,
            level,
            localpart: person.localpart,
          })),
        },
        desired,
        waitsForAccounts: [...people.values()].some((one) => one.account === "pending" && belongs.has(one.personId)),
      },
    ];
  });
}

function accountOf(person: {
  enabled: boolean;
  leftAt: Date | null;
  accountState: string;
  accountProblem: string | null;
}): GroupPerson["account"] {
  if (!person.enabled || person.leftAt !== null) return "unusable";
  if (person.accountState === "active") return "active";
  return person.accountState === "absent" && person.accountProblem === null ? "pending" : "unusable";
}
