// Queues what follows from a change of the directory or of a school's switches, in the caller's transaction: what
// changed, and what still differs from the desired state and has no job waiting.
import { z } from "zod";
import type { Transaction } from "#lib/db/client.ts";
import { channelAlias, groupAlias, schoolRoomAlias } from "#lib/ids/aliases.ts";
import { PROVISIONER_LOCALPART } from "#lib/ids/ids.ts";
import type { JobSender, JobToSend } from "#lib/jobs/boss.ts";
import { roomDifference } from "./difference.ts";
import { desiredFreeze } from "./freeze-rule.ts";
import { findManagedRooms } from "./room-states.ts";
import { isServed } from "./served.ts";

export type ProvisioningChange = {
  readonly schoolId: string;
  readonly personIds: readonly string[];
  readonly groupIds: readonly string[];
  /**
   * The source told changes alone: only these people and groups are looked at, so that the cost follows the number of
   * changes. What is outstanding besides waits for the next whole run of the school.
   */
  readonly only?: {
    /** Also the rooms of the whole school, because somebody came, went or changed roles. */
    readonly schoolRooms: boolean;
  };
};

/** Locking who has left goes before everything else. */
const LEAVER_PRIORITY = 1_000;
/** Guardians belong to no class: their accounts may come after the rooms. */
const NO_GROUP_PENALTY = 1_000_000;
/** Several accounts of a room become ready one after the other: one look for all of them. */
const GATHER_SECONDS = 2;

const accountRows = z.array(z.object({ id: z.string(), has_group: z.boolean() }));
const countRow = z.tuple([z.object({ people: z.number() })]);
const ids = z.array(z.object({ id: z.string() })).transform((rows) => rows.map(({ id }) => id));

/**
 * Also to be called when a school is switched on or off: then nothing has changed, and everything is outstanding.
 * @returns how many jobs were queued
 */
export async function queueSchool(
  tx: Transaction,
  jobs: JobSender,
  change: ProvisioningChange,
  now = new Date(),
): Promise<number> {
  const { schoolId } = change;
  const school = await tx.school.findUnique({ where: { id: schoolId } });
  if (school === null) return 0;
  const takesPart = isServed(school);
  if (takesPart) await addMissingRooms(tx, school);
  const priority = -(await countPeople(tx, schoolId)); // the smallest school first
  const accounts = takesPart ? await findAccountJobs(tx, change, priority) : [];
  const rooms = await findRoomJobs(tx, change, priority, now);
  const counts = [
    await queueDepartures(tx, jobs, { schoolId }),
    await jobs.sendMany(tx, "provision-account", accounts),
    await jobs.sendMany(tx, "provision-room", rooms),
    change.only === undefined ? await queueFreezes(tx, jobs, school, takesPart, now) : 0,
  ];
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Schools that were switched on or off where nobody waits for what follows: each has a job of its own. */
export async function queueSchools(tx: Transaction, jobs: JobSender, schoolIds: readonly string[]): Promise<number> {
  const switched = schoolIds.map((schoolId) => ({ data: { schoolId }, key: schoolId }));
  return await jobs.sendMany(tx, "provision-school", switched);
}

/** People who belong to no school any more: their accounts are locked at once, and then they leave every room. */
export async function queueLeavers(tx: Transaction, jobs: JobSender, personIds: readonly string[]): Promise<number> {
  if (personIds.length === 0) return 0;
  const withAccount = await tx.person.findMany({
    where: { id: { in: [...personIds] }, accountState: "active" },
    select: { id: true },
  });
  const locks = withAccount.map(({ id }) => ({ data: { personId: id }, key: id, priority: LEAVER_PRIORITY }));
  const locked = await jobs.sendMany(tx, "provision-account", locks);
  return locked + (await queueDepartures(tx, jobs, { personIds }));
}

/** People who still have to leave rooms of a school to which they belong no more. Who has left all is locked first. */
export async function queueDepartures(
  tx: Transaction,
  jobs: JobSender,
  of: { readonly schoolId: string } | { readonly personIds: readonly string[] },
): Promise<number> {
  const whose = "schoolId" in of ? { schoolId: of.schoolId } : { personId: { in: [...of.personIds] } };
  const open = await tx.schoolDeparture.findMany({
    where: { ...whose, settledAt: null, NOT: { person: { leftAt: { not: null }, accountState: "active" } } },
    select: { personId: true },
    distinct: ["personId"],
  });
  const leaving = open.map(({ personId }) => ({ data: { personId }, key: personId, priority: LEAVER_PRIORITY }));
  return await jobs.sendMany(tx, "leave-rooms", leaving);
}

/** Rooms that exist and into which these people belong, to be looked at once the accounts can join. */
export async function queueRoomsOf(tx: Transaction, jobs: JobSender, personIds: readonly string[]): Promise<void> {
  if (personIds.length === 0) return;
  const people = [...personIds];
  const rooms: unknown = await tx.$queryRaw`
    SELECT r.alias AS id FROM managed_room r JOIN group_member m ON m.group_id = r.group_id
    WHERE m.person_id = ANY(${people}::text[]) AND r.room_id IS NOT NULL
    UNION
    SELECT r.alias FROM managed_room r JOIN affiliation a ON a.school_id = r.school_id
    WHERE a.person_id = ANY(${people}::text[]) AND r.room_id IS NOT NULL AND r.group_id IS NULL
      AND (r.kind <> 'staffroom' OR a.role IN ('teacher', 'schoolManagement'))`;
  await jobs.sendMany(
    tx,
    "provision-room",
    ids.parse(rooms).map((alias) => ({ data: { alias }, key: alias, startAfterSeconds: GATHER_SECONDS })),
  );
}

type SchoolSwitches = {
  readonly id: string;
  readonly staffroomEnabled: boolean;
  readonly announcementsEnabled: boolean;
  readonly spaceEnabled: boolean;
};

type MissingRoom = { readonly alias: string; readonly groupId: string | null; readonly kind: string };

async function addMissingRooms(tx: Transaction, school: SchoolSwitches): Promise<void> {
  const { id: schoolId } = school;
  const groups = await tx.group.findMany({
    where: { schoolId, leftAt: null, managedRooms: { none: {} } },
    select: { id: true, source: true },
  });
  const ofGroups = groups.flatMap(({ id, source }): MissingRoom[] => {
    const anchor = groupAlias(schoolId, id);
    // a room of the synchroniser stands for itself and has no anchor
    if (source === "amqp") return [{ alias: anchor, groupId: id, kind: "channel" }];
    const channel = channelAlias(schoolId, id);
    return [
      { alias: anchor, groupId: id, kind: "group" },
      { alias: channel, groupId: id, kind: "channel" },
    ];
  });
  const missing = [...ofGroups, ...(await missingSchoolRooms(tx, school))];
  if (missing.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO managed_room (alias, school_id, group_id, kind)
    SELECT alias, ${schoolId}, group_id, kind::room_kind
    FROM unnest(${missing.map((room) => room.alias)}::text[], ${missing.map((room) => room.groupId)}::text[],
      ${missing.map((room) => room.kind)}::text[]) AS missing (alias, group_id, kind)
    ON CONFLICT (alias) DO NOTHING`;
}

async function missingSchoolRooms(tx: Transaction, school: SchoolSwitches): Promise<readonly MissingRoom[]> {
  const wanted = [
    ...(school.staffroomEnabled ? (["staffroom"] as const) : []),
    ...(school.announcementsEnabled ? (["announcements"] as const) : []),
    ...(school.spaceEnabled ? (["space"] as const) : []),
  ];
  const present = await tx.managedRoom.findMany({
    where: { schoolId: school.id, groupId: null },
    select: { kind: true },
  });
  const known = new Set<string>(present.map(({ kind }) => kind));
  const missing = wanted.filter((kind) => !known.has(kind));
  if (missing.length === 0) return [];
  // a school without any teacher has nobody for a staff room
  const teacher = await tx.affiliation.findFirst({ where: { schoolId: school.id, role: "teacher" } });
  return missing
    .filter((kind) => kind !== "staffroom" || teacher !== null)
    .map((kind) => ({ alias: schoolRoomAlias(school.id, kind), groupId: null, kind }));
}

async function countPeople(tx: Transaction, schoolId: string): Promise<number> {
  const rows: unknown = await tx.$queryRaw`
    SELECT count(DISTINCT person_id)::int AS people FROM affiliation WHERE school_id = ${schoolId}`;
  return countRow.parse(rows)[0].people;
}

/** The same rule as accountStep (account-step.ts), as one query over a school; the job itself decides by accountStep. */
async function findAccountJobs(
  tx: Transaction,
  { schoolId, personIds, only }: ProvisioningChange,
  priority: number,
): Promise<readonly JobToSend<"provision-account">[]> {
  if (only !== undefined && personIds.length === 0) return [];
  const rows: unknown = await tx.$queryRaw`
    SELECT id, EXISTS (SELECT FROM group_member WHERE person_id = person.id) AS has_group FROM person
    WHERE (EXISTS (SELECT FROM affiliation WHERE person_id = person.id AND school_id = ${schoolId})
        OR EXISTS (SELECT FROM person_source WHERE person_id = person.id AND school_id = ${schoolId}))
      AND (id = ANY(${[...personIds]}::text[]) OR ${only === undefined})
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
  { schoolId, groupIds, only }: ProvisioningChange,
  priority: number,
  now: Date,
): Promise<readonly JobToSend<"provision-room">[]> {
  const changed = new Set(groupIds.flatMap((id) => [groupAlias(schoolId, id), channelAlias(schoolId, id)]));
  const of = only && { groupIds, schoolRooms: only.schoolRooms };
  const rooms = await findManagedRooms(tx, { schoolId, ...(of && { of }) }, now);
  return rooms
    .filter((room) => {
      const isOutstanding = room.hasProblem || room.verifyDue;
      if (roomDifference(room.recorded, room.desired).length > 0) return true;
      return room.recorded.exists ? isOutstanding || changed.has(room.alias) : room.isServed && isOutstanding;
    })
    .map(({ alias }) => ({ data: { alias }, key: alias, priority }));
}

/** Rooms that people of the school have made, and that are not as a school that is on, or off, has them. */
async function queueFreezes(
  tx: Transaction,
  jobs: JobSender,
  school: { readonly id: string; readonly unservedSince: Date | null },
  takesPart: boolean,
  now: Date,
): Promise<number> {
  const frame = await tx.policyFrame.findFirstOrThrow({ orderBy: { version: "desc" } });
  const wanted = desiredFreeze(
    { isServed: takesPart, unservedSince: school.unservedSince },
    frame.gracePeriodDays,
    now,
  );
  const rows: unknown = await tx.$queryRaw`
    SELECT r.room_id AS id FROM room_record r LEFT JOIN room_freeze f ON f.room_id = r.room_id
    WHERE r.school_id = ${school.id} AND r.creator <> ${PROVISIONER_LOCALPART}
      AND NOT EXISTS (SELECT FROM managed_room WHERE room_id = r.room_id)
      AND coalesce(f.state, 'writable') NOT IN (${wanted}, 'closed')`;
  return await jobs.sendMany(
    tx,
    "freeze-room",
    ids.parse(rows).map((roomId) => ({ data: { roomId }, key: roomId })),
  );
}
