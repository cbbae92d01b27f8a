// Queues a comparison of managed rooms with Synapse in the caller's transaction, because somebody has changed them there.
import { z } from "zod";
import type { Transaction } from "#lib/db/client.ts";
import type { JobSender } from "#lib/jobs/boss.ts";

const rows = z.array(z.object({ alias: z.string() }));

/** Rooms that are no managed ones are left out. @returns how many were queued */
export async function queueRoomVerification(
  tx: Transaction,
  jobs: Pick<JobSender, "sendMany">,
  roomIds: readonly string[],
): Promise<number> {
  if (roomIds.length === 0) return 0;
  const found: unknown = await tx.$queryRaw`
    UPDATE managed_room SET verify_due = true WHERE room_id = ANY (${[...new Set(roomIds)]}::text[]) RETURNING alias`;
  const looks = rows.parse(found).map(({ alias }) => ({ data: { alias }, key: alias }));
  return await jobs.sendMany(tx, "provision-room", looks);
}
