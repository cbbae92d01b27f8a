// The job that makes one room read-only, or takes that back, as its row wants it. Done twice, it changes nothing: the
// former levels are stored before Synapse is told, and a room that is read-only already is left as it is.
import type { Database } from "#lib/db/client.ts";
import { matrixUserId, PROVISIONER_LOCALPART, roomId as asRoomId } from "#lib/ids/ids.ts";
import { log } from "#lib/log/log.ts";
import { lastingRefusal, problemOf } from "#lib/matrix/errors.ts";
import type { RoomsApi } from "#lib/matrix/rooms.ts";
import { isReadOnly, levelOfUser, NOBODY, powerLevelsSchema, readOnly, withoutReadOnly } from "./power-levels.ts";

export type ProtectionDependencies = {
  readonly db: Database;
  readonly rooms: Pick<RoomsApi, "state" | "setState">;
  readonly serverName: string;
};

const LEVELS_EVENT = "m.room.power_levels";

export async function protectRoom(dependencies: ProtectionDependencies, roomId: string): Promise<void> {
  const { db } = dependencies;
  const row = await db.roomProtection.findUnique({ where: { roomId } });
  if (row?.settledAt !== null) return; // also if there is no such row
  let problem: string | null;
  try {
    problem = row.wanted === "readOnly" ? await makeReadOnly(dependencies, row) : await makeWritable(dependencies, row);
  } catch (error) {
    // anything else is tried again by the rules of the queue
    const refusal = lastingRefusal(error);
    if (refusal === null) throw error;
    problem = refusal.status === 403 ? "notInRoom" : problemOf(refusal);
  }
  if (problem !== null) log.warn({ roomId, wanted: row.wanted, problem }, "room not as wanted");
  // whoever wanted something else meanwhile has a job of their own
  await db.roomProtection.updateMany({
    where: { roomId, wanted: row.wanted, wantedAt: row.wantedAt },
    data: { settledAt: new Date(), problem },
  });
}

type Row = NonNullable<Awaited<ReturnType<Database["roomProtection"]["findUnique"]>>>;

async function readLevels({ rooms }: ProtectionDependencies, roomId: string) {
  return powerLevelsSchema.safeParse(await rooms.state(asRoomId(roomId), LEVELS_EVENT)).data ?? null;
}

async function makeReadOnly(dependencies: ProtectionDependencies, { roomId }: Row): Promise<string | null> {
  const { db, rooms, serverName } = dependencies;
  const former = await readLevels(dependencies, roomId);
  if (former === null) return "noPowerLevels";
  // after a crash: Synapse has been told, and what was stored before stands
  if (isReadOnly(former)) return null;
  if (levelOfUser(former, matrixUserId(PROVISIONER_LOCALPART, serverName)) < NOBODY) return "noRights";
  const applied = readOnly(former);
  await db.$executeRaw`
    UPDATE room_protection SET former = ${JSON.stringify(former)}::jsonb, applied = ${JSON.stringify(applied)}::jsonb
    WHERE room_id = ${roomId}`;
  await rooms.setState(asRoomId(roomId), LEVELS_EVENT, applied);
  return null;
}

async function makeWritable(dependencies: ProtectionDependencies, row: Row): Promise<string | null> {
  const { db, rooms } = dependencies;
  const { roomId } = row;
  if (await leaveToFreeze(db, roomId)) return null;
  const former = powerLevelsSchema.safeParse(row.former);
  const applied = powerLevelsSchema.safeParse(row.applied);
  if (former.success && applied.success) {
    const present = await readLevels(dependencies, roomId);
    if (present === null) return "noPowerLevels";
    const restored = withoutReadOnly(present, applied.data, former.data);
    if (restored !== present) await rooms.setState(asRoomId(roomId), LEVELS_EVENT, restored);
  }
  await db.$executeRaw`UPDATE room_protection SET former = NULL, applied = NULL WHERE room_id = ${roomId}`;
  return null;
}

/** Its school is off: the room stays closed, and opens with the school. What restores it is handed over. */
async function leaveToFreeze(db: Database, roomId: string): Promise<boolean> {
  return await db.$transaction(async (tx) => {
    const taken = await tx.$executeRaw`
      UPDATE room_freeze f SET former = coalesce(f.former, p.former), applied = coalesce(f.applied, p.applied)
      FROM room_protection p WHERE p.room_id = f.room_id AND f.room_id = ${roomId} AND f.state = 'readOnly'`;
    if (taken === 0) return false;
    await tx.$executeRaw`UPDATE room_protection SET former = NULL, applied = NULL WHERE room_id = ${roomId}`;
    return true;
  });
}
