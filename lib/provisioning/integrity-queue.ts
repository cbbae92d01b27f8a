// Queues a look at rooms in the caller's transaction: whoever kicks, locks or demotes somebody calls this afterwards.
import type { Transaction } from "#lib/db/client.ts";
import type { JobSender } from "#lib/jobs/boss.ts";

/** The jobs read the rooms when they run, so one too many costs a few requests and changes nothing. */
export async function queueRoomRepair(
  tx: Transaction,
  jobs: Pick<JobSender, "sendMany">,
  roomIds: readonly string[],
): Promise<number> {
  return await jobs.sendMany(
    tx,
    "repair-room",
    [...new Set(roomIds)].map((roomId) => ({ data: { roomId }, key: roomId })),
  );
}
