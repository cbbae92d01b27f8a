// One run over one managed room, operation by operation; each is recorded when Synapse has done it, so that a crash
// neither loses nor repeats one.
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
import { isMatrixError, MatrixCallError } from "#lib/matrix/errors.ts";
import type { RoomKeepingApi } from "#lib/matrix/room-keeping.ts";
import { AliasTakenError, type CreateRoom, type Membership, type RoomsApi } from "#lib/matrix/rooms.ts";
import { isReadOnly, powerLevelsSchema, readOnly, withoutReadOnly, type PowerLevels } from "#lib/rooms/power-levels.ts";
import { createRequest } from "./desired.ts";
import { roomDifference } from "./difference.ts";
import { readLevels, withLevels, withMode, type LevelSettings } from "./levels.ts";
import { isPersonalGuest } from "./personal-guest.ts";
import type { ManagedRoomState } from "./room-states.ts";
import { RoomProblemError } from "./room-problem.ts";
import type { PersonLevel, RoomMode, RoomOperation, RoomPerson } from "./types.ts";

export type RoomDependencies = {
  readonly db: Database;
  readonly jobs: JobSender;
  readonly rooms: RoomsApi;
  readonly keeping: RoomKeepingApi;
  readonly serverName: string;
  readonly settings: LevelSettings;
  readonly now?: () => Date;
};

/** Synapse deletes a room in the background: look again after this time. */
const WAIT_FOR_DELETION_SECONDS = 3;
const LEVELS = "m.room.power_levels";

export async function lookAgain({ db, jobs }: RoomDependencies, alias: string, afterSeconds: number): Promise<void> {
  const later = { data: { alias }, key: alias, startAfterSeconds: afterSeconds };
  await db.$transaction((tx) => jobs.sendMany(tx, "provision-room", [later]));
}

/** One run over one room. */
export class RoomJob {
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
    const { rooms, settings } = this.#dependencies;
    const { alias, desired } = this.#state;
    const { kind, name, mode, topic } = desired;
    if (mode === "closed") throw new Error("a closed room is not made");
    const request = createRequest(
      {
        ...{ kind, mode, alias, name, topic, provisioner: this.#provisioner },
        moderators: moderators.map((person) => this.#userId(person.localpart)),
      },
      settings,
    );
    let room: RoomId;
    let isNew = true;
    try {
      room = await rooms.create(request);
    } catch (error) {
      if (!(error instanceof AliasTakenError)) throw error;
      const own = await this.#ownRoomOf(alias);
      // an alias that a deleted room has left behind
      room = own ?? (await rooms.create(request));
      isNew = own === null;
    }
    if (isNew) {
      // nobody is invited with it, and nobody comes without being invited
      this.#present = new Map([[this.#provisioner, "join"]]);
      await this.#recordCreation(room, { name, topic: topic ?? "", mode, verifyDue: false });
      return room;
    }
    await this.#complete(room, request);
    await this.#recordCreation(room, { verifyDue: true });
    await this.#setMode(room, mode);
    await this.#setLevels(
      room,
      desired.members.filter((member) => member.level > 0),
    );
    // what else may be missing is found by reading it
    await lookAgain(this.#dependencies, alias, 0);
    return room;
  }

  /** A room whose creation was cut off has no levels yet, or is being made at this very moment. */
  async #complete(room: RoomId, { power_level_content_override: levels, name }: CreateRoom): Promise<void> {
    const { rooms } = this.#dependencies;
    if ((await this.#members(room)).get(this.#provisioner) !== "join") throw new Error("the room is still being made");
    if ((await rooms.state(room, LEVELS)) === null) await rooms.setState(room, LEVELS, levels);
    await this.#rename(room, name);
  }

  async #recordCreation(
    room: RoomId,
    known: { readonly name?: string; readonly topic?: string; readonly mode?: RoomMode; readonly verifyDue: boolean },
  ): Promise<void> {
    const { db, jobs } = this.#dependencies;
    const { alias, schoolId, desired } = this.#state;
    await db.$transaction(async (tx) => {
      const fresh = { roomId: room, closedAt: null, children: [], verifiedAt: new Date() };
      await tx.managedRoom.update({ where: { alias }, data: { ...fresh, ...known } });
      await tx.$executeRaw`
        INSERT INTO room_record (room_id, school_id, creator, creator_was_staff)
        VALUES (${room}, ${schoolId}, ${PROVISIONER_LOCALPART}, true) ON CONFLICT (room_id) DO NOTHING`;
      if (desired.kind === "space" || desired.kind === "group") return;
      const spaces = await tx.managedRoom.findMany({ where: { schoolId, kind: "space" }, select: { alias: true } });
      await jobs.sendMany(
        tx,
        "provision-room",
        spaces.map((space) => ({ data: { alias: space.alias }, key: space.alias, startAfterSeconds: 5 })),
      );
    });
  }

  /**
   * The room that we made before a crash could be recorded; anybody else's room is never adopted.
   * @returns null if there is no such room any more: its alias is free then
   */
  async #ownRoomOf(alias: string): Promise<RoomId | null> {
    const { rooms, keeping, serverName } = this.#dependencies;
    const fullAlias = `#${alias}:${serverName}`;
    const found = await rooms.resolveAlias(fullAlias);
    const creator = found === null ? null : await rooms.creatorOf(found);
    if (found !== null && creator === null) {
      await keeping.removeAlias(fullAlias);
      return null;
    }
    if (found === null || creator !== this.#provisioner) throw new RoomProblemError("aliasTaken");
    return found;
  }

  async #apply(room: RoomId, operation: Exclude<RoomOperation, { type: "create" }>): Promise<void> {
    switch (operation.type) {
      case "rename":
        await this.#rename(room, operation.name);
        return;
      case "setTopic":
        await this.#setTopic(room, operation.topic);
        return;
      case "setMode":
        await this.#setMode(room, operation.mode);
        return;
      case "setLevels":
        await this.#setLevels(room, operation.levels);
        return;
      case "kick":
        await this.#kick(room, operation.person);
        return;
      case "setChildren":
        await this.#setChildren(room, operation);
        return;
      case "join":
        await this.#join(room, operation.person, operation.level);
        return;
      case "close":
        await this.#close(room);
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

  async #setTopic(room: RoomId, topic: string): Promise<void> {
    const { rooms, db } = this.#dependencies;
    await rooms.setState(room, "m.room.topic", { topic });
    await db.managedRoom.update({ where: { alias: this.#state.alias }, data: { topic } });
  }

  async #levelsOf(room: RoomId): Promise<PowerLevels> {
    const present = readLevels(await this.#dependencies.rooms.state(room, LEVELS));
    if (present === null) throw new RoomProblemError("noPowerLevels");
    return present;
  }

  /** What is needed for restoring is stored before Synapse is told; what is read-only already is left as it is. */
  async #setMode(room: RoomId, mode: RoomMode): Promise<void> {
    const { rooms, db, settings } = this.#dependencies;
    const { alias, desired } = this.#state;
    const present = await this.#levelsOf(room);
    if (mode === "readOnly") {
      if (!isReadOnly(present)) {
        const applied = readOnly(present);
        await db.$executeRaw`
          UPDATE managed_room SET former = coalesce(former, ${JSON.stringify(present)}::jsonb),
            applied = ${JSON.stringify(applied)}::jsonb WHERE alias = ${alias}`;
        await rooms.setState(room, LEVELS, applied);
      }
      await db.managedRoom.update({ where: { alias }, data: { mode } });
      return;
    }
    const stored = await db.managedRoom.findUniqueOrThrow({
      where: { alias },
      select: { former: true, applied: true },
    });
    const former = powerLevelsSchema.safeParse(stored.former).data;
    const applied = powerLevelsSchema.safeParse(stored.applied).data;
    const restored = former && applied ? withoutReadOnly(present, applied, former) : present;
    const wanted = withMode(restored, desired.kind, mode, settings);
    if (wanted !== present) await rooms.setState(room, LEVELS, wanted);
    await db.$executeRaw`
      UPDATE managed_room SET mode = ${mode}, former = NULL, applied = NULL WHERE alias = ${alias}`;
  }

  async #setLevels(room: RoomId, levels: readonly PersonLevel[]): Promise<void> {
    const { rooms, db } = this.#dependencies;
    const present = await this.#levelsOf(room);
    const changed = withLevels(present, new Map(levels.map((one) => [this.#userId(one.localpart), one.level])));
    if (changed !== null) await rooms.setState(room, LEVELS, changed);
    for (const { personId, level } of levels) {
      await db.managedRoomMember.updateMany({ where: { alias: this.#state.alias, personId }, data: { level } });
    }
  }

  async #kick(room: RoomId, { personId, localpart }: RoomPerson): Promise<void> {
    const { rooms, db } = this.#dependencies;
    const userId = this.#userId(localpart);
    const membership = (await this.#members(room)).get(userId);
    const isIn = membership === "join" || membership === "invite";
    const stays = isIn && (await this.#isGuest(room, userId, personId));
    if (!stays && (isIn || membership === "knock")) await rooms.kick(room, userId);
    await db.managedRoomMember.deleteMany({ where: { alias: this.#state.alias, personId } });
  }

  /** Invited by a person, and still of the school: whoever has left it leaves all its rooms. */
  async #isGuest(room: RoomId, userId: MatrixUserId, personId: string): Promise<boolean> {
    const { rooms, db } = this.#dependencies;
    const { schoolId } = this.#state;
    const departed = await db.schoolDeparture.count({ where: { personId, schoolId, settledAt: null } });
    return departed === 0 && (await isPersonalGuest(rooms, room, userId));
  }

  async #join(room: RoomId, { personId, localpart }: RoomPerson, level: number): Promise<void> {
    const { db } = this.#dependencies;
    const userId = this.#userId(localpart);
    const membership = (await this.#members(room)).get(userId);
    // a ban is a decision of the room's moderators, and stays
    const banned = membership === "ban";
    if (membership !== "join" && !banned) await this.#letIn(room, userId);
    const { alias } = this.#state;
    await db.managedRoomMember.upsert({
      where: { alias_personId: { alias, personId } },
      create: { alias, personId, level, banned },
      update: { level, banned },
    });
    if (banned) log.info({ alias, personId }, "banned by a moderator: not joined");
  }

  /** An answer that was lost after Synapse had done the work: whoever is in the room now is what was wanted. */
  async #letIn(room: RoomId, userId: MatrixUserId): Promise<void> {
    const { rooms } = this.#dependencies;
    try {
      await rooms.join(room, userId);
    } catch (error) {
      if (!isMatrixError(error, 403)) throw error;
      this.#present = undefined;
      if ((await this.#members(room)).get(userId) !== "join") throw error;
    }
  }

  async #setChildren(
    room: RoomId,
    { added, removed }: { readonly added: readonly string[]; readonly removed: readonly string[] },
  ): Promise<void> {
    const { keeping, db, serverName } = this.#dependencies;
    const { alias, desired } = this.#state;
    for (const child of added) await keeping.setStateAt(room, "m.space.child", child, { via: [serverName] });
    // an empty content takes a child out of a space
    for (const child of removed) await keeping.setStateAt(room, "m.space.child", child, {});
    await db.managedRoom.update({ where: { alias }, data: { children: [...desired.children] } });
  }

  /** Kicks first: a leave that Synapse makes by itself while it deletes can be refused. */
  async #close(room: RoomId): Promise<void> {
    const { rooms, keeping, db } = this.#dependencies;
    const { alias } = this.#state;
    for (const { userId, membership } of (await rooms.members(room)) ?? []) {
      this.#signal.throwIfAborted();
      if (userId === this.#provisioner || (membership !== "join" && membership !== "invite")) continue;
      await rooms.kick(room, userId);
    }
    if (!(await keeping.remove(room))) {
      await lookAgain(this.#dependencies, alias, WAIT_FOR_DELETION_SECONDS);
      return;
    }
    await db.$transaction([
      db.managedRoomMember.deleteMany({ where: { alias } }),
      db.$executeRaw`
        UPDATE managed_room SET room_id = NULL, name = NULL, mode = NULL, children = '{}', former = NULL, applied = NULL,
          closed_at = now() WHERE alias = ${alias}`,
    ]);
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
