// Writes what messages say of rooms and their members, by the functions of every source, and only what differs. Callers
// hold the transaction and the school's lock; what changed is returned, because jobs follow from it.
import { z } from "zod";
import type { Transaction } from "#lib/db/client.ts";
import { endGroups, removeMembers, writeGroups, writeMembers } from "../group-store.ts";

const SOURCE = "amqp";

const ids = z.array(z.object({ id: z.string() })).transform((rows) => rows.map((row) => row.id));

/**
 * Locks the school for the rest of the transaction, as a sync of the directory does, so that the two take turns.
 * @returns false if the directory has not brought the school yet
 */
export async function holdSchool(tx: Transaction, schoolId: string): Promise<boolean> {
  const rows: unknown = await tx.$queryRaw`SELECT id FROM school WHERE id = ${schoolId} FOR UPDATE`;
  return ids.parse(rows).length > 0;
}

export type IntakeGroup = {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  readonly description: string;
  readonly isBidirectional: boolean;
};

export type GroupWritten = "unchanged" | "changed" | "reopened" | "groupOfAnotherSchool" | "groupOfAnotherSource";

export async function writeIntakeGroup(tx: Transaction, schoolId: string, group: IntakeGroup): Promise<GroupWritten> {
  const { id, title, kind, description, isBidirectional: bidirectional } = group;
  const known = await tx.group.findUnique({ where: { id } });
  if (known !== null && known.schoolId !== schoolId) return "groupOfAnotherSchool";
  if (known !== null && known.source !== SOURCE) return "groupOfAnotherSource";
  const isSame = known?.leftAt === null && isEqual({ title, kind, bidirectional, description }, known);
  if (isSame) return "unchanged";
  await writeGroups(tx, schoolId, SOURCE, [group]);
  return known?.leftAt instanceof Date ? "reopened" : "changed";
}

type GroupContent = {
  readonly title: string;
  readonly kind: string;
  readonly bidirectional: boolean | null;
  readonly description: string;
};
const isEqual = (a: GroupContent, b: GroupContent): boolean =>
  a.title === b.title && a.kind === b.kind && a.bidirectional === b.bidirectional && a.description === b.description;

export type IntakeMembership = { readonly personId: string; readonly role: string; readonly isModerator: boolean };
const memberKey = ({ personId, role }: Pick<IntakeMembership, "personId" | "role">): string => `${personId}\n${role}`;

/**
 * Adds members. Whoever is a member already keeps a higher level, unless `isAuthoritative`.
 * @returns how many rows changed
 */
export async function addMembers(
  tx: Transaction,
  groupId: string,
  members: readonly IntakeMembership[],
  { isAuthoritative }: { readonly isAuthoritative: boolean },
): Promise<number> {
  const present = await tx.groupMember.findMany({
    where: { groupId, personId: { in: members.map(({ personId }) => personId) } },
  });
  const moderates = new Map(present.map((member) => [memberKey(member), member.isModerator]));
  const changed = members.filter((member) => {
    const before = moderates.get(memberKey(member));
    return before === undefined || (before !== member.isModerator && (member.isModerator || isAuthoritative));
  });
  await writeMembers(
    tx,
    changed.map((member) => ({ ...member, groupId, enrollmentId: "" })),
  );
  return changed.length;
}

/** @returns how many rows were removed */
export async function removeOtherMembers(
  tx: Transaction,
  groupId: string,
  members: readonly Pick<IntakeMembership, "personId" | "role">[],
): Promise<number> {
  const named = new Set(members.map(memberKey));
  const present = await tx.groupMember.findMany({ where: { groupId } });
  const removed = present.filter((member) => !named.has(memberKey(member)));
  await removeMembers(tx, removed);
  return removed.length;
}

/** Its members stay in the table, as with a class that the directory does not name any more. */
export async function endGroup(
  tx: Transaction,
  schoolId: string,
  groupId: string,
): Promise<"ended" | "unchanged" | "unknown"> {
  const known = await tx.group.findFirst({ where: { id: groupId, schoolId, source: SOURCE } });
  if (known === null) return "unknown";
  if (known.leftAt !== null) return "unchanged";
  await endGroups(tx, schoolId, [groupId]);
  return "ended";
}

/** Takes a person out of all groups that the source keeps at the school. @returns ids of those groups */
export async function leaveGroups(tx: Transaction, schoolId: string, personId: string): Promise<readonly string[]> {
  const left = await tx.groupMember.findMany({ where: { personId, group: { schoolId, source: SOURCE } } });
  await removeMembers(tx, left);
  return [...new Set(left.map(({ groupId }) => groupId))];
}
