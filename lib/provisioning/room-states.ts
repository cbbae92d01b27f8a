// Managed rooms as recorded, with the people who may belong into them: what desired state and difference are computed
// from. A few set-based queries for a school, however many rooms it has.
import { z } from "zod";
import type { Reader } from "#lib/db/client.ts";
import { hasStaffRole, ROLES } from "#lib/policy/roles.ts";
import { desiredRoom } from "./desired.ts";
import { SERVED } from "./served.ts";
import { desiredMode, openMode } from "./life-cycle.ts";
import {
  MANAGED_KINDS,
  type DesiredRoom,
  type GroupPerson,
  type ManagedKind,
  type RecordedMember,
  type RecordedRoom,
  type RoomCandidate,
} from "./types.ts";

export type ManagedRoomState = {
  readonly alias: string;
  readonly schoolId: string;
  readonly roomId: string | null;
  readonly hasProblem: boolean;
  readonly isServed: boolean;
  readonly verifyDue: boolean;
  /** A channel's moderator may switch between one- and two-way in the client. */
  readonly maySwitchInClient: boolean;
  /** A source of messages has the last word on levels, and lowers as well as raises. */
  readonly isLedBySource: boolean;
  readonly recorded: RecordedRoom;
  readonly desired: DesiredRoom;
  /** Staff of the school among the members: who of them was promoted in the client keeps it. */
  readonly staff: ReadonlySet<string>;
  /** Somebody who belongs into the room gets an account just now. */
  readonly waitsForAccounts: boolean;
};

const roomRow = z.object({
  alias: z.string(),
  school_id: z.string(),
  school_name: z.string(),
  group_id: z.string().nullable(),
  kind: z.enum(MANAGED_KINDS),
  room_id: z.string().nullable(),
  name: z.string().nullable(),
  topic: z.string(),
  problem: z.string().nullable(),
  two_way: z.boolean(),
  mode: z.enum(["silent", "oneWay", "twoWay", "readOnly", "drifted"]).nullable(),
  children: z.array(z.string()),
  verify_due: z.boolean(),
  unwanted_since: z.date().nullable(),
  unserved_since: z.date().nullable(),
  is_served: z.boolean(),
  is_held: z.boolean(),
  client_switches_channels: z.boolean(),
  title: z.string().nullable(),
  source: z.string().nullable(),
  bidirectional: z.boolean().nullable(),
  description: z.string().nullable(),
  group_left_at: z.date().nullable(),
  grace_period_days: z.number(),
});
type RoomRow = z.infer<typeof roomRow>;
const personRow = z.object({
  id: z.string(),
  localpart: z.string(),
  enabled: z.boolean(),
  left_at: z.date().nullable(),
  account_state: z.string(),
  account_problem: z.string().nullable(),
  address_protected: z.boolean(),
  is_named: z.boolean(),
  roles: z.array(z.enum(ROLES)),
});
const groupRow = z.object({
  group_id: z.string(),
  person_id: z.string(),
  roles: z.array(z.string()),
  is_moderator: z.boolean(),
});
const memberRow = z.object({
  alias: z.string(),
  person_id: z.string(),
  localpart: z.string(),
  level: z.number(),
  banned: z.boolean(),
});
const childRow = z.object({ room_id: z.string(), unwanted: z.boolean() });

export type RoomsWanted =
  | {
      readonly schoolId: string;
      /** Only the rooms of these groups, and those of the whole school if wanted. */
      readonly of?: { readonly groupIds: readonly string[]; readonly schoolRooms: boolean };
    }
  | { readonly alias: string };

/** Rooms of a school, or one room. */
export async function findManagedRooms(
  reader: Reader,
  where: RoomsWanted,
  now = new Date(),
): Promise<readonly ManagedRoomState[]> {
  const rooms = await readRooms(reader, where);
  const [first] = rooms;
  if (first === undefined) return [];
  const schoolId = first.school_id;
  const groupIds = rooms.flatMap((room) => room.group_id ?? []);
  const ofWholeSchool = rooms.some((room) => room.group_id === null);
  const people = await readPeople(reader, schoolId, ofWholeSchool ? null : groupIds);
  const ofGroup = await readGroups(reader, groupIds, people);
  const recorded = await readMembers(reader, rooms);
  const children = rooms.some((room) => room.kind === "space") ? await readChildren(reader, schoolId) : [];
  const everybody = [...people.values()];
  return rooms.map((room) => {
    const groupPeople = (room.group_id === null ? undefined : ofGroup.get(room.group_id)) ?? [];
    return stateOf(room, groupPeople, everybody, recorded.get(room.alias) ?? [], children, now);
  });
}

function stateOf(
  room: RoomRow,
  groupPeople: readonly GroupPerson[],
  schoolPeople: readonly RoomCandidate[],
  members: readonly RecordedMember[],
  children: readonly string[],
  now: Date,
): ManagedRoomState {
  const { kind, alias } = room;
  const twoWay = room.bidirectional ?? room.two_way;
  const mode = desiredMode({
    kind,
    twoWay,
    isServed: room.is_served,
    unservedSince: room.unserved_since,
    groupLeftAt: room.group_left_at,
    unwantedSince: room.unwanted_since,
    now,
    gracePeriodDays: room.grace_period_days,
  });
  const candidates = room.group_id === null ? schoolPeople : groupPeople;
  const desired = desiredRoom({
    kind,
    name: nameOf(room),
    topic: room.source === "amqp" ? (room.description ?? "") : null,
    // nobody could moderate it: it stays closed until somebody can
    mode: room.is_held && mode !== "closed" ? "readOnly" : mode,
    children: kind === "space" ? children : [],
    groupPeople,
    schoolPeople,
  });
  const belongs = new Set(desired.members.map((member) => member.personId));
  return {
    alias,
    schoolId: room.school_id,
    roomId: room.room_id,
    hasProblem: room.problem !== null,
    isServed: room.is_served,
    verifyDue: room.verify_due,
    maySwitchInClient: kind === "channel" && room.client_switches_channels && room.bidirectional === null,
    isLedBySource: room.source === "amqp",
    recorded: {
      exists: room.room_id !== null,
      name: room.name,
      topic: room.topic,
      mode: room.mode ?? openMode(kind, false),
      children: room.children,
      members,
    },
    desired,
    staff: new Set(candidates.filter((one) => hasStaffRole(one.schoolRoles)).map((person) => person.personId)),
    waitsForAccounts: candidates.some((one) => one.account === "pending" && belongs.has(one.personId)),
  };
}

/**
 * Rooms of the whole school carry its name, because a person may belong to several. These are names on the chat server,
 * the same for everybody in the room, so they are no texts of the console (messages/) and exist only here.
 */
const SCHOOL_ROOM_TITLES: Readonly<Partial<Record<ManagedKind, string>>> = {
  staffroom: "Lehrerzimmer",
  announcements: "Ankündigungen",
};

function nameOf({ kind, title, school_name: school }: RoomRow): string {
  const prefix = SCHOOL_ROOM_TITLES[kind];
  return title ?? (prefix === undefined ? school : `${prefix} – ${school}`);
}

async function readRooms(reader: Reader, where: RoomsWanted): Promise<readonly RoomRow[]> {
  const schoolId = "schoolId" in where ? where.schoolId : null;
  const alias = "alias" in where ? where.alias : null;
  const of = "schoolId" in where ? where.of : undefined;
  const groupIds = of === undefined ? null : [...of.groupIds];
  const rows: unknown = await reader.$queryRaw`
    SELECT r.alias, r.school_id, s.name AS school_name, r.group_id, r.kind, r.room_id, r.name, r.topic, r.problem, r.two_way,
      r.mode, r.children, r.verify_due, r.unwanted_since, s.unserved_since, s.client_switches_channels,
      ${SERVED} AS is_served,
      EXISTS (SELECT FROM room_protection p WHERE p.room_id = r.room_id AND p.wanted = 'readOnly') AS is_held,
      g.title, g.source, g.bidirectional, g.description, g.left_at AS group_left_at,
      coalesce((SELECT grace_period_days FROM policy_frame ORDER BY version DESC LIMIT 1), 30) AS grace_period_days
    FROM managed_room r JOIN school s ON s.id = r.school_id LEFT JOIN school_group g ON g.id = r.group_id
    WHERE (r.school_id = ${schoolId} OR ${schoolId}::text IS NULL) AND (r.alias = ${alias} OR ${alias}::text IS NULL)
      AND (${groupIds}::text[] IS NULL OR r.group_id = ANY(${groupIds}::text[])
        OR r.group_id IS NULL AND ${of?.schoolRooms ?? false})
    ORDER BY r.alias`;
  return z.array(roomRow).parse(rows);
}

/** @param groupIds null for everybody of the school */
async function readPeople(
  reader: Reader,
  schoolId: string,
  groupIds: readonly string[] | null,
): Promise<ReadonlyMap<string, RoomCandidate>> {
  const groups = groupIds === null ? null : [...groupIds];
  const rows: unknown = await reader.$queryRaw`
    WITH belongs AS (
      SELECT person_id, array_agg(role::text) AS roles, false AS is_named FROM affiliation
      WHERE school_id = ${schoolId} GROUP BY person_id
      UNION ALL
      SELECT person_id, '{}', true FROM person_source WHERE school_id = ${schoolId} GROUP BY person_id
    )
    SELECT p.id, p.localpart, p.enabled, p.left_at, p.account_state, p.account_problem, p.address_protected,
      b.roles, b.is_named AND p.source <> 'oneroster' AS is_named
    FROM belongs b JOIN person p ON p.id = b.person_id
    WHERE ${groups}::text[] IS NULL
      OR p.id IN (SELECT person_id FROM group_member WHERE group_id = ANY(${groups}::text[]))
    ORDER BY p.id, cardinality(b.roles) DESC`;
  const people = new Map<string, RoomCandidate>();
  for (const row of z.array(personRow).parse(rows)) {
    const known = people.get(row.id);
    if (known === undefined && row.roles.length === 0 && !row.is_named) continue;
    people.set(row.id, {
      personId: row.id,
      localpart: row.localpart,
      schoolRoles: known?.schoolRoles ?? row.roles,
      isNamedBySource: row.is_named,
      isProtected: row.address_protected,
      account: accountOf(row),
    });
  }
  return people;
}

function accountOf(person: z.infer<typeof personRow>): RoomCandidate["account"] {
  if (!person.enabled || person.left_at !== null) return "unusable";
  if (person.account_state === "active") return "active";
  return person.account_state === "absent" && person.account_problem === null ? "pending" : "unusable";
}

async function readGroups(
  reader: Reader,
  groupIds: readonly string[],
  people: ReadonlyMap<string, RoomCandidate>,
): Promise<ReadonlyMap<string, GroupPerson[]>> {
  if (groupIds.length === 0) return new Map();
  const rows: unknown = await reader.$queryRaw`
    SELECT group_id, person_id, array_agg(role) AS roles, bool_or(is_moderator) AS is_moderator FROM group_member
    WHERE group_id = ANY(${[...new Set(groupIds)]}::text[]) GROUP BY group_id, person_id ORDER BY person_id`;
  const groups = new Map<string, GroupPerson[]>();
  for (const { group_id: groupId, person_id: id, roles, is_moderator: isModerator } of z.array(groupRow).parse(rows)) {
    const person = people.get(id);
    if (person === undefined) continue;
    const members = groups.get(groupId) ?? [];
    members.push({ ...person, enrollmentRoles: roles, isModerator });
    groups.set(groupId, members);
  }
  return groups;
}

async function readMembers(
  reader: Reader,
  rooms: readonly RoomRow[],
): Promise<ReadonlyMap<string, readonly RecordedMember[]>> {
  const rows: unknown = await reader.$queryRaw`
    SELECT m.alias, m.person_id, p.localpart, m.level, m.banned FROM managed_room_member m
    JOIN person p ON p.id = m.person_id
    WHERE m.alias = ANY(${rooms.map((room) => room.alias)}::text[]) ORDER BY m.person_id`;
  const members = new Map<string, RecordedMember[]>();
  for (const { alias, person_id: personId, ...member } of z.array(memberRow).parse(rows)) {
    const ofRoom = members.get(alias) ?? [];
    ofRoom.push({ personId, ...member });
    members.set(alias, ofRoom);
  }
  return members;
}

/** Whatever people write in; the hidden anchors would be empty chats. */
async function readChildren(reader: Reader, schoolId: string): Promise<readonly string[]> {
  const rows: unknown = await reader.$queryRaw`
    SELECT r.room_id, r.unwanted_since IS NOT NULL AS unwanted FROM managed_room r
    WHERE r.school_id = ${schoolId} AND r.room_id IS NOT NULL AND r.kind IN ('channel', 'staffroom', 'announcements')
    ORDER BY r.alias`;
  return z
    .array(childRow)
    .parse(rows)
    .flatMap((row) => (row.unwanted ? [] : [row.room_id]));
}
