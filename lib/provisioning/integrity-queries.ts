// What the integrity repair reads from the directory: the room, and who of its people could moderate it.
import type { Database } from "#lib/db/client.ts";
import { findGuardReleasers } from "#lib/directory/queries.ts";
import { localpartOfUser, matrixUserId } from "#lib/ids/ids.ts";
import { levelOf } from "./desired.ts";
import { MODERATOR_LEVEL, type Candidate } from "./integrity-rules.ts";
import { SERVED_WHERE } from "./served.ts";

export type RoomToRepair = {
  readonly roomId: string;
  readonly schoolId: string;
  /** Kept by the provisioner. */
  readonly isManaged: boolean;
  /** To which it belongs, or which were invited into it. */
  readonly groupIds: readonly string[];
};

/** Null for a room that is nobody's to repair: without a school, of one that does not take part, or one in which nobody writes. */
export async function findRoomToRepair(db: Database, roomId: string): Promise<RoomToRepair | null> {
  const record = await db.roomRecord.findUnique({
    where: { roomId, school: SERVED_WHERE },
    select: { schoolId: true, groups: { select: { groupId: true } } },
  });
  if (record === null) return null;
  const managed = await db.managedRoom.findUnique({ where: { roomId }, select: { kind: true, groupId: true } });
  if (managed?.kind === "group" || managed?.kind === "space") return null;
  const invited = record.groups.map(({ groupId }) => groupId);
  const groupIds = typeof managed?.groupId === "string" ? [managed.groupId, ...invited] : invited;
  return { roomId, schoolId: record.schoolId, isManaged: managed !== null, groupIds };
}

export async function findCandidates(
  db: Database,
  { schoolId, groupIds }: RoomToRepair,
  joined: readonly string[],
  serverName: string,
): Promise<readonly Candidate[]> {
  const people = await db.person.findMany({
    where: {
      localpart: { in: joined.map(localpartOfUser) },
      enabled: true,
      leftAt: null,
      affiliations: { some: { schoolId, role: { notIn: ["student", "guardian", "parentsCouncil"] } } },
    },
    select: {
      id: true,
      localpart: true,
      affiliations: { where: { schoolId }, select: { role: true, since: true } },
      memberships: { where: { groupId: { in: [...groupIds] } }, select: { role: true } },
    },
    orderBy: { id: "asc" },
  });
  const releasers = await findGuardReleasers(
    db,
    schoolId,
    people.map(({ id }) => id),
  );
  return people.map(({ id, localpart, affiliations, memberships }) => {
    const enrollmentRoles = memberships.map(({ role }) => role);
    const schoolRoles = affiliations.map(({ role }) => role);
    return {
      personId: id,
      userId: matrixUserId(localpart, serverName),
      roles: affiliations,
      isOwnTeacher: levelOf({ enrollmentRoles, schoolRoles }) === MODERATOR_LEVEL,
      hasReleasedGuard: releasers.has(id),
    };
  });
}

/** The same waiting time as for approving (frame). */
export async function roleAgeDays(db: Database): Promise<number> {
  const select = { approverRoleAgeDays: true };
  const frame = await db.policyFrame.findFirst({ orderBy: { version: "desc" }, select });
  if (frame === null) throw new Error("no policy frame");
  return frame.approverRoleAgeDays;
}
