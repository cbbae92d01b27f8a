// The job that restores one room's integrity condition (design §5): it appoints moderators, or closes the room for
// writing and tells the school's management. Done twice, it changes nothing: whom it appoints is stored, with the notice,
// before Synapse is told.
import { SYSTEM_ACTOR, writeAudit } from "#lib/audit/write.ts";
import type { Database, Transaction } from "#lib/db/client.ts";
import { matrixUserId, PROVISIONER_LOCALPART, roomId as asRoomId } from "#lib/ids/ids.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { correlationId, log } from "#lib/log/log.ts";
import type { CanAct } from "#lib/matrix/account-standing.ts";
import { isMatrixError } from "#lib/matrix/errors.ts";
import type { RoomsApi } from "#lib/matrix/rooms.ts";
import { levelOfUser, powerLevelsSchema, type PowerLevels } from "#lib/rooms/power-levels.ts";
import { findCandidates, findRoomToRepair, roleAgeDays, type RoomToRepair } from "./integrity-queries.ts";
import {
  MODERATOR_LEVEL,
  moderatorsOf,
  needsModerator,
  successors,
  type Candidate,
  type RoomToJudge,
} from "./integrity-rules.ts";

export type IntegrityDependencies = {
  readonly db: Database;
  readonly jobs: Pick<JobSender, "send">;
  readonly rooms: Pick<RoomsApi, "state" | "setState" | "members" | "creatorOf" | "nameOf">;
  readonly canAct: CanAct;
  readonly serverName: string;
};

const LEVELS_EVENT = "m.room.power_levels";

type Looking = Omit<IntegrityDependencies, "jobs">;

export async function repairRoom(dependencies: IntegrityDependencies, roomId: string): Promise<void> {
  const room = await findRoomToRepair(dependencies.db, roomId);
  if (room === null) return;
  const present = await lookAt(dependencies, roomId);
  if (present === null) return;
  if (await isKept(dependencies, present)) {
    await settle(dependencies, room);
    return;
  }
  const chosen = await choose(dependencies, room, present);
  if (chosen.length > 0) await appoint(dependencies, room, present, chosen);
  else await close(dependencies, room, present);
}

/** Only looks: the nightly sweep goes through every room of the server. */
export async function breaksIntegrity(dependencies: Looking, roomId: string): Promise<boolean> {
  if ((await findRoomToRepair(dependencies.db, roomId)) === null) return false;
  const present = await lookAt(dependencies, roomId);
  return present !== null && !(await isKept(dependencies, present));
}

async function isKept(dependencies: Looking, present: RoomToJudge): Promise<boolean> {
  return !needsModerator(present) || (await someCanAct(dependencies, moderatorsOf(present)));
}

async function lookAt({ rooms, serverName }: Looking, roomId: string): Promise<RoomToJudge | null> {
  const id = asRoomId(roomId);
  const members = await rooms.members(id);
  if (members === null) return null; // the room is gone
  let levels: PowerLevels | null;
  try {
    levels = powerLevelsSchema.safeParse(await rooms.state(id, LEVELS_EVENT)).data ?? null;
  } catch (error) {
    if (!isMatrixError(error, 403)) throw error;
    log.warn({ roomId }, "integrity not checked: the provisioner is not in the room");
    return null; // the nightly sweep adopts such rooms
  }
  const creator = levels === null ? await rooms.creatorOf(id) : null;
  return { members, levels, creator, provisioner: matrixUserId(PROVISIONER_LOCALPART, serverName) };
}

async function someCanAct({ canAct }: Looking, userIds: readonly string[]): Promise<boolean> {
  for (const userId of userIds) if (await canAct(userId)) return true;
  return false;
}

/** Joined staff who can act, by the rules; nobody if the provisioner's own level does not reach. */
async function choose(
  dependencies: IntegrityDependencies,
  room: RoomToRepair,
  { members, levels, provisioner }: RoomToJudge,
): Promise<readonly Candidate[]> {
  const { db, serverName, canAct } = dependencies;
  if (levels === null || levelOfUser(levels, provisioner) < MODERATOR_LEVEL) return [];
  const joined = members.filter(({ membership }) => membership === "join").map(({ userId }) => userId);
  const found = await findCandidates(db, room, joined, serverName);
  const able: Candidate[] = [];
  for (const candidate of found) if (await canAct(candidate.userId)) able.push(candidate);
  return successors(able, new Date(), await roleAgeDays(db));
}

async function appoint(
  dependencies: IntegrityDependencies,
  room: RoomToRepair,
  { levels }: RoomToJudge,
  chosen: readonly Candidate[],
): Promise<void> {
  const { db, rooms } = dependencies;
  const { roomId } = room;
  const roomName = await rooms.nameOf(asRoomId(roomId));
  await db.$transaction(async (tx) => {
    const fresh = await recordAppointments(tx, room, chosen);
    if (fresh.length === 0) return; // told before a crash
    await tx.schoolNotice.createMany({
      data: fresh.map((personId) => ({
        ...{ kind: "moderatorAppointed" as const, schoolId: room.schoolId, roomId, roomName, personId },
      })),
    });
    await audit(tx, room, { type: "moderatorsAppointed", roomId, people: fresh });
  });
  const users = Object.fromEntries(chosen.map(({ userId }) => [userId, MODERATOR_LEVEL]));
  await rooms.setState(asRoomId(roomId), LEVELS_EVENT, { ...levels, users: { ...levels?.users, ...users } });
  const after = await lookAt(dependencies, roomId);
  // somebody wrote the levels at the same moment: the job is tried again
  if (after !== null && moderatorsOf(after).length === 0) throw new Error("the appointment was overwritten");
  await settle(dependencies, room);
}

/** @returns those who had not been appointed by an unfinished run */
async function recordAppointments(tx: Transaction, { roomId }: RoomToRepair, chosen: readonly Candidate[]) {
  const ids = chosen.map(({ personId }) => personId);
  const unfinished = await tx.roomModerator.findMany({
    where: { roomId, personId: { in: ids }, settledAt: null },
    select: { personId: true },
  });
  const known = new Set(unfinished.map(({ personId }) => personId));
  const fresh = ids.filter((id) => !known.has(id));
  for (const personId of fresh) {
    const appointed = { appointedAt: new Date(), settledAt: null };
    await tx.roomModerator.upsert({
      where: { roomId_personId: { roomId, personId } },
      create: { roomId, personId, ...appointed },
      update: appointed,
    });
  }
  return fresh;
}

/** Nobody suitable: nobody writes until somebody is, and management is told once. */
async function close(
  { db, jobs, rooms }: IntegrityDependencies,
  room: RoomToRepair,
  { members, levels }: RoomToJudge,
): Promise<void> {
  const { roomId, schoolId } = room;
  const name = await rooms.nameOf(asRoomId(roomId));
  await db.$transaction(async (tx) => {
    const open = await tx.schoolNotice.findFirst({ where: { roomId, kind: "roomReadOnly", resolvedAt: null } });
    if (open === null) {
      await tx.schoolNotice.create({ data: { kind: "roomReadOnly", schoolId, roomId, roomName: name } });
      await audit(tx, room, { type: "roomLeftWithoutModerator", roomId });
    }
    if (isSilent(room, members, levels)) return;
    const wish = {
      wanted: "readOnly",
      wantedById: null,
      wantedAt: new Date(),
      settledAt: null,
      problem: null,
    } as const;
    const present = await tx.roomProtection.findUnique({ where: { roomId } });
    if (present === null) {
      await tx.roomProtection.create({ data: { ...wish, roomId, schoolId, name, people: {} } });
    } else if (present.wanted === "writable") {
      await tx.roomProtection.update({ where: { roomId }, data: wish });
    } else return; // it is, or is about to be, by whatever wish
    await jobs.send(tx, "protect-room", { roomId }, roomId);
  });
}

/** A one-way room of the provisioner's in which nobody is left who could write needs nothing. */
function isSilent(room: RoomToRepair, members: RoomToJudge["members"], levels: PowerLevels | null): boolean {
  if (!room.isManaged || levels === null) return false;
  const needed = levels.events_default ?? 0;
  const joined = members.filter(({ membership }) => membership === "join");
  const writers = joined.filter(({ userId }) => levelOfUser(levels, userId) >= needed);
  return needed > 0 && writers.every(({ userId }) => userId.startsWith(`@${PROVISIONER_LOCALPART}:`));
}

/** The condition holds: what was done for it is finished, and what was closed for it opens again. */
async function settle({ db, jobs }: IntegrityDependencies, { roomId }: RoomToRepair): Promise<void> {
  await db.$transaction(async (tx) => {
    const now = new Date();
    await tx.roomModerator.updateMany({ where: { roomId, settledAt: null }, data: { settledAt: now } });
    await tx.schoolNotice.updateMany({
      where: { roomId, kind: "roomReadOnly", resolvedAt: null },
      data: { resolvedAt: now },
    });
    const { count } = await tx.roomProtection.updateMany({
      where: { roomId, wanted: "readOnly", wantedById: null },
      data: { wanted: "writable", wantedAt: now, settledAt: null, problem: null },
    });
    if (count === 0) return;
    await jobs.send(tx, "protect-room", { roomId }, roomId);
    const kept = await tx.managedRoom.findUnique({ where: { roomId }, select: { alias: true } });
    if (kept !== null) await jobs.send(tx, "provision-room", kept, kept.alias);
  });
}

async function audit(
  tx: Transaction,
  { schoolId }: RoomToRepair,
  event: Parameters<typeof writeAudit>[1]["event"],
): Promise<void> {
  const entry = {
    scope: schoolId,
    actor: SYSTEM_ACTOR,
    event,
    outcome: "done",
    correlationId: correlationId(),
  } as const;
  await writeAudit(tx, entry);
}
