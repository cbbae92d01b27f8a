// Turns what the gate has written down into jobs, once the moment has passed in which Synapse stores the event.
import { z } from "zod";
import type { Database } from "#lib/db/client.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { log } from "#lib/log/log.ts";
import { queueGroupFollowing } from "./group-queue.ts";
import { queueRoomRepair } from "./integrity-queue.ts";
import { queueRoomVerification } from "./verification-queue.ts";

const LOOK_INTERVAL_MS = 1_000;
const BATCH = 500;
const rows = z.array(z.object({ room_id: z.string(), concern: z.enum(["integrity", "groups", "kept"]) }));

/** Several workers may do it at once: each takes rows of its own. @returns how many looks were taken up */
export async function queueDueLooks(db: Database, jobs: JobSender): Promise<number> {
  return await db.$transaction(async (tx) => {
    const found: unknown = await tx.$queryRaw`
      DELETE FROM room_look WHERE id IN (
        SELECT id FROM room_look WHERE due_at <= now() ORDER BY due_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
      RETURNING room_id, concern::text`;
    const due = rows.parse(found);
    const roomsOf = (concern: (typeof due)[number]["concern"]) =>
      due.filter((row) => row.concern === concern).map((row) => row.room_id);
    await queueRoomRepair(tx, jobs, roomsOf("integrity"));
    await queueGroupFollowing(tx, jobs, roomsOf("groups"));
    await queueRoomVerification(tx, jobs, roomsOf("kept"));
    return due.length;
  });
}

/** A round of the worker; answers when the next one is due, in milliseconds. */
export async function queueLooksRound(db: Database, jobs: JobSender): Promise<number> {
  try {
    return (await queueDueLooks(db, jobs)) === BATCH ? 0 : LOOK_INTERVAL_MS;
  } catch (error) {
    log.warn({ err: error }, "rooms to be looked at wait for the database");
    return 5 * LOOK_INTERVAL_MS;
  }
}
