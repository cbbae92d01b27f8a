// What follows from the groups in a room's join rules (design §6, "Inviting a group"): who is brought in, who goes, and
// who only is remembered. Pure.
import type { Membership } from "#lib/matrix/rooms.ts";

export type InvitedGroup = {
  readonly groupId: string;
  /** Its alias stands in the join rules, and the group is there. */
  readonly isInvited: boolean;
  /** Whoever added it might still do so now; if not, the room keeps its people and takes no new ones. */
  readonly takesJoiners: boolean;
  /** Of the group and of the room's school. */
  readonly members: readonly GroupPerson[];
};
export type GroupPerson = {
  readonly personId: string;
  readonly localpart: string;
  /** Has an account, and may be brought in by whoever added the group. */
  readonly mayJoin: boolean;
};
export type RecordedPerson = {
  readonly groupId: string;
  readonly personId: string;
  readonly localpart: string;
  readonly personal: boolean;
  readonly isBrought: boolean;
};

type Who = { readonly groupId: string; readonly personId: string; readonly localpart: string };
export type GroupOperation =
  /** Out of the room, then forgotten. */
  | ({ readonly type: "remove" } & Who)
  | ({ readonly type: "forget" } & Who)
  /** In the room already: remembered, so that nobody is brought back who leaves later. */
  | ({ readonly type: "remember"; readonly personal: boolean } & Who)
  | ({ readonly type: "bring"; readonly personal: boolean } & Who);

/** In this order: what takes people out comes before what lets people in. */
export function groupDifference(
  groups: readonly InvitedGroup[],
  recorded: readonly RecordedPerson[],
  membershipOf: (localpart: string) => Membership | undefined,
): readonly GroupOperation[] {
  const belonging = groups.flatMap(({ groupId, isInvited, members }) =>
    isInvited ? members.map((member) => ({ ...member, groupId })) : [],
  );
  const isWanted = ({ groupId, personId }: RecordedPerson): boolean =>
    belonging.some((one) => one.groupId === groupId && one.personId === personId);

  const leaving = recorded.filter((row) => !isWanted(row));
  const staying = recorded.filter(isWanted);
  const isKeptBy = (groupId: string, personId: string) =>
    staying.some((row) => row.groupId === groupId && row.personId === personId && !row.personal);

  const moved: GroupOperation[] = [];
  const removals = leaving.map((row): GroupOperation => {
    const { groupId, personId, localpart, personal } = row;
    const who = { groupId, personId, localpart };
    const membership = membershipOf(localpart);
    const isIn = membership === "join" || membership === "invite";
    const other = belonging.find((one) => one.personId === personId);
    if (personal || !isIn) return { type: "forget", ...who };
    if (other === undefined) return { type: "remove", ...who };
    // another group keeps them here, and takes them along when it goes
    if (!isKeptBy(other.groupId, personId)) {
      moved.push({ type: "remember", personal: false, ...who, groupId: other.groupId });
    }
    return { type: "forget", ...who };
  });
  const isMoved = (groupId: string, personId: string) =>
    moved.some((one) => one.groupId === groupId && one.personId === personId);

  const arrivals = groups
    .filter(({ isInvited }) => isInvited)
    .flatMap((group) =>
      group.members.flatMap((member): GroupOperation[] => {
        const { personId, localpart, mayJoin } = member;
        const { groupId } = group;
        if (isMoved(groupId, personId)) return [];
        const row = staying.find((one) => one.groupId === groupId && one.personId === personId);
        const who = { groupId, personId, localpart };
        const membership = membershipOf(localpart);
        if (row?.isBrought === true) {
          // out again: whoever comes back from here on does so by somebody's invitation, not by the group's
          return membership === "join" || row.personal ? [] : [{ type: "remember", personal: true, ...who }];
        }
        const broughtByAnother = recorded.some((one) => one.personId === personId && !one.personal);
        const personal = row?.personal ?? (!broughtByAnother && (membership === "join" || membership === "invite"));
        if (membership === "join") return [{ type: "remember", personal, ...who }];
        // a ban is a decision of the room's moderators, and stays
        if (!group.takesJoiners || !mayJoin || membership === "ban") return row ? [{ type: "forget", ...who }] : [];
        return [{ type: "bring", personal, ...who }];
      }),
    );
  // two groups with one person bring them once
  const brought = new Set<string>();
  const once = arrivals.map((operation): GroupOperation => {
    if (operation.type !== "bring") return operation;
    const isFirst = !brought.has(operation.personId);
    brought.add(operation.personId);
    return isFirst ? operation : { ...operation, type: "remember" };
  });
  return [...moved, ...removals, ...once];
}
