// Writes groups and who is in them, for every source: set-based, only the rows that differ. Callers hold the transaction
// and the school's lock.
import type { Transaction } from "#lib/db/client.ts";
import { columnOf } from "./columns.ts";
import type { PulledSource } from "./runs.ts";
import type { DirectoryGroup, DirectoryMember } from "./types.ts";

/** How a room is written in, and what it is about, is said by messages alone; elsewhere the school decides. */
export type WrittenGroup = DirectoryGroup & { readonly isBidirectional?: boolean; readonly description?: string };

/** Known or not, ended or not. */
export async function writeGroups(
  tx: Transaction,
  schoolId: string,
  source: PulledSource | "amqp",
  groups: readonly WrittenGroup[],
): Promise<void> {
  if (groups.length === 0) return;
  const column = columnOf(groups);
  await tx.$executeRaw`
    INSERT INTO school_group (id, school_id, title, kind, source, bidirectional, description)
    SELECT id, ${schoolId}, title, kind, ${source}, bidirectional, description
    FROM unnest(${column("id")}::text[], ${column("title")}::text[], ${column("kind")}::text[],
      ${groups.map(({ isBidirectional = null }) => isBidirectional)}::boolean[],
      ${groups.map(({ description = "" }) => description)}::text[])
      AS named (id, title, kind, bidirectional, description)
    ON CONFLICT (id) DO UPDATE SET title = EXCLUDED.title, kind = EXCLUDED.kind,
      bidirectional = EXCLUDED.bidirectional, description = EXCLUDED.description, left_at = NULL`;
}

/** A group that is gone keeps its members, so that its rooms stay as they are. */
export async function endGroups(tx: Transaction, schoolId: string, groupIds: readonly string[]): Promise<void> {
  if (groupIds.length === 0) return;
  await tx.$executeRaw`
    UPDATE school_group SET left_at = now()
    WHERE school_id = ${schoolId} AND left_at IS NULL AND id = ANY(${[...groupIds]}::text[])`;
}

/** Who moderates is said by messages alone; elsewhere the role decides. */
export type WrittenMember = DirectoryMember & { readonly isModerator?: boolean };

export async function writeMembers(tx: Transaction, members: readonly WrittenMember[]): Promise<void> {
  if (members.length === 0) return;
  const column = columnOf(members);
  await tx.$executeRaw`
    INSERT INTO group_member (group_id, person_id, role, enrollment_id, is_moderator)
    SELECT * FROM unnest(${column("groupId")}::text[], ${column("personId")}::text[], ${column("role")}::text[],
      ${column("enrollmentId")}::text[], ${members.map(({ isModerator = false }) => isModerator)}::boolean[])
    ON CONFLICT (group_id, person_id, role) DO UPDATE
      SET enrollment_id = EXCLUDED.enrollment_id, is_moderator = EXCLUDED.is_moderator`;
}

export async function removeMembers(
  tx: Transaction,
  removed: readonly Pick<DirectoryMember, "groupId" | "personId" | "role">[],
): Promise<void> {
  if (removed.length === 0) return;
  const column = columnOf(removed);
  await tx.$executeRaw`
    DELETE FROM group_member USING unnest(
      ${column("groupId")}::text[], ${column("personId")}::text[], ${column("role")}::text[]
    ) AS gone (group_id, person_id, role)
    WHERE group_member.group_id = gone.group_id AND group_member.person_id = gone.person_id
      AND group_member.role = gone.role`;
}
