// Writes what messages say into the directory's tables: set-based, and a row that is as it should be is not
// written. Callers hold the transaction and the school's lock; what changed is returned, because jobs follow from it.
import { z } from "zod";
import type { Transaction } from "#lib/db/client.ts";

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

const groupRow = z.array(z.object({ school_id: z.string(), source: z.string(), has_left: z.boolean() }));

export async function writeIntakeGroup(tx: Transaction, schoolId: string, group: IntakeGroup): Promise<GroupWritten> {
  const { id, title, kind, description, isBidirectional } = group;
  const rows: unknown = await tx.$queryRaw`
    SELECT school_id, source, left_at IS NOT NULL AS has_left FROM school_group WHERE id = ${id}`;
  const [known] = groupRow.parse(rows);
  if (known !== undefined && known.school_id !== schoolId) return "groupOfAnotherSchool";
  if (known !== undefined && known.source !== SOURCE) return "groupOfAnotherSource";
  const written = await tx.$executeRaw`
    INSERT INTO school_group (id, school_id, title, kind, source, bidirectional, description)
    VALUES (${id}, ${schoolId}, ${title}, ${kind}, ${SOURCE}, ${isBidirectional}::boolean, ${description})
    ON CONFLICT (id) DO UPDATE SET title = EXCLUDED.title, kind = EXCLUDED.kind,
      bidirectional = EXCLUDED.bidirectional, description = EXCLUDED.description, left_at = NULL
    WHERE (school_group.title, school_group.kind, school_group.bidirectional, school_group.description, school_group.left_at)
      IS DISTINCT FROM (EXCLUDED.title, EXCLUDED.kind, EXCLUDED.bidirectional, EXCLUDED.description, NULL::timestamptz)`;
  if (written === 0) return "unchanged";
  return known?.has_left === true ? "reopened" : "changed";
}

export type IntakeMembership = { readonly personId: string; readonly role: string; readonly isModerator: boolean };

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
  return await tx.$executeRaw`
    INSERT INTO group_member (group_id, person_id, role, enrollment_id, is_moderator)
    SELECT ${groupId}, person_id, role, '', is_moderator FROM unnest(
      ${members.map((member) => member.personId)}::text[], ${members.map((member) => member.role)}::text[],
      ${members.map((member) => member.isModerator)}::boolean[]) AS named (person_id, role, is_moderator)
    ON CONFLICT (group_id, person_id, role) DO UPDATE SET is_moderator = EXCLUDED.is_moderator
    WHERE group_member.is_moderator <> EXCLUDED.is_moderator AND (EXCLUDED.is_moderator OR ${isAuthoritative}::boolean)`;
}

/** @returns how many rows were removed */
export async function removeOtherMembers(
  tx: Transaction,
  groupId: string,
  members: readonly Pick<IntakeMembership, "personId" | "role">[],
): Promise<number> {
  return await tx.$executeRaw`
    DELETE FROM group_member WHERE group_id = ${groupId} AND NOT EXISTS (
      SELECT FROM unnest(${members.map((member) => member.personId)}::text[],
        ${members.map((member) => member.role)}::text[]) AS named (person_id, role)
      WHERE named.person_id = group_member.person_id AND named.role = group_member.role)`;
}

/** Its members stay in the table, as with a class that the directory does not name any more. */
export async function endGroup(
  tx: Transaction,
  schoolId: string,
  groupId: string,
): Promise<"ended" | "unchanged" | "unknown"> {
  const where = { id: groupId, schoolId, source: SOURCE };
  const { count } = await tx.group.updateMany({ where: { ...where, leftAt: null }, data: { leftAt: new Date() } });
  if (count > 0) return "ended";
  return (await tx.group.count({ where })) > 0 ? "unchanged" : "unknown";
}

/** Takes a person out of all groups that the source keeps at the school. @returns ids of those groups */
export async function leaveGroups(tx: Transaction, schoolId: string, personId: string): Promise<readonly string[]> {
  const rows: unknown = await tx.$queryRaw`
    DELETE FROM group_member USING school_group
    WHERE school_group.id = group_id AND school_group.school_id = ${schoolId} AND school_group.source = ${SOURCE}
      AND person_id = ${personId} RETURNING group_id AS id`;
  return [...new Set(ids.parse(rows))];
}
