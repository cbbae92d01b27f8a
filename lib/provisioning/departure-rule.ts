// Which rooms somebody who has left a school has to leave (design §5, §6). Pure.
import type { RoomId } from "#lib/ids/ids.ts";

export type KnownRoom = {
  readonly roomId: RoomId;
  /** Null for a room of which the gate has no record yet. */
  readonly schoolId: string | null;
  /** Alias of a room that the provisioner keeps and into which it has brought the person. */
  readonly keptAs: string | null;
};

export type Leaver = {
  readonly hasLeftAll: boolean;
  readonly departedSchools: readonly string[];
  /** Where the person still, or again, belongs. */
  readonly schools: readonly string[];
};

export type RoomsToLeave = {
  readonly kick: readonly RoomId[];
  /** Rooms whose own job takes the level away and kicks. */
  readonly byTheirJob: readonly string[];
};

/** Who leaves one of several schools only leaves that school's rooms; who leaves all of them leaves every room. */
export function roomsToLeave(rooms: readonly KnownRoom[], leaver: Leaver): RoomsToLeave {
  const departed = new Set(leaver.departedSchools.filter((schoolId) => !leaver.schools.includes(schoolId)));
  const leaving = rooms.filter(({ schoolId }) => leaver.hasLeftAll || (schoolId !== null && departed.has(schoolId)));
  return {
    kick: leaving.filter((room) => room.keptAs === null).map((room) => room.roomId),
    byTheirJob: leaving.flatMap((room) => room.keptAs ?? []),
  };
}
