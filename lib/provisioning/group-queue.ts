// Queues a look at the rooms that follow groups, in the caller's transaction: after a sync, after a change of the policy,
// and whenever the gate says that a room's groups have changed.
import { z } from "zod";
import type { Transaction } from "#lib/db/client.ts";
import type { JobSender } from "#lib/jobs/boss.ts";

type Sender = Pick<JobSender, "sendMany">;
const rows = z.array(z.object({ room_id: z.string() }));

export async function queueGroupFollowing(tx: Transaction, jobs: Sender, roomIds: readonly string[]): Promise<number> {
  const unique = [...new Set(roomIds)];
  return await jobs.sendMany(
    tx,
    "follow-groups",
    unique.map((roomId) => ({ data: { roomId }, key: roomId })),
  );
}

/** Rooms that follow one of these groups, or a group with one of these people. */
export async function queueRoomsFollowing(
  tx: Transaction,
  jobs: Sender,
  change: { readonly groupIds: readonly string[]; readonly personIds: readonly string[] },
): Promise<number> {
  const groupIds = [...change.groupIds];
  const personIds = [...change.personIds];
  const found: unknown = await tx.$queryRaw`
    SELECT room_id FROM room_group WHERE group_id = ANY (${groupIds}::text[])
    UNION SELECT room_id FROM room_group_person WHERE person_id = ANY (${personIds}::text[])
    UNION SELECT room_id FROM room_group JOIN group_member USING (group_id) WHERE person_id = ANY (${personIds}::text[])`;
  return await queueGroupFollowing(
    tx,
    jobs,
    rows.parse(found).map((row) => row.room_id),
  );
}

/** Every room of a school that follows groups: whose cell opens or closes, none of its rooms knows. */
export async function queueRoomsFollowingAt(tx: Transaction, jobs: Sender, schoolId: string | null): Promise<number> {
  const found = await tx.roomGroup.findMany({
    where: schoolId === null ? {} : { room: { schoolId } },
    distinct: ["roomId"],
    select: { roomId: true },
  });
  return await queueGroupFollowing(
    tx,
    jobs,
    found.map(({ roomId }) => roomId),
  );
}
