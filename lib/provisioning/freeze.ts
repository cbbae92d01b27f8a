// The job for a room that people of a school have made, when the school is switched off: read-only at once, closed after
// the grace period, and as it was before if the school is switched on again within it (design §6).
import type { Database } from "#lib/db/client.ts";
import { matrixUserId, PROVISIONER_LOCALPART, roomId as asRoomId, type RoomId } from "#lib/ids/ids.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { log } from "#lib/log/log.ts";
import { lastingRefusal, problemOf } from "#lib/matrix/errors.ts";
import type { RoomKeepingApi } from "#lib/matrix/room-keeping.ts";
import type { RoomsApi } from "#lib/matrix/rooms.ts";
import {
  isReadOnly,
  levelOfUser,
  NOBODY,
  powerLevelsSchema,
  readOnly,
  withoutReadOnly,
} from "#lib/rooms/power-levels.ts";
import { desiredFreeze } from "./freeze-rule.ts";
import { readLevels } from "./levels.ts";
import { isServed } from "./served.ts";

export type FreezeDependencies = {
  readonly db: Database;
  readonly jobs: JobSender;
  readonly rooms: Pick<RoomsApi, "state" | "setState" | "members" | "kick">;
  readonly keeping: Pick<RoomKeepingApi, "remove">;
  readonly serverName: string;
  readonly now?: () => Date;
};

const LEVELS = "m.room.power_levels";
const WAIT_FOR_DELETION_SECONDS = 3;

export async function freezeRoom(dependencies: FreezeDependencies, room: string, signal: AbortSignal): Promise<void> {
  const { db, now = () => new Date() } = dependencies;
  const record = await db.roomRecord.findUnique({
    where: { roomId: room },
    select: {
      freeze: true,
      school: {
        select: { serviceEnabled: true, stateEnabled: true, schoolEnabled: true, leftAt: true, unservedSince: true },
      },
      schoolId: true,
    },
  });
  if (record === null) return;
  const frame = await db.policyFrame.findFirstOrThrow({ orderBy: { version: "desc" } });
  const { school } = record;
  const wanted = desiredFreeze(
    { isServed: isServed(school), unservedSince: school.unservedSince },
    frame.gracePeriodDays,
    now(),
  );
  const state = record.freeze?.state ?? "writable";
  // what is closed is gone
  if (state === "closed" || (state === wanted && (record.freeze?.problem ?? null) === null)) return;
  await db.roomFreeze.upsert({
    where: { roomId: room },
    create: { roomId: room, schoolId: record.schoolId },
    update: {},
  });
  const roomId = asRoomId(room);
  let problem: string | null = null;
  try {
    if (wanted === "readOnly") problem = await makeReadOnly(dependencies, roomId);
    else if (wanted === "writable") problem = await restore(dependencies, roomId);
    else if (!(await close(dependencies, roomId, signal))) return;
  } catch (error) {
    // anything else is tried again by the rules of the queue
    const refusal = lastingRefusal(error);
    if (refusal === null) throw error;
    problem = refusal.status === 403 ? "notInRoom" : problemOf(refusal);
  }
  if (problem !== null) log.warn({ roomId, wanted, problem }, "room not as wanted");
  const changed = { problem, changedAt: new Date(), ...(problem === null && { state: wanted }) };
  await db.roomFreeze.update({ where: { roomId: room }, data: changed });
}

async function makeReadOnly({ db, rooms, serverName }: FreezeDependencies, roomId: RoomId): Promise<string | null> {
  const former = readLevels(await rooms.state(roomId, LEVELS));
  if (former === null) return "noPowerLevels";
  if (isReadOnly(former)) return null;
  if (levelOfUser(former, matrixUserId(PROVISIONER_LOCALPART, serverName)) < NOBODY) return "noRights";
  const applied = readOnly(former);
  await db.$executeRaw`
    UPDATE room_freeze SET former = ${JSON.stringify(former)}::jsonb, applied = ${JSON.stringify(applied)}::jsonb
    WHERE room_id = ${roomId}`;
  await rooms.setState(roomId, LEVELS, applied);
  return null;
}

async function restore({ db, rooms }: FreezeDependencies, roomId: RoomId): Promise<string | null> {
  if (await leaveToProtection(db, roomId)) return null;
  const row = await db.roomFreeze.findUniqueOrThrow({ where: { roomId } });
  const former = powerLevelsSchema.safeParse(row.former).data;
  const applied = powerLevelsSchema.safeParse(row.applied).data;
  if (former !== undefined && applied !== undefined) {
    const present = readLevels(await rooms.state(roomId, LEVELS));
    if (present === null) return "noPowerLevels";
    const restored = withoutReadOnly(present, applied, former);
    if (restored !== present) await rooms.setState(roomId, LEVELS, restored);
  }
  await db.$executeRaw`UPDATE room_freeze SET former = NULL, applied = NULL WHERE room_id = ${roomId}`;
  return null;
}

/** The school wants the room read-only by itself: it stays so, and what restores it is handed over. */
async function leaveToProtection(db: Database, roomId: RoomId): Promise<boolean> {
  return await db.$transaction(async (tx) => {
    const taken = await tx.$executeRaw`
      UPDATE room_protection p SET former = coalesce(p.former, f.former), applied = coalesce(p.applied, f.applied)
      FROM room_freeze f WHERE f.room_id = p.room_id AND p.room_id = ${roomId} AND p.wanted = 'readOnly'`;
    if (taken === 0) return false;
    await tx.$executeRaw`UPDATE room_freeze SET former = NULL, applied = NULL WHERE room_id = ${roomId}`;
    return true;
  });
}

/** Kicks first: a leave that Synapse makes by itself while it deletes can be refused. @returns whether it is gone */
async function close(
  { db, jobs, rooms, keeping, serverName }: FreezeDependencies,
  roomId: RoomId,
  signal: AbortSignal,
): Promise<boolean> {
  const provisioner = matrixUserId(PROVISIONER_LOCALPART, serverName);
  for (const { userId, membership } of (await rooms.members(roomId)) ?? []) {
    signal.throwIfAborted();
    if (userId !== provisioner && (membership === "join" || membership === "invite")) await rooms.kick(roomId, userId);
  }
  if (await keeping.remove(roomId)) {
    await db.$executeRaw`UPDATE room_freeze SET former = NULL, applied = NULL WHERE room_id = ${roomId}`;
    return true;
  }
  const later = { data: { roomId }, key: roomId, startAfterSeconds: WAIT_FOR_DELETION_SECONDS };
  await db.$transaction((tx) => jobs.sendMany(tx, "freeze-room", [later]));
  return false;
}
