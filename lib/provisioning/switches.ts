// The switches of a school (design §6, §9): what each one means, which are sensitive, and what throwing one would do.
import { z } from "zod";
import { mayEditSchool, isLandAdmin, type Principal } from "#lib/auth/principal.ts";
import type { Reader } from "#lib/db/client.ts";

export const SCHOOL_SWITCHES = [
  "messenger", // the whole messenger of the school
  "staffroom",
  "announcements",
  "space",
  "clientSwitchesChannels", // moderators make channels one- or two-way in the client
] as const;
export type SchoolSwitch = (typeof SCHOOL_SWITCHES)[number];

/** Needs a second person: everyone sees everyone in the member list. Switching off never waits. */
export function isSensitiveSwitch(name: SchoolSwitch, on: boolean): boolean {
  return name === "announcements" && on;
}

/** Columns of School. */
export const SWITCH_COLUMNS = {
  messenger: "schoolEnabled",
  staffroom: "staffroomEnabled",
  announcements: "announcementsEnabled",
  space: "spaceEnabled",
  clientSwitchesChannels: "clientSwitchesChannels",
} as const satisfies Readonly<Record<SchoolSwitch, string>>;

/** Switches that stand for one room of the whole school. */
export type SchoolRoomKind = Extract<SchoolSwitch, "staffroom" | "announcements" | "space">;
export function isSchoolRoom(name: SchoolSwitch): name is SchoolRoomKind {
  return name === "staffroom" || name === "announcements" || name === "space";
}

export type PlannedSwitch =
  | { readonly name: SchoolSwitch | "state"; readonly on: boolean }
  | { readonly name: "channel"; readonly alias: string; readonly twoWay: boolean };

/**
 * Whether somebody throws this switch only after a dry run: a school's first sync has no guard, so it is shown to whoever
 * switches the school on (design §6). That is the school, and the state as well if its switch is the last of the two.
 */
export function isFirstSwitchingOn(
  { name, on }: { readonly name: SchoolSwitch | "state"; readonly on: boolean },
  school: { readonly unservedSince: Date | null; readonly isMessengerOn: boolean },
): boolean {
  if (!on || school.unservedSince !== null) return false;
  return name === "messenger" || (name === "state" && school.isMessengerOn);
}

/** Numbers for the sentence before the switch is thrown. */
export type SwitchSummary = {
  /** Rooms that are made, become read-only or change who writes. */
  readonly rooms: number;
  /** People who get an account or come into a room, or who can write there (no more). */
  readonly people: number;
  readonly needsSecondPerson: boolean;
};

const counts = z.tuple([z.object({ rooms: z.number(), people: z.number() })]);

/** Null for a school, or a channel, that is not the principal's to switch. */
export async function summariseSwitch(
  reader: Reader,
  principal: Principal,
  schoolId: string,
  planned: PlannedSwitch,
): Promise<SwitchSummary | null> {
  const may = planned.name === "state" ? isLandAdmin(principal) : mayEditSchool(principal, schoolId);
  if (!may || (await reader.school.findUnique({ where: { id: schoolId } })) === null) return null;
  const rows = await countFor(reader, schoolId, planned);
  if (rows === null) return null;
  const isSensitive =
    planned.name !== "state" && planned.name !== "channel" && isSensitiveSwitch(planned.name, planned.on);
  return { ...counts.parse(rows)[0], needsSecondPerson: isSensitive };
}

async function countFor(reader: Reader, schoolId: string, planned: PlannedSwitch): Promise<unknown> {
  switch (planned.name) {
    case "messenger":
    case "state":
      return planned.on ? await countAll(reader, schoolId) : await countRooms(reader, schoolId);
    case "staffroom":
    case "announcements":
    case "space":
      return await countOneRoom(reader, schoolId, planned.name);
    case "clientSwitchesChannels":
      return await reader.$queryRaw`
        SELECT count(DISTINCT r.alias)::int AS rooms, count(DISTINCT m.person_id)::int AS people
        FROM managed_room r LEFT JOIN managed_room_member m ON m.alias = r.alias AND m.level >= 100
        WHERE r.school_id = ${schoolId} AND r.kind = 'channel' AND r.room_id IS NOT NULL`;
    case "channel": {
      const { alias } = planned;
      const channel = await reader.managedRoom.findUnique({ where: { alias, schoolId, kind: "channel" } });
      if (channel === null) return null;
      return await reader.$queryRaw`
        SELECT 1 AS rooms, count(*)::int AS people FROM managed_room_member
        WHERE alias = ${alias} AND level < 50 AND NOT banned`;
    }
    default:
      return planned satisfies never;
  }
}

/** What would be made: an anchor and a channel for each group, and the rooms of the school that are on. */
async function countAll(reader: Reader, schoolId: string): Promise<unknown> {
  return await reader.$queryRaw`
    SELECT (SELECT (staffroom_enabled::int + announcements_enabled::int + space_enabled::int) FROM school WHERE id = ${schoolId})
        + (SELECT coalesce(sum(CASE source WHEN 'amqp' THEN 1 ELSE 2 END), 0)::int FROM school_group
           WHERE school_id = ${schoolId} AND left_at IS NULL) AS rooms,
      (SELECT count(DISTINCT a.person_id)::int FROM affiliation a JOIN person p ON p.id = a.person_id
       WHERE a.school_id = ${schoolId} AND p.enabled AND p.left_at IS NULL) AS people`;
}

/** What there is, also what people have made. */
async function countRooms(reader: Reader, schoolId: string): Promise<unknown> {
  return await reader.$queryRaw`
    SELECT (SELECT count(*)::int FROM room_record r LEFT JOIN room_freeze f USING (room_id)
            WHERE r.school_id = ${schoolId} AND coalesce(f.state, 'writable') <> 'closed') AS rooms,
      (SELECT count(DISTINCT a.person_id)::int FROM affiliation a JOIN person p ON p.id = a.person_id
       WHERE a.school_id = ${schoolId} AND p.account_state = 'active') AS people`;
}

/** The same people as staffroomMembers, announcementsMembers and spaceMembers (desired.ts). */
async function countOneRoom(reader: Reader, schoolId: string, kind: SchoolRoomKind): Promise<unknown> {
  return await reader.$queryRaw`
    SELECT 1 AS rooms, count(DISTINCT a.person_id)::int AS people FROM affiliation a JOIN person p ON p.id = a.person_id
    WHERE a.school_id = ${schoolId} AND p.enabled AND p.left_at IS NULL
      AND CASE ${kind} WHEN 'staffroom' THEN a.role IN ('teacher', 'schoolManagement') ELSE NOT p.address_protected END`;
}
