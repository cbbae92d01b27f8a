// Reads one managed room as it really is in Synapse and makes the record say so, so that the ordinary difference heals
// whatever has drifted; what no difference covers (settings, alias, the provisioner itself) is set right here.
import { writeAudit, SYSTEM_ACTOR } from "#lib/audit/write.ts";
import { matrixUserId, PROVISIONER_LOCALPART, roomId as asRoomId, type RoomId } from "#lib/ids/ids.ts";
import { correlationId, log } from "#lib/log/log.ts";
import { isMatrixError } from "#lib/matrix/errors.ts";
import type { RoomStateEvent } from "#lib/matrix/room-keeping.ts";
import { levelOfUser, type PowerLevels } from "#lib/rooms/power-levels.ts";
import { fixedState } from "./desired.ts";
import { MODERATOR_LEVEL, modeOf, PROVISIONER_LEVEL, readLevels, switchedByModerator } from "./levels.ts";
import type { RoomDependencies } from "./room-job.ts";
import { RoomProblemError } from "./room-problem.ts";
import type { ManagedRoomState } from "./room-states.ts";

type State = readonly RoomStateEvent[];

/** Afterwards the record holds what Synapse has. @throws {RoomProblemError} for what cannot be healed */
export async function verifyRoom(dependencies: RoomDependencies, room: ManagedRoomState): Promise<void> {
  const { keeping, db, serverName } = dependencies;
  if (room.roomId === null) return;
  const roomId = asRoomId(room.roomId);
  const before = await keeping.stateOf(roomId);
  if (before === null) {
    await forget(dependencies, room.alias);
    return;
  }
  const provisioner = matrixUserId(PROVISIONER_LOCALPART, serverName);
  const state =
    membershipIn(before, provisioner) === "join" ? before : await comeBack(dependencies, room, roomId, before);
  if (state === null) return;
  const levels = readLevels(contentOf(state, "m.room.power_levels"));
  if (levels === null) throw new RoomProblemError("noPowerLevels");
  await healSettings(dependencies, room, roomId, state);
  await healAlias(dependencies, room, roomId);
  await record(dependencies, room, state, levels);
  if (levelOfUser(levels, provisioner) < PROVISIONER_LEVEL) throw new RoomProblemError("provisionerLimited");
  await db.managedRoom.update({ where: { alias: room.alias }, data: { verifiedAt: new Date(), verifyDue: false } });
}

function contentOf(state: State, type: string, stateKey = ""): Readonly<Record<string, unknown>> | undefined {
  return state.find((event) => event.type === type && event.stateKey === stateKey)?.content;
}

function membershipIn(state: State, userId: string): unknown {
  return contentOf(state, "m.room.member", userId)?.["membership"];
}

/** The next run makes the room anew under the same alias. */
async function forget({ db }: RoomDependencies, alias: string): Promise<void> {
  log.warn({ alias }, "the room is gone: it is made anew");
  await db.$transaction([
    db.managedRoomMember.deleteMany({ where: { alias } }),
    db.$executeRaw`
      UPDATE managed_room SET room_id = NULL, name = NULL, mode = NULL, children = '{}', former = NULL, applied = NULL,
        verify_due = false, verified_at = now() WHERE alias = ${alias}`,
  ]);
}

/** @returns the state with the provisioner in the room, or null if the room was given up */
async function comeBack(
  dependencies: RoomDependencies,
  room: ManagedRoomState,
  roomId: RoomId,
  state: State,
): Promise<State | null> {
  const { keeping, serverName } = dependencies;
  const provisioner = matrixUserId(PROVISIONER_LOCALPART, serverName);
  log.warn({ alias: room.alias }, "the provisioner was removed from the room");
  const levels = readLevels(contentOf(state, "m.room.power_levels"));
  const helper = levels === null ? undefined : moderatorIn(state, levels, provisioner);
  if (helper === undefined) {
    // nobody writes in these, so nothing is lost with them
    if (room.desired.kind !== "group" && room.desired.kind !== "space")
      throw new RoomProblemError("provisionerRemoved");
    await keeping.removeAlias(`#${room.alias}:${serverName}`);
    await keeping.remove(roomId);
    await forget(dependencies, room.alias);
    return null;
  }
  await keeping.inviteAs(roomId, matrixUserId(helper, serverName), provisioner);
  try {
    await keeping.enter(roomId);
  } catch (error) {
    // Synapse's module may have been quicker
    if (!isMatrixError(error, 403)) throw error;
  }
  const after = await keeping.stateOf(roomId);
  if (after === null || membershipIn(after, provisioner) !== "join") throw new RoomProblemError("provisionerRemoved");
  return after;
}

/** Somebody joined who may invite. */
function moderatorIn(state: State, levels: PowerLevels, provisioner: string): string | undefined {
  const needed = typeof levels["invite"] === "number" ? levels["invite"] : 0;
  const suffix = provisioner.slice(provisioner.indexOf(":"));
  const found = Object.entries(levels.users ?? {})
    .filter(([userId, level]) => level >= Math.max(needed, MODERATOR_LEVEL) && userId.endsWith(suffix))
    .find(([userId]) => userId !== provisioner && membershipIn(state, userId) === "join");
  return found?.[0].slice(1, -suffix.length);
}

async function healSettings(
  { rooms }: RoomDependencies,
  room: ManagedRoomState,
  roomId: RoomId,
  state: State,
): Promise<void> {
  for (const { type, content } of fixedState(room.desired.kind)) {
    const present = contentOf(state, type);
    const differs = Object.entries(content).some(([key, value]) => present?.[key] !== value);
    if (differs) await rooms.setState(roomId, type, content);
  }
}

async function healAlias(
  { rooms, keeping, serverName }: RoomDependencies,
  room: ManagedRoomState,
  roomId: RoomId,
): Promise<void> {
  const alias = `#${room.alias}:${serverName}`;
  const found = await rooms.resolveAlias(alias);
  if (found === null) await keeping.putAlias(alias, roomId);
  else if (found !== roomId) throw new RoomProblemError("aliasTaken");
}

async function record(
  { db, settings, serverName }: RoomDependencies,
  room: ManagedRoomState,
  state: State,
  levels: PowerLevels,
): Promise<void> {
  const { alias, schoolId, recorded, desired } = room;
  const switched = room.maySwitchInClient ? switchedByModerator(levels, recorded.mode, settings) : null;
  const name = contentOf(state, "m.room.name")?.["name"];
  const topic = contentOf(state, "m.room.topic")?.["topic"];
  const children = state
    .filter(({ type, content }) => type === "m.space.child" && Object.keys(content).length > 0)
    .map(({ stateKey }) => stateKey);
  const members = membersIn(room, state, levels, serverName);
  await db.$transaction(async (tx) => {
    const data = {
      name: typeof name === "string" ? name : null,
      topic: typeof topic === "string" ? topic : "",
      mode: switched ?? modeOf(levels, desired.kind, settings),
      children,
      ...(switched !== null && { twoWay: switched === "twoWay" }),
    };
    await tx.managedRoom.update({ where: { alias }, data });
    await tx.managedRoomMember.deleteMany({
      where: { alias, personId: { notIn: members.map((member) => member.personId) } },
    });
    for (const member of members) {
      const { personId, ...held } = member;
      await tx.managedRoomMember.upsert({
        where: { alias_personId: { alias, personId } },
        create: { alias, personId, ...held },
        update: held,
      });
    }
    if (switched === null) return;
    await writeAudit(tx, {
      scope: schoolId,
      actor: SYSTEM_ACTOR,
      event: { type: "channelModeAdopted", alias, twoWay: switched === "twoWay" },
      outcome: "done",
      correlationId: correlationId(),
    });
  });
}

/** Those we keep who are really in the room, or banned from it; whoever was kicked is missing, and comes back. */
function membersIn(room: ManagedRoomState, state: State, levels: PowerLevels, serverName: string) {
  const known = new Map(room.recorded.members.map(({ personId, localpart }) => [personId, localpart]));
  for (const { personId, localpart } of room.desired.members) known.set(personId, localpart);
  const wanted = new Map(room.desired.members.map(({ personId, level }) => [personId, level]));
  return [...known].flatMap(([personId, localpart]) => {
    const userId = matrixUserId(localpart, serverName);
    const membership = membershipIn(state, userId);
    if (membership !== "join" && membership !== "ban") return [];
    const level = levelOfUser(levels, userId);
    const due = wanted.get(personId);
    // staff whom a moderator has promoted in the client keep it; a source that leads the room lowers them
    const promoted = due !== undefined && level > due && room.staff.has(personId) && !room.isLedBySource;
    return [{ personId, level: promoted ? due : level, banned: membership === "ban" }];
  });
}
