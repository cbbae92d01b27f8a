// Queues what follows from a change of the directory or of a school's switches, in the caller's transaction: what
// changed, and what still differs from the desired state and has no job waiting.
import { z } from "zod";
import type { Transaction } from "#lib/db/client.ts";
import { channelAlias, groupAlias } from "#lib/ids/aliases.ts";
import type { JobSender, JobToSend } from "#lib/jobs/boss.ts";
import { roomDifference } from "./difference.ts";
import { findManagedRooms } from "./queries.ts";

export type ProvisioningChange = {
  readonly schoolId: string;
  readonly personIds: readonly string[];
  readonly groupIds: readonly string[];
};

/** Locking who has left goes before everything else. */
const LEAVER_PRIORITY = 1_000;
/** Guardians belong to no class: their accounts may come after the rooms. */
const NO_GROUP_PENALTY = 1_000_000;

const accountRows = z.array(z.object({ id: z.string(), has_group: z.boolean() }));
const countRow = z.tuple([z.object({ people: z.number() })]);

/**
 * Also to be called when a school is switched on: then nothing has changed, and everything is outstanding.
 * @returns how many jobs were queued; none for a school that is not served
 */
export async function queueSchool(tx: Transaction, jobs: JobSender, change: ProvisioningChange): Promise<number> {
  const { schoolId } = change;
  const school = await tx.school.findUnique({
    where: { id: schoolId, serviceEnabled: true, stateEnabled: true, schoolEnabled: true },
    select: { id: true },
  });
  if (school === null) return 0;
  await addMissingRooms(tx, schoolId);
  const priority = -(await countPeople(tx, schoolId)); // the smallest school first
  const accounts = await findAccountJobs(tx, change, priority);
  const rooms = await findRoomJobs(tx, change, priority);
  return (await jobs.sendMany(tx, "provision-account", accounts)) + (await jobs.sendMany(tx, "provision-room", rooms));
}

/** People who belong to no school any more: their accounts are locked at once. */
export async function queueLeavers(tx: Transaction, jobs: JobSender, personIds: readonly string[]): Promise<number> {
  const withAccount = await tx.person.findMany({
    where: { id: { in: [...personIds] }, accountState: "active" },
    select: { id: true },
  });
  const locks = withAccount.map(({ id }) => ({ data: { personId: id }, key: id, priority: LEAVER_PRIORITY }));
  return await jobs.sendMany(tx, "provision-account", locks);
}

/** Rooms that exist and into which the person belongs, to be looked at once the account can join. */
export async function queueRoomsOf(tx: Transaction, jobs: JobSender, personId: string): Promise<void> {
  const rooms = await tx.managedRoom.findMany({
    where: { roomId: { not: null }, group: { members: { some: { personId } } } },
    select: { alias: true },
  });
  await jobs.sendMany(
    tx,
    "provision-room",
    rooms.map(({ alias }) => ({ data: { alias }, key: alias, startAfterSeconds: 2 })),
  );
}

async function addMissingRooms(tx: Transaction, schoolId: string): Promise<void> {
  const groups = await tx.group.findMany({
    where: { schoolId, leftAt: null, managedRooms: { none: {} } },
    select: { id: true },
  });
  if (groups.length === 0) return;
  const groupIds = groups.flatMap(({ id }) => [id, id]);
  const aliases = groups.flatMap(({ id }) => [groupAlias(schoolId, id), channelAlias(schoolId, id)]);
  const kinds = groups.flatMap(() => ["group", "channel"]);
  await tx.$executeRaw`
    INSERT INTO managed_room (alias, school_id, group_id, kind)
    SELECT alias, ${schoolId}, group_id, kind::room_kind
    FROM unnest(${aliases}::text[], ${groupIds}::text[], ${kinds}::text[]) AS missing (alias, group_id, kind)
    ON CONFLICT (alias) DO NOTHING`;
}

async function countPeople(tx: Transaction, schoolId: string): Promise<number> {
  const rows: unknown = await tx.$queryRaw`
    SELECT count(DISTINCT person_id)::int AS people FROM affiliation WHERE school_id = ${schoolId}`;
  return countRow.parse(rows)[0].people;
}

/** The same rule as accountStep (desired.ts), as one query over a school; the job itself decides by accountStep. */
async function findAccountJobs(
  tx: Transaction,
  { schoolId, personIds }: ProvisioningChange,
  priority: number,
): Promise<readonly JobToSend<"provision-account">[]> {
  const rows: unknown = await tx.$queryRaw`
    SELECT id, EXISTS (SELECT FROM group_member WHERE person_id = person.id) AS has_group FROM person
    WHERE EXISTS (SELECT FROM affiliation WHERE person_id = person.id AND school_id = ${schoolId})
      AND (id = ANY(${[...personIds]}::text[])
        OR (enabled AND left_at IS NULL AND (account_state <> 'active' OR account_synced_at IS NULL
          OR account_display_name IS DISTINCT FROM display_name))
        OR (NOT enabled AND account_state = 'active'))
    ORDER BY id`;
  return accountRows.parse(rows).map(({ id, has_group: hasGroup }) => ({
    data: { personId: id },
    key: id,
    priority: hasGroup ? priority : priority - NO_GROUP_PENALTY,
  }));
}

async function findRoomJobs(
  tx: Transaction,
  { schoolId, groupIds }: ProvisioningChange,
  priority: number,
): Promise<readonly JobToSend<"provision-room">[]> {
  const changed = new Set(groupIds.flatMap((id) => [groupAlias(schoolId, id), channelAlias(schoolId, id)]));
  const rooms = await findManagedRooms(tx, { schoolId });
  return rooms
    .filter(
      (room) => changed.has(room.alias) || room.hasProblem || roomDifference(room.recorded, room.desired).length > 0,
    )
    .map(({ alias }) => ({ data: { alias }, key: alias, priority }));
}
