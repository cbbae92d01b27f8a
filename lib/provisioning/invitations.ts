// The job that withdraws pending invitations which a school's policy no longer permits (design §4.11). Memberships stay.
import { writeAudit, SYSTEM_ACTOR } from "#lib/audit/write.ts";
import type { Database } from "#lib/db/client.ts";
import { localpartOfUser, PROVISIONER_LOCALPART, roomId as asRoomId } from "#lib/ids/ids.ts";
import { correlationId, log } from "#lib/log/log.ts";
import { MatrixCallError } from "#lib/matrix/errors.ts";
import type { RoomsApi } from "#lib/matrix/rooms.ts";

export type InvitationDependencies = {
  readonly db: Database;
  readonly rooms: RoomsApi;
  /** By the policy that is in effect when it is asked. */
  readonly isInvitationAllowed: (
    inviterLocalpart: string,
    inviteeLocalpart: string,
    roomId: string,
  ) => Promise<boolean>;
};

/** @param signal stops between two rooms */
export async function withdrawInvitations(
  dependencies: InvitationDependencies,
  schoolId: string,
  signal: AbortSignal,
): Promise<void> {
  const { db } = dependencies;
  const school = await db.school.findUnique({ where: { id: schoolId }, select: { currentVersion: true } });
  if (school === null) return;
  const records = await db.roomRecord.findMany({
    where: { schoolId },
    select: { roomId: true },
    orderBy: { recordedAt: "desc" },
  });
  let invitations = 0;
  let rooms = 0;
  let failure: Error | undefined;
  for (const { roomId } of records) {
    signal.throwIfAborted();
    try {
      const withdrawn = await withdrawInRoom(dependencies, roomId);
      invitations += withdrawn;
      if (withdrawn > 0) rooms += 1;
    } catch (error) {
      // a room that we may not act in must not protect the invitations in the others
      if (!(error instanceof MatrixCallError)) throw error;
      log.warn({ err: error, roomId, schoolId }, "invitations of a room not withdrawn");
      failure = error;
    }
  }
  if (invitations > 0) {
    await db.$transaction((tx) =>
      writeAudit(tx, {
        scope: schoolId,
        actor: SYSTEM_ACTOR,
        event: { type: "invitationsWithdrawn", version: school.currentVersion, rooms, invitations },
        outcome: "done",
        correlationId: correlationId(),
      }),
    );
  }
  if (failure !== undefined) throw failure;
}

async function withdrawInRoom({ rooms, isInvitationAllowed }: InvitationDependencies, roomId: string): Promise<number> {
  const members = (await rooms.members(asRoomId(roomId))) ?? [];
  let withdrawn = 0;
  for (const { userId, sender, membership } of members) {
    const inviter = localpartOfUser(sender);
    if (membership !== "invite" || inviter === PROVISIONER_LOCALPART) continue;
    if (await isInvitationAllowed(inviter, localpartOfUser(userId), roomId)) continue;
    await rooms.kick(asRoomId(roomId), userId);
    withdrawn += 1;
  }
  return withdrawn;
}
