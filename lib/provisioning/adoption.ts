// Older rooms, made before the console was there: the provisioner gets the level of their strongest member, is joined, and
// the room gets a school if one is certain. What the provisioner can do there is less than elsewhere, so it is recorded.
import type { Database } from "#lib/db/client.ts";
import { localpartOfUser, matrixUserId, PROVISIONER_LOCALPART, roomId as asRoomId } from "#lib/ids/ids.ts";
import { log } from "#lib/log/log.ts";
import { lastingRefusal, problemOf } from "#lib/matrix/errors.ts";
import type { RoomSurvey } from "#lib/matrix/room-survey.ts";
import type { RoomsApi } from "#lib/matrix/rooms.ts";
import { hasStaffRole, type Role } from "#lib/policy/roles.ts";
import { levelOfUser, powerLevelsSchema } from "#lib/rooms/power-levels.ts";

export type AdoptionDependencies = {
  readonly db: Database;
  readonly rooms: Pick<RoomsApi, "members" | "creatorOf">;
  readonly survey: Pick<RoomSurvey, "state" | "namedStates" | "makeRoomAdmin" | "join">;
  readonly serverName: string;
};

/** Below this the provisioner can neither demote nor remove a moderator: "eingeschränkt verwaltbar". */
export const FULL_LEVEL = 150;

/** @returns whether the provisioner is in the room now */
export async function adoptRoom(dependencies: AdoptionDependencies, room: string): Promise<boolean> {
  const { db, survey, serverName } = dependencies;
  const roomId = asRoomId(room);
  const provisioner = matrixUserId(PROVISIONER_LOCALPART, serverName);
  let problem: string | null = null;
  try {
    await survey.makeRoomAdmin(roomId, provisioner);
    await survey.join(roomId);
  } catch (error) {
    // nobody in the room may change levels, or a rule refuses: trying again tonight costs little
    const refusal = lastingRefusal(error);
    if (refusal === null) throw error;
    problem = problemOf(refusal);
    log.warn({ roomId, problem }, "an older room could not be adopted");
  }
  const levels = powerLevelsSchema.safeParse((await survey.state(roomId, "m.room.power_levels"))?.content);
  const level = problem === null && levels.success ? levelOfUser(levels.data, provisioner) : null;
  const state = { provisionerLevel: level, problem };
  await db.adoptedRoom.upsert({ where: { roomId }, create: { roomId, ...state }, update: state });
  if (problem === null) await recordSchool(dependencies, room);
  return problem === null;
}

type Affiliated = { readonly localpart: string; readonly roles: ReadonlyMap<string, readonly Role[]> };

/** The marker's school if somebody in the room belongs to it; else the smallest id of those to which all belong. */
export function schoolOfOlderRoom(people: readonly Affiliated[], markers: readonly string[]): string | undefined {
  const [first, ...others] = people;
  if (first === undefined) return undefined;
  const marked = markers.toSorted().find((school) => people.some(({ roles }) => roles.has(school)));
  if (marked !== undefined) return marked;
  return [...first.roles.keys()].toSorted().find((school) => others.every(({ roles }) => roles.has(school)));
}

async function recordSchool({ db, rooms, survey }: AdoptionDependencies, room: string): Promise<void> {
  const roomId = asRoomId(room);
  const [members, creatorId, states] = await Promise.all([
    rooms.members(roomId),
    rooms.creatorOf(roomId),
    survey.namedStates(roomId),
  ]);
  if (members === null || creatorId === null) return;
  const joined = members.filter(({ membership }) => membership === "join").map(({ userId }) => localpartOfUser(userId));
  const rows = await db.person.findMany({
    where: { localpart: { in: joined }, affiliations: { some: {} } },
    select: { localpart: true, affiliations: { select: { schoolId: true, role: true } } },
  });
  const people = rows.map(({ localpart, affiliations }) => {
    const roles = new Map<string, Role[]>();
    for (const { schoolId, role } of affiliations) roles.set(schoolId, [...(roles.get(schoolId) ?? []), role]);
    return { localpart, roles };
  });
  // the type of a marker is not public: Matrix's own types are none
  const markers = states.filter(({ type }) => !type.startsWith("m.")).map(({ name }) => name);
  const schoolId = schoolOfOlderRoom(people, markers);
  if (schoolId === undefined) return;
  const creator = localpartOfUser(creatorId);
  const wasStaff = hasStaffRole(people.find(({ localpart }) => localpart === creator)?.roles.get(schoolId) ?? []);
  await db.$executeRaw`
    INSERT INTO room_record (room_id, school_id, creator, creator_was_staff)
    SELECT ${roomId}, id, ${creator}, ${wasStaff} FROM school WHERE id = ${schoolId} ON CONFLICT (room_id) DO NOTHING`;
}
