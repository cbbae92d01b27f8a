// The job by which a room of people follows the groups in its join rules: brings their members in, takes out who came
// with a group and belongs to none any more. Each step is stored before and after Synapse has done it, so that a crash
// neither loses nor repeats one, and nobody is taken for a guest of a person who came with a group.
import type { Database } from "#lib/db/client.ts";
import { mayAddGroup, mayBringProtected, rolesAtSchool } from "#lib/gate/contacts.ts";
import type { Facts, GroupFacts } from "#lib/gate/facts.ts";
import { invitedGroups } from "#lib/gate/room-settings.ts";
import { localpartOfUser, matrixUserId, PROVISIONER_LOCALPART, roomId as asRoomId } from "#lib/ids/ids.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { log } from "#lib/log/log.ts";
import { MatrixCallError } from "#lib/matrix/errors.ts";
import type { RoomSurvey } from "#lib/matrix/room-survey.ts";
import type { MemberState, RoomsApi } from "#lib/matrix/rooms.ts";
import { powerLevelsSchema } from "#lib/rooms/power-levels.ts";
import { groupDifference, type GroupOperation, type GroupPerson, type InvitedGroup } from "./group-invitation-rules.ts";
import {
  findFollowingRoom,
  recordUnknownGroups,
  type FollowedGroup,
  type FollowingRoom,
} from "./group-invitation-queries.ts";
import { isPersonalGuest } from "./personal-guest.ts";
import { moderatorsOf } from "./integrity-rules.ts";
import { queueRoomRepair } from "./integrity-queue.ts";

export type FollowDependencies = {
  readonly db: Database;
  readonly jobs: Pick<JobSender, "sendMany">;
  readonly rooms: Pick<RoomsApi, "members" | "join" | "kick" | "invitersOf">;
  readonly survey: Pick<RoomSurvey, "state">;
  readonly serverName: string;
  /** By the policy that is in effect when it is asked. */
  readonly readFacts: (asking: string, others: readonly string[], roomId: string) => Promise<Facts>;
  readonly readGroups: (groupIds: readonly string[], people: readonly string[]) => Promise<GroupFacts>;
};

/** Somebody of a group gets an account just now: look again after this time. */
const WAIT_FOR_ACCOUNTS_SECONDS = 30;
/** The gate notes a group before Synapse has stored the event, so a young note says nothing by its absence. */
const SETTLING_MS = 120_000;

/** @param signal stops between two operations */
export async function followGroups(
  dependencies: FollowDependencies,
  roomId: string,
  signal: AbortSignal,
): Promise<void> {
  const { db, rooms, survey, serverName, jobs } = dependencies;
  const rules = await survey.state(asRoomId(roomId), "m.room.join_rules");
  const named = rules === null ? [] : invitedGroups(rules.content, serverName);
  await recordUnknownGroups(db, roomId, named, rules === null ? "" : localpartOfUser(rules.sender));
  const room = await findFollowingRoom(db, roomId);
  if (room === null || room.groups.length === 0) return;
  const members = await rooms.members(asRoomId(roomId));
  if (members === null) return; // the room is gone

  const invited = new Set(named.filter(({ schoolId }) => schoolId === room.schoolId).map(({ groupId }) => groupId));
  const groups = await judgeGroups(dependencies, room, invited, members);
  const membershipOf = new Map(members.map(({ userId, membership }) => [localpartOfUser(userId), membership]));
  const operations = groupDifference(groups, room.recorded, (localpart) => membershipOf.get(localpart));
  let failure: Error | undefined;
  for (const operation of operations) {
    signal.throwIfAborted();
    try {
      await apply(dependencies, roomId, operation);
    } catch (error) {
      // one person who cannot be brought in must not keep the others out
      if (!(error instanceof MatrixCallError) || operation.type !== "bring") throw error;
      log.warn({ err: error, roomId }, "somebody of an invited group not brought in");
      failure = error;
    }
  }
  await db.$transaction(async (tx) => {
    const old = new Date(Date.now() - SETTLING_MS);
    const gone = room.groups.filter((group) => !invited.has(group.id)).map(({ id }) => id);
    await tx.roomGroup.deleteMany({
      where: { roomId, groupId: { in: gone }, addedAt: { lt: old }, people: { none: {} } },
    });
    if (operations.length > 0) await queueRoomRepair(tx, jobs, [roomId]);
    if (room.groups.some((group) => invited.has(group.id) && group.people.some((person) => person.isPending))) {
      const later = { data: { roomId }, key: roomId, startAfterSeconds: WAIT_FOR_ACCOUNTS_SECONDS };
      await jobs.sendMany(tx, "follow-groups", [later]);
    }
  });
  if (failure !== undefined) throw failure;
}

async function judgeGroups(
  dependencies: FollowDependencies,
  room: FollowingRoom,
  invited: ReadonlySet<string>,
  members: readonly MemberState[],
): Promise<InvitedGroup[]> {
  const moderators = await joinedModerators(dependencies, room.roomId, members);
  const judged: InvitedGroup[] = [];
  for (const group of room.groups) {
    const isInvited = invited.has(group.id) && group.isThere;
    const people = isInvited ? group.people : [];
    judged.push({
      groupId: group.id,
      isInvited,
      ...(await judgeGroup(dependencies, room, { ...group, people }, moderators)),
    });
  }
  return judged;
}

async function joinedModerators(
  { survey, serverName }: FollowDependencies,
  roomId: string,
  members: readonly MemberState[],
): Promise<string[]> {
  const stored = await survey.state(asRoomId(roomId), "m.room.power_levels");
  const levels = powerLevelsSchema.safeParse(stored?.content).data ?? null;
  const provisioner = matrixUserId(PROVISIONER_LOCALPART, serverName);
  return moderatorsOf({ members, levels, creator: null, provisioner }).map(localpartOfUser);
}

/**
 * Later members come by the permission of whoever added the group, as long as they belong to the school; afterwards by
 * that of the room's moderators. A protected person comes only with somebody who may see them.
 */
async function judgeGroup(
  { readFacts, readGroups }: FollowDependencies,
  { roomId, schoolId }: FollowingRoom,
  group: FollowedGroup,
  moderators: readonly string[],
): Promise<{ takesJoiners: boolean; members: readonly GroupPerson[] }> {
  const localparts = group.people.map(({ localpart }) => localpart);
  const known = await readGroups([group.id], [group.addedBy, ...moderators]);
  const first = await readFacts(group.addedBy, [...moderators, ...localparts], roomId);
  const hasLeft = rolesAtSchool(first, group.addedBy, schoolId).size === 0;
  const actors = hasLeft ? moderators : [group.addedBy];
  for (const actor of actors) {
    const facts = actor === group.addedBy ? first : await readFacts(actor, [...moderators, ...localparts], roomId);
    if (!mayAddGroup(facts, known, { actor, groupId: group.id, schoolId, moderators })) continue;
    const members = atSchool(facts, group, schoolId).map((person) => ({
      ...person,
      mayJoin: person.hasAccount && mayBringProtected(facts, actor, person.localpart, schoolId),
    }));
    return { takesJoiners: true, members };
  }
  return { takesJoiners: false, members: atSchool(first, group, schoolId).map((one) => ({ ...one, mayJoin: false })) };
}

const atSchool = (facts: Facts, group: FollowedGroup, schoolId: string) =>
  group.people.filter(({ localpart }) => rolesAtSchool(facts, localpart, schoolId).size > 0);

async function apply({ db, rooms, serverName }: FollowDependencies, roomId: string, operation: GroupOperation) {
  const { type: step, groupId, personId, localpart } = operation;
  const key = { roomId, groupId, personId };
  const userId = matrixUserId(localpart, serverName);
  const room = asRoomId(roomId);
  switch (step) {
    case "remove":
      // gone and invited again between two looks
      if (!(await isPersonalGuest(rooms, room, userId))) await rooms.kick(room, userId);
      await db.roomGroupPerson.deleteMany({ where: key });
      return;
    case "forget":
      await db.roomGroupPerson.deleteMany({ where: key });
      return;
    case "remember":
      await put(db, key, { personal: operation.personal, broughtAt: new Date() });
      return;
    case "bring":
      await put(db, key, { personal: operation.personal, broughtAt: null });
      await rooms.join(room, userId);
      await put(db, key, { personal: operation.personal, broughtAt: new Date() });
      return;
    default:
      step satisfies never;
  }
}

type Key = { readonly roomId: string; readonly groupId: string; readonly personId: string };

async function put(db: Database, key: Key, state: { readonly personal: boolean; readonly broughtAt: Date | null }) {
  await db.roomGroupPerson.upsert({
    where: { roomId_groupId_personId: key },
    create: { ...key, ...state },
    update: state,
  });
}
