// The job for somebody who has left a school, or all of them: out of that school's rooms, by the provisioner, and every
// such room is looked at for its integrity afterwards (design §5, Leavers).
import type { Database, Transaction } from "#lib/db/client.ts";
import { matrixUserId, PROVISIONER_LOCALPART, type MatrixUserId, type RoomId } from "#lib/ids/ids.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { log } from "#lib/log/log.ts";
import { isMatrixError } from "#lib/matrix/errors.ts";
import type { RoomKeepingApi } from "#lib/matrix/room-keeping.ts";
import type { RoomsApi } from "#lib/matrix/rooms.ts";
import { roomsToLeave, type KnownRoom } from "./departure-rule.ts";

export type DepartureDependencies = {
  readonly db: Database;
  readonly jobs: JobSender;
  readonly rooms: Pick<RoomsApi, "kick">;
  readonly keeping: Pick<RoomKeepingApi, "membershipsOf" | "makeAdmin" | "enter">;
  readonly serverName: string;
  /** Has the integrity of rooms looked at that somebody had to leave. */
  readonly repairRooms: (tx: Transaction, roomIds: readonly string[]) => Promise<unknown>;
};

/** A kept room lowers the level and kicks by its own job: look again after this time. */
const WAIT_FOR_ROOMS_SECONDS = 3;

/** @param signal stops between two rooms */
export async function settleDepartures(
  dependencies: DepartureDependencies,
  personId: string,
  signal: AbortSignal,
): Promise<void> {
  const { db, jobs, keeping, serverName } = dependencies;
  const person = await db.person.findUnique({
    where: { id: personId },
    select: {
      localpart: true,
      leftAt: true,
      accountState: true,
      affiliations: { select: { schoolId: true } },
      sources: { select: { schoolId: true } },
      departures: { where: { settledAt: null }, select: { schoolId: true, rooms: true } },
    },
  });
  if (person === null || person.departures.length === 0) return;
  const userId = matrixUserId(person.localpart, serverName);
  const isIn = person.accountState === "absent" ? new Map<RoomId, string>() : await keeping.membershipsOf(userId);
  const inside = [...isIn].flatMap(([room, how]) =>
    how === "join" || how === "invite" || how === "knock" ? [room] : [],
  );
  const leaving = roomsToLeave(await knownRooms(db, personId, inside), {
    hasLeftAll: person.leftAt !== null,
    departedSchools: person.departures.map(({ schoolId }) => schoolId),
    schools: [...person.affiliations, ...person.sources].map(({ schoolId }) => schoolId),
  });

  const schoolIds = person.departures.map(({ schoolId }) => schoolId);
  const toRepair = [...new Set([...person.departures.flatMap(({ rooms }) => rooms), ...leaving.kick])];
  // before the first kick: after a crash nobody would know any more which rooms were left
  await db.schoolDeparture.updateMany({ where: { personId, schoolId: { in: schoolIds } }, data: { rooms: toRepair } });
  let failure: unknown;
  for (const room of leaving.kick) {
    signal.throwIfAborted();
    try {
      await remove(dependencies, room, userId);
    } catch (error) {
      if (!isMatrixError(error, 403) && !isMatrixError(error, 400)) throw error;
      log.warn({ err: error, roomId: room, personId }, "not removed from a room");
      failure ??= error;
    }
  }
  if (failure !== undefined) {
    await db.schoolDeparture.updateMany({ where: { personId, settledAt: null }, data: { problem: "notRemoved" } });
    throw failure instanceof Error ? failure : new Error("not removed from a room");
  }
  await db.$transaction(async (tx) => {
    if (leaving.byTheirJob.length > 0) {
      const kept = leaving.byTheirJob.map((alias) => ({ data: { alias }, key: alias, priority: 1_000 }));
      await jobs.sendMany(tx, "provision-room", kept);
      const again = { data: { personId }, key: personId, startAfterSeconds: WAIT_FOR_ROOMS_SECONDS };
      await jobs.sendMany(tx, "leave-rooms", [again]);
      return;
    }
    await dependencies.repairRooms(tx, toRepair);
    await tx.schoolDeparture.updateMany({
      where: { personId, schoolId: { in: schoolIds } },
      data: { settledAt: new Date(), rooms: [], problem: null },
    });
  });
}

async function knownRooms(db: Database, personId: string, roomIds: readonly RoomId[]): Promise<readonly KnownRoom[]> {
  const ids = [...roomIds];
  const managed = await db.managedRoom.findMany({
    where: { roomId: { in: ids } },
    select: { roomId: true, alias: true, schoolId: true, members: { where: { personId }, select: { personId: true } } },
  });
  const records = await db.roomRecord.findMany({
    where: { roomId: { in: ids } },
    select: { roomId: true, schoolId: true },
  });
  const keptOf = new Map(managed.map((room) => [room.roomId, room]));
  const schoolOf = new Map(records.map((record) => [record.roomId, record.schoolId]));
  return roomIds.map((roomId) => {
    const kept = keptOf.get(roomId);
    return {
      roomId,
      schoolId: kept?.schoolId ?? schoolOf.get(roomId) ?? null,
      keptAs: kept !== undefined && kept.members.length > 0 ? kept.alias : null,
    };
  });
}

/** Into older rooms the provisioner comes through whoever has the most rights there. */
async function remove(dependencies: DepartureDependencies, room: RoomId, userId: MatrixUserId): Promise<void> {
  const { rooms, keeping, serverName } = dependencies;
  try {
    await rooms.kick(room, userId);
  } catch (error) {
    if (!isMatrixError(error, 403)) throw error;
    await keeping.makeAdmin(room, matrixUserId(PROVISIONER_LOCALPART, serverName));
    await keeping.enter(room).catch((entering: unknown) => {
      // Synapse's module may have been quicker
      if (!isMatrixError(entering, 403)) throw entering;
    });
    await rooms.kick(room, userId);
  }
}
