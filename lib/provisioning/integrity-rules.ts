// The integrity condition of a room and who is to restore it (design §5): while two or more people are joined or invited,
// at least one joined person who can act has level 100. Pure; the Synapse module knows the same condition.
import { isStaff, type Role } from "#lib/policy/roles.ts";
import { levelOfUser, type PowerLevels } from "#lib/rooms/power-levels.ts";

export const MODERATOR_LEVEL = 100;
const DAY_MS = 86_400_000;

export type PresentMember = { readonly userId: string; readonly membership: string };
export type RoomToJudge = {
  readonly members: readonly PresentMember[];
  /** Null for a room without levels: it is its creator's. */
  readonly levels: PowerLevels | null;
  readonly creator: string | null;
  readonly provisioner: string;
};

/** Joined people at 100, able to act or not. */
export function moderatorsOf({ members, levels, creator, provisioner }: RoomToJudge): string[] {
  const usersDefault = levels?.users_default ?? 0;
  const levelIn = (userId: string): number => {
    if (levels === null) return userId === creator ? MODERATOR_LEVEL : 0;
    return levels.users?.[userId] === undefined ? usersDefault : levelOfUser(levels, userId);
  };
  return members
    .filter(({ userId, membership }) => userId !== provisioner && membership === "join")
    .map(({ userId }) => userId)
    .filter((userId) => levelIn(userId) >= MODERATOR_LEVEL);
}

/** With fewer than two people joined or invited there is nobody to look after. */
export function needsModerator({ members, provisioner }: RoomToJudge): boolean {
  const present = members.filter(
    ({ userId, membership }) => userId !== provisioner && (membership === "join" || membership === "invite"),
  );
  return present.length >= 2;
}

export type Candidate = {
  readonly personId: string;
  readonly userId: string;
  /** At the room's school. */
  readonly roles: readonly { readonly role: Role; readonly since: Date }[];
  /** Teacher of a group that the room belongs to, or that was invited into it. */
  readonly isOwnTeacher: boolean;
  /** Whoever has released what the guard held back gains nothing by it. */
  readonly hasReleasedGuard: boolean;
};

/** Whom pupils and parents would expect first. An administrator's role alone makes nobody a moderator. */
const APPOINTABLE: readonly Role[] = ["teacher", "schoolManagement", "socialWork", "secretariat"];

/**
 * Who is made moderator, of joined people who can act: all of the group's own teachers, else the one of the school's
 * staff who has been in the fitting role the longest.
 * @param roleAgeDays a role that is younger does not count, so that nobody becomes a moderator by a wrong entry of today
 */
export function successors(candidates: readonly Candidate[], now: Date, roleAgeDays: number): readonly Candidate[] {
  const oldEnough = now.getTime() - roleAgeDays * DAY_MS;
  const suitable = candidates.flatMap((candidate) => {
    if (candidate.hasReleasedGuard) return [];
    const held = candidate.roles.filter(({ role, since }) => isStaff(role) && since.getTime() <= oldEnough);
    const [best] = APPOINTABLE.flatMap((role, rank) =>
      held.filter((one) => one.role === role).map(({ since }) => ({ rank, since: since.getTime() })),
    );
    return best === undefined ? [] : [{ candidate, ...best }];
  });
  const own = suitable.filter(({ candidate }) => candidate.isOwnTeacher);
  if (own.length > 0) return own.map(({ candidate }) => candidate);
  const [first] = suitable.toSorted(
    (a, b) => a.rank - b.rank || a.since - b.since || (a.candidate.personId < b.candidate.personId ? -1 : 1),
  );
  return first === undefined ? [] : [first.candidate];
}
