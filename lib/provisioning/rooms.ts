// The job that brings one managed room to the desired state: read, looked at in Synapse where that is due, changed, and
// what stands in the way is recorded for the school.
import type { Database } from "#lib/db/client.ts";
import { log } from "#lib/log/log.ts";
import { MatrixCallError, problemOf } from "#lib/matrix/errors.ts";
import { lookAgain, RoomJob, type RoomDependencies } from "./room-job.ts";
import { RoomProblemError } from "./room-problem.ts";
import { findManagedRooms } from "./room-states.ts";
import { verifyRoom } from "./verify.ts";

/** Room before accounts: look again after this time. */
const WAIT_FOR_ACCOUNTS_SECONDS = 3;

/** @param signal stops between two operations */
export async function provisionRoom(dependencies: RoomDependencies, alias: string, signal: AbortSignal): Promise<void> {
  const { db } = dependencies;
  const read = async () => (await findManagedRooms(db, { alias }, dependencies.now?.()))[0];
  let room = await read();
  if (room === undefined) return;
  try {
    if (room.verifyDue && room.recorded.exists) {
      await verifyRoom(dependencies, room);
      room = (await read()) ?? room;
    }
    if (!room.recorded.exists && room.waitsForAccounts && room.desired.mode !== "closed" && room.isServed) {
      await lookAgain(dependencies, alias, WAIT_FOR_ACCOUNTS_SECONDS);
      return;
    }
    const changed = await new RoomJob(dependencies, room, signal).run();
    if (changed || room.hasProblem) await recordProblem(db, alias, null);
  } catch (error) {
    if (error instanceof RoomProblemError) {
      log.warn({ alias, problem: error.code }, "room not as it should be");
      await recordProblem(db, alias, error.code);
      return;
    }
    if (error instanceof MatrixCallError) await recordProblem(db, alias, problemOf(error));
    throw error;
  }
}

async function recordProblem(db: Database, alias: string, problem: string | null): Promise<void> {
  const data = problem === null ? { problem, syncedAt: new Date() } : { problem };
  await db.managedRoom.update({ where: { alias }, data });
}
