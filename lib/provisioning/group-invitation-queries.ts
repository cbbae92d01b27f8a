// What is stored of a room that follows groups, and the people of these groups as the directory has them now.
import type { Database } from "#lib/db/client.ts";
import type { GroupName } from "#lib/gate/room-settings.ts";
import type { RecordedPerson } from "./group-invitation-rules.ts";
import { SERVED_WHERE } from "./served.ts";

export type FollowedGroup = {
  readonly id: string;
  /** Localpart of whoever added it. */
  readonly addedBy: string;
  readonly isThere: boolean;
  readonly people: readonly {
    readonly personId: string;
    readonly localpart: string;
    readonly hasAccount: boolean;
    /** Gets an account just now. */
    readonly isPending: boolean;
  }[];
};
export type FollowingRoom = {
  readonly roomId: string;
  readonly schoolId: string;
  readonly groups: readonly FollowedGroup[];
  readonly recorded: readonly RecordedPerson[];
};

/** Null for a room that follows nothing: without a school, of one that does not take part, or kept by the provisioner. */
export async function findFollowingRoom(db: Database, roomId: string): Promise<FollowingRoom | null> {
  const record = await db.roomRecord.findUnique({
    where: { roomId, school: SERVED_WHERE },
    select: {
      schoolId: true,
      groups: {
        select: {
          addedBy: true,
          people: {
            select: { personId: true, personal: true, broughtAt: true, person: { select: { localpart: true } } },
          },
          group: {
            select: {
              id: true,
              leftAt: true,
              members: {
                distinct: ["personId"],
                select: {
                  person: {
                    select: {
                      ...{ id: true, localpart: true, enabled: true, leftAt: true },
                      ...{ accountState: true, accountProblem: true },
                    },
                  },
                },
              },
            },
          },
        },
        orderBy: { groupId: "asc" },
      },
    },
  });
  if (record === null || (await db.managedRoom.count({ where: { roomId } })) > 0) return null;
  const groups = record.groups.map(({ addedBy, group }): FollowedGroup => {
    const present = group.members.map(({ person }) => person).filter((one) => one.enabled && one.leftAt === null);
    const people = present.map((person) => ({
      personId: person.id,
      localpart: person.localpart,
      hasAccount: person.accountState === "active",
      isPending: person.accountState === "absent" && person.accountProblem === null,
    }));
    return { id: group.id, addedBy, isThere: group.leftAt === null, people };
  });
  const recorded = record.groups.flatMap(({ group, people }) =>
    people.map(({ personId, personal, broughtAt, person }): RecordedPerson => {
      return { groupId: group.id, personId, localpart: person.localpart, personal, isBrought: broughtAt !== null };
    }),
  );
  return { roomId, schoolId: record.schoolId, groups, recorded };
}

/** Aliases that the gate has not noted: of an older room, or of a moment in which it could not write. */
export async function recordUnknownGroups(
  db: Database,
  roomId: string,
  named: readonly GroupName[],
  sender: string,
): Promise<void> {
  if (named.length === 0) return;
  await db.$executeRaw`
    INSERT INTO room_group (room_id, group_id, added_by)
    SELECT r.room_id, g.id, ${sender}
    FROM room_record r
    JOIN unnest(${named.map(({ schoolId }) => schoolId)}::text[], ${named.map(({ groupId }) => groupId)}::text[]) AS named (school_id, group_id)
      ON named.school_id = r.school_id
    JOIN school_group g ON g.id = named.group_id AND g.school_id = r.school_id
    WHERE r.room_id = ${roomId} AND NOT EXISTS (SELECT FROM managed_room WHERE room_id = r.room_id)
    ON CONFLICT DO NOTHING`;
}
