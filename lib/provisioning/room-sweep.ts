// Once a night, every room: older ones are adopted, and those that break the integrity condition without anybody having
// told (an account locked elsewhere, a gate that was away) are repaired; rooms that follow groups are looked at again.
import type { Database } from "#lib/db/client.ts";
import { matrixUserId, PROVISIONER_LOCALPART } from "#lib/ids/ids.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { SWEEP_KEY } from "#lib/jobs/queues.ts";
import { log } from "#lib/log/log.ts";
import { MatrixCallError } from "#lib/matrix/errors.ts";
import type { RoomSurvey, SurveyedRoom } from "#lib/matrix/room-survey.ts";
import { adoptRoom, type AdoptionDependencies } from "./adoption.ts";
import { queueRoomsFollowingAt } from "./group-queue.ts";
import { breaksIntegrity, type IntegrityDependencies } from "./integrity.ts";
import { queueRoomRepair } from "./integrity-queue.ts";

export type SweepDependencies = Omit<IntegrityDependencies, "jobs"> &
  AdoptionDependencies & { readonly jobs: JobSender; readonly survey: RoomSurvey };

/** By night in Germany, whatever the season; in UTC. */
const NIGHT = { from: 1, to: 4 };
const LEAST_PAUSE_MS = 20 * 3_600_000;
const LOOK_MS = 10 * 60_000;
const MARK = "roomSweep";

export function isSweepDue(now: Date, last: Date | null): boolean {
  const isNight = now.getUTCHours() >= NIGHT.from && now.getUTCHours() < NIGHT.to;
  return isNight && (last === null || now.getTime() - last.getTime() >= LEAST_PAUSE_MS);
}

/** A round of the worker; answers when the next one is due, in milliseconds. */
export async function requestSweep(db: Database, jobs: JobSender, now = new Date()): Promise<number> {
  try {
    const last = await db.serviceState.findUnique({ where: { name: MARK }, select: { checkedAt: true } });
    if (isSweepDue(now, last?.checkedAt ?? null)) {
      await db.$transaction((tx) => jobs.send(tx, "sweep-rooms", {}, SWEEP_KEY));
    }
  } catch (error) {
    log.warn({ err: error }, "nightly look at rooms not requested");
  }
  return LOOK_MS;
}

/** @param signal stops between two rooms */
export async function sweepRooms(dependencies: SweepDependencies, signal: AbortSignal): Promise<void> {
  const { db, jobs, survey, serverName } = dependencies;
  const own = await survey.joinedRoomsOf(matrixUserId(PROVISIONER_LOCALPART, serverName));
  let repaired = 0;
  for await (const page of survey.rooms()) {
    const broken: string[] = [];
    for (const room of page) {
      signal.throwIfAborted();
      if (await needsRepair(dependencies, room, own)) broken.push(room.roomId);
    }
    await db.$transaction((tx) => queueRoomRepair(tx, jobs, broken));
    repaired += broken.length;
  }
  await db.$transaction(async (tx) => {
    await queueRoomsFollowingAt(tx, jobs, null);
    // a closed room in which everything is well again has to be opened
    const closed = await tx.schoolNotice.findMany({ where: { kind: "roomReadOnly", resolvedAt: null } });
    const rooms = closed.map(({ roomId }) => roomId);
    await queueRoomRepair(tx, jobs, rooms);
  });
  const state = { reachable: true, checkedAt: new Date(), detail: "" };
  await db.serviceState.upsert({ where: { name: MARK }, create: { name: MARK, ...state }, update: state });
  log.info({ repaired }, "rooms looked at");
}

async function needsRepair(
  dependencies: SweepDependencies,
  { roomId, joinedMembers }: SurveyedRoom,
  own: ReadonlySet<string>,
): Promise<boolean> {
  try {
    // alone with oneself, as in a room whose first invitation failed, there is nobody to look after
    if (!own.has(roomId) && (joinedMembers < 2 || !(await adoptRoom(dependencies, roomId)))) return false;
    return joinedMembers > 1 && (await breaksIntegrity(dependencies, roomId));
  } catch (error) {
    if (!(error instanceof MatrixCallError)) throw error;
    log.warn({ err: error, roomId }, "a room could not be looked at");
    return false;
  }
}
