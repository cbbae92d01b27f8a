// The job that brings one managed room to the desired state, operation by operation; each is recorded when Synapse has
// done it, so that a crash neither loses nor repeats one.
import type { Database } from "#lib/db/client.ts";
import {
  matrixUserId,
  PROVISIONER_LOCALPART,
  roomId as asRoomId,
  type MatrixUserId,
  type RoomId,
} from "#lib/ids/ids.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { log } from "#lib/log/log.ts";
import { MatrixCallError } from "#lib/matrix/errors.ts";
import { AliasTakenError, type Membership, type RoomsApi } from "#lib/matrix/rooms.ts";
import { createRequest, withLevels } from "./desired.ts";
import { roomDifference } from "./difference.ts";
import { findManagedRooms, type ManagedRoomState } from "./queries.ts";
import type { RoomOperation, RoomPerson } from "./types.ts";

export type RoomDependencies = {
  readonly db: Database;
  readonly jobs: JobSender;
  readonly rooms: RoomsApi;
  readonly serverName: string;
};

/** Stable codes in `ManagedRoom.problem`; anything else there is an errcode of Synapse. */
export type RoomProblem = "aliasTaken" | "roomGone" | "noPowerLevels";

/** Ends the job: trying again would not help. The next sync looks again. */
class RoomProblemError extends Error {
  override readonly name = "RoomProblemError";
  readonly code: RoomProblem;

  constructor(code: RoomProblem) {
    super(code);
    this.code = code;
  }
}

/** Room before accounts: look again after this time. */
const WAIT_FOR_ACCOUNTS_SECONDS = 3;

/** @param signal stops between two operations */
export async function provisionRoom(dependencies: RoomDependencies, alias: string, signal: AbortSignal): Promise<void> {
  const { db, jobs } = dependencies;
  const [room] = await findManagedRooms(db, { alias });
  if (room?.isServed !== true) return;
  if (!room.recorded.exists && room.waitsForAccounts) {
    const later = { data: { alias }, key: alias, startAfterSeconds: WAIT_FOR_ACCOUNTS_SECONDS };
    await db.$transaction((tx) => jobs.sendMany(tx, "provision-room", [later]));
    return;
  }
  try {
    const changed = await new RoomJob(dependencies, room, signal).run();
    if (changed || room.hasProblem) await recordProblem(db, alias, null);
  } catch (error) {
    if (error instanceof RoomProblemError) {
      log.warn({ alias, problem: error.code }, "room not as it should be");
      await recordProblem(db, alias, error.code);
      return;
    }
    if (error instanceof MatrixCallError)
      await recordProblem(db, alias, error.errcode || `HTTP ${String(error.status)}`);
    throw error;
  }
}

async function recordProblem(db: Database, alias: string, problem: string | null): Promise<void> {
  const data = problem === null ? { problem, syncedAt: new Date() } : { problem };
  await db.managedRoom.update({ where: { alias }, data });
}

/** One run over one room. */
class RoomJob {
  readonly #dependencies: RoomDependencies;
  readonly #signal: AbortSignal;
  readonly #state: ManagedRoomState;
  readonly #provisioner: MatrixUserId;
  /** Who is in the room, read at most once: joining somebody who is in it already is an error of Synapse. */
  #present: Map<string, Membership> | undefined;

  constructor(dependencies: RoomDependencies, state: ManagedRoomState, signal: AbortSignal) {
    this.#dependencies = dependencies;
    this.#signal = signal;
    this.#state = state;
    this.#provisioner = this.#userId(PROVISIONER_LOCALPART);
  }

  /** @returns whether anything was to be done */
  async run(): Promise<boolean> {
    const operations = roomDifference(this.#state.recorded, this.#state.desired);
    let room = this.#state.roomId === null ? null : asRoomId(this.#state.roomId);
    let firstFailure: unknown;
    for (const operation of operations) {
      this.#signal.throwIfAborted();
      if (operation.type === "create") {
        room = await this.#create(operation.moderators);
        continue;
      }
      if (room === null) throw new Error("a room operation before the room");
      try {
        await this.#apply(room, operation);
      } catch (error) {
        // one person who cannot be joined must not keep the others out
        if (!(error instanceof MatrixCallError) || operation.type !== "join") throw error;
        firstFailure ??= error;
      }
    }
    if (firstFailure !== undefined) throw firstFailure instanceof Error ? firstFailure : new Error("join failed");
    return operations.length > 0;
  }

  async #create(moderators: readonly RoomPerson[]): Promise<RoomId> {
    const { rooms, db } = this.#dependencies;
    const { alias, schoolId, desired } = this.#state;
    const request = createRequest({
      kind: desired.kind,
      alias,
      name: desired.name,
      provisioner: this.#provisioner,
      moderators: moderators.map((person) => this.#userId(person.localpart)),
    });
    let room: RoomId;
    let isNew = true;
    try {
      room = await rooms.create(request);
    } catch (error) {
      if (!(error instanceof AliasTakenError)) throw error;
      room = await this.#ownRoomOf(alias);
      isNew = false;
    }
    await db.$transaction(async (tx) => {
      await tx.managedRoom.update({ where: { alias }, data: { roomId: room, ...(isNew && { name: desired.name }) } });
      await tx.$executeRaw`
        INSERT INTO room_record (room_id, school_id, creator, creator_was_staff)
        VALUES (${room}, ${schoolId}, ${PROVISIONER_LOCALPART}, true) ON CONFLICT (room_id) DO NOTHING`;
    });
    if (!isNew) {
      await this.#rename(room, desired.name);
      await this.#setLevels(
        room,
        desired.members.filter((member) => member.level > 0),
      );
    }
    return room;
  }

  /** The room that we made before a crash could be recorded; anybody else's room is never adopted. */
  async #ownRoomOf(alias: string): Promise<RoomId> {
    const { rooms, serverName } = this.#dependencies;
    const found = await rooms.resolveAlias(`#${alias}:${serverName}`);
    if (found === null || (await rooms.creatorOf(found)) !== this.#provisioner)
      throw new RoomProblemError("aliasTaken");
    return found;
  }

  async #apply(room: RoomId, operation: Exclude<RoomOperation, { type: "create" }>): Promise<void> {
    switch (operation.type) {
      case "rename":
        await this.#rename(room, operation.name);
        return;
      case "setLevels":
        await this.#setLevels(room, operation.levels);
        return;
      case "kick":
        await this.#kick(room, operation.person);
        return;
      case "join":
        await this.#join(room, operation.person, operation.level);
        return;
      default:
        operation satisfies never;
    }
  }

  async #rename(room: RoomId, name: string): Promise<void> {
    const { rooms, db } = this.#dependencies;
    await rooms.setState(room, "m.room.name", { name });
    await db.managedRoom.update({ where: { alias: this.#state.alias }, data: { name } });
  }

  async #setLevels(room: RoomId, levels: readonly (RoomPerson & { readonly level: number })[]): Promise<void> {
    const { rooms, db } = this.#dependencies;
    const present = await rooms.state(room, "m.room.power_levels");
    if (present === null) throw new RoomProblemError("noPowerLevels");
    const changed = withLevels(present, new Map(levels.map((one) => [this.#userId(one.localpart), one.level])));
    if (changed !== null) await rooms.setState(room, "m.room.power_levels", changed);
    for (const { personId, level } of levels) {
      await db.managedRoomMember.updateMany({ where: { alias: this.#state.alias, personId }, data: { level } });
    }
  }

  async #kick(room: RoomId, { personId, localpart }: RoomPerson): Promise<void> {
    const { rooms, db } = this.#dependencies;
    const userId = this.#userId(localpart);
    const membership = (await this.#members(room)).get(userId);
    if (membership === "join" || membership === "invite" || membership === "knock") await rooms.kick(room, userId);
    await db.managedRoomMember.deleteMany({ where: { alias: this.#state.alias, personId } });
  }

  async #join(room: RoomId, { personId, localpart }: RoomPerson, level: number): Promise<void> {
    const { rooms, db } = this.#dependencies;
    const userId = this.#userId(localpart);
    const membership = (await this.#members(room)).get(userId);
    // a ban is a decision of the room's moderators, and stays
    if (membership !== "join" && membership !== "ban") await rooms.join(room, userId);
    const { alias } = this.#state;
    await db.managedRoomMember.upsert({
      where: { alias_personId: { alias, personId } },
      create: { alias, personId, level },
      update: { level },
    });
  }

  async #members(room: RoomId): Promise<Map<string, Membership>> {
    if (this.#present === undefined) {
      const members = await this.#dependencies.rooms.members(room);
      if (members === null) throw new RoomProblemError("roomGone");
      this.#present = new Map(members.map(({ userId, membership }) => [userId, membership]));
    }
    return this.#present;
  }

  #userId(localpart: string): MatrixUserId {
    return matrixUserId(localpart, this.#dependencies.serverName);
  }
}
