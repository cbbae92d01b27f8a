// What the screens on provisioning show: the rooms and people of a school and how far each is, running work, and the
// health of the queues for the state.
import { z } from "zod";
import { isLandAdmin, mayAuditSchool, type Principal } from "#lib/auth/principal.ts";
import type { Reader } from "#lib/db/client.ts";
import { roomDifference } from "./difference.ts";
import { belongsTo } from "./belonging.ts";
import { findManagedRooms, type ManagedRoomState } from "./room-states.ts";
import type { DesiredMode, ManagedKind } from "./types.ts";

export type ItemState = "asWanted" | "waiting" | "failed";

export type RoomLine = {
  readonly alias: string;
  readonly kind: ManagedKind;
  readonly name: string;
  readonly state: ItemState | "closed";
  /** A code of room-problem.ts, or of Synapse. */
  readonly problem: string | null;
  readonly mode: DesiredMode;
  readonly members: number;
  /** People whom a moderator has banned; respected. */
  readonly banned: number;
  /** The school decides who writes: a channel of which no source of messages has the last word. */
  readonly isSwitchable: boolean;
};

export type PersonLine = {
  readonly personId: string;
  readonly displayName: string;
  readonly state: ItemState;
  readonly problem: string | null;
};

export type SchoolProvisioning = {
  readonly name: string;
  readonly switches: {
    readonly service: boolean;
    readonly state: boolean;
    readonly messenger: boolean;
    readonly staffroom: boolean;
    readonly announcements: boolean;
    readonly space: boolean;
    readonly clientSwitchesChannels: boolean;
  };
  readonly unservedSince: Date | null;
  readonly openRequest: {
    readonly id: string;
    readonly switchName: string;
    readonly authorId: string;
    readonly reason: string;
    readonly createdAt: Date;
    readonly expiresAt: Date;
  } | null;
  readonly rooms: readonly RoomLine[];
  readonly people: Readonly<Record<ItemState, number>>;
};

/** Null for a school that is not the principal's to see. */
export async function findSchoolProvisioning(
  reader: Reader,
  principal: Principal,
  schoolId: string,
): Promise<SchoolProvisioning | null> {
  if (!mayAuditSchool(principal, schoolId)) return null;
  const school = await reader.school.findUnique({
    where: { id: schoolId },
    include: { switchRequests: { where: { status: "pending", expiresAt: { gt: new Date() } } } },
  });
  if (school === null) return null;
  const rooms = await findManagedRooms(reader, { schoolId });
  const rows = await reader.managedRoom.findMany({
    where: { schoolId },
    select: { alias: true, problem: true, group: { select: { bidirectional: true } } },
  });
  const stored = new Map(rows.map(({ alias, problem, group }) => [alias, { problem, group }]));
  const [request] = school.switchRequests;
  return {
    name: school.name,
    switches: {
      service: school.serviceEnabled,
      state: school.stateEnabled,
      messenger: school.schoolEnabled,
      staffroom: school.staffroomEnabled,
      announcements: school.announcementsEnabled,
      space: school.spaceEnabled,
      clientSwitchesChannels: school.clientSwitchesChannels,
    },
    unservedSince: school.unservedSince,
    openRequest: request ?? null,
    rooms: rooms.map((room) => {
      const { problem = null, group = null } = stored.get(room.alias) ?? {};
      const isSwitchable = room.desired.kind === "channel" && group !== null && group.bidirectional === null;
      return { ...lineOf(room, problem), isSwitchable };
    }),
    people: await countPeople(reader, schoolId),
  };
}

export type SchoolNoticeLine = {
  readonly id: string;
  readonly kind: "moderatorAppointed" | "roomReadOnly";
  readonly roomName: string | null;
  /** Who was appointed. */
  readonly person: string | null;
  readonly createdAt: Date;
  readonly isResolved: boolean;
};

const NOTICES = { most: 20, days: 30 };

/** What management was told of lately, and what still holds, the newest first; null for a school that is not the principal's. */
export async function findSchoolNotices(
  reader: Reader,
  principal: Principal,
  schoolId: string,
  now = new Date(),
): Promise<readonly SchoolNoticeLine[] | null> {
  if (!mayAuditSchool(principal, schoolId)) return null;
  const recent = new Date(now.getTime() - NOTICES.days * 86_400_000);
  const rows = await reader.schoolNotice.findMany({
    where: { schoolId, OR: [{ createdAt: { gt: recent } }, { kind: "roomReadOnly", resolvedAt: null }] },
    include: { person: { select: { displayName: true } } },
    orderBy: [{ createdAt: "desc" }, { id: "asc" }],
    take: NOTICES.most,
  });
  return rows.map(({ id, kind, roomName, person, createdAt, resolvedAt }) => ({
    ...{ id, kind, roomName, createdAt },
    person: person?.displayName ?? null,
    isResolved: resolvedAt !== null,
  }));
}

function lineOf(room: ManagedRoomState, problem: string | null): Omit<RoomLine, "isSwitchable"> {
  const { desired, recorded } = room;
  const isOutstanding = roomDifference(recorded, desired).length > 0 || room.waitsForAccounts;
  const state = problem !== null ? "failed" : isOutstanding ? "waiting" : recorded.exists ? "asWanted" : "closed";
  return {
    alias: room.alias,
    kind: desired.kind,
    name: desired.name,
    state,
    problem,
    mode: desired.mode,
    members: recorded.members.filter((member) => !member.banned).length,
    banned: recorded.members.filter((member) => member.banned).length,
  };
}

/** How far a person is: accounts, and rooms of a school that they still have to leave. */
const personLine = z.object({
  personId: z.string(),
  displayName: z.string(),
  state: z.enum(["asWanted", "waiting", "failed"]),
  problem: z.string().nullable(),
});
const stateCounts = z.array(z.object({ state: personLine.shape.state, count: z.number() }));

async function countPeople(reader: Reader, schoolId: string): Promise<Readonly<Record<ItemState, number>>> {
  const rows: unknown = await reader.$queryRaw`
    WITH line AS (
      SELECT CASE WHEN coalesce(p.account_problem, d.problem) IS NOT NULL THEN 'failed'
                  WHEN d.person_id IS NOT NULL OR p.account_state <> (CASE WHEN p.enabled THEN 'active' ELSE 'locked' END)::account_state
                    AND (p.enabled OR p.account_state <> 'absent') OR p.enabled AND p.account_synced_at IS NULL THEN 'waiting'
                  ELSE 'asWanted' END AS state
      FROM person p
      LEFT JOIN school_departure d ON d.person_id = p.id AND d.school_id = ${schoolId} AND d.settled_at IS NULL
      WHERE d.person_id IS NOT NULL OR ${belongsTo(schoolId)}
    ) SELECT state, count(*)::int AS count FROM line GROUP BY state`;
  const counts = { asWanted: 0, waiting: 0, failed: 0 };
  for (const { state, count } of stateCounts.parse(rows)) counts[state] = count;
  return counts;
}

export type PeopleSearch = {
  /** Everybody, if there is none. */
  readonly state?: ItemState;
  /** A part of the name or the id. */
  readonly text?: string;
  readonly offset?: number;
  readonly limit?: number;
};

/** People of a school by name; null for a school that is not the principal's to see. */
export async function findProvisionedPeople(
  reader: Reader,
  principal: Principal,
  schoolId: string,
  { state, text = "", offset = 0, limit = 50 }: PeopleSearch,
): Promise<readonly PersonLine[] | null> {
  if (!mayAuditSchool(principal, schoolId)) return null;
  const pattern = `%${text.trim().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  const rows: unknown = await reader.$queryRaw`
    WITH line AS (
      SELECT p.id AS "personId", p.display_name AS "displayName", coalesce(p.account_problem, d.problem) AS problem,
        CASE WHEN coalesce(p.account_problem, d.problem) IS NOT NULL THEN 'failed'
             WHEN d.person_id IS NOT NULL OR p.account_state <> (CASE WHEN p.enabled THEN 'active' ELSE 'locked' END)::account_state
               AND (p.enabled OR p.account_state <> 'absent') OR p.enabled AND p.account_synced_at IS NULL THEN 'waiting'
             ELSE 'asWanted' END AS state
      FROM person p
      LEFT JOIN school_departure d ON d.person_id = p.id AND d.school_id = ${schoolId} AND d.settled_at IS NULL
      WHERE (d.person_id IS NOT NULL OR ${belongsTo(schoolId)})
        AND (p.display_name ILIKE ${pattern} OR p.id ILIKE ${pattern})
    ) SELECT * FROM line WHERE ${state ?? null}::text IS NULL OR state = ${state ?? null}::text
    ORDER BY "displayName", "personId" OFFSET ${offset} LIMIT ${limit}`;
  return z.array(personLine).parse(rows);
}

export type QueueHealth = {
  readonly name: string;
  readonly waiting: number;
  readonly active: number;
  /** Jobs that have failed and are tried again. */
  readonly retrying: number;
  /** Given up within the last day. */
  readonly failed: number;
  readonly oldestWaitingSince: Date | null;
};

const healthRow = z.object({
  name: z.string(),
  waiting: z.number(),
  active: z.number(),
  retrying: z.number(),
  failed: z.number(),
  oldestWaitingSince: z.date().nullable(),
});

/** Null for everybody but the state. */
export async function findQueueHealth(reader: Reader, principal: Principal): Promise<readonly QueueHealth[] | null> {
  if (!isLandAdmin(principal)) return null;
  const rows: unknown = await reader.$queryRaw`
    SELECT q.name, count(*) FILTER (WHERE j.state = 'created')::int AS waiting,
      count(*) FILTER (WHERE j.state = 'active')::int AS active, count(*) FILTER (WHERE j.state = 'retry')::int AS retrying,
      count(*) FILTER (WHERE j.state = 'failed' AND j.completed_on > now() - interval '1 day')::int AS failed,
      min(j.start_after) FILTER (WHERE j.state = 'created' AND j.start_after <= now()) AS "oldestWaitingSince"
    FROM pgboss.queue q LEFT JOIN pgboss.job j ON j.name = q.name WHERE q.name NOT LIKE '\\_\\_%'
    GROUP BY q.name ORDER BY q.name`;
  return z.array(healthRow).parse(rows);
}
