// Whoever was invited into a room by a person stays there when the group or the source that named them does not any more
// (design §6). Synapse itself remembers who invited whom, also where we brought them in afterwards or before.
import { localpartOfUser, PROVISIONER_LOCALPART, type MatrixUserId, type RoomId } from "#lib/ids/ids.ts";
import type { RoomsApi } from "#lib/matrix/rooms.ts";

/** Of somebody who is in the room, or invited to it. */
export async function isPersonalGuest(
  rooms: Pick<RoomsApi, "invitersOf">,
  room: RoomId,
  userId: MatrixUserId,
): Promise<boolean> {
  const inviters = await rooms.invitersOf(room, userId);
  return inviters.some((inviter) => localpartOfUser(inviter) !== PROVISIONER_LOCALPART);
}
