// Writes one school of the directory: set-based, so that its cost follows the number of rows and an unchanged row is
// not written. Callers hold the transaction. What changed is returned, because jobs follow from it.
import { z } from "zod";
import type { Transaction } from "#lib/db/client.ts";
import type { OneRosterSchool } from "#lib/oneroster/records.ts";
import type { DirectoryGroup, DirectoryMember, DirectoryPerson, SchoolContent } from "./types.ts";

/** Roles found in a school's first full sync count as old (design §2). */
export const FIRST_SYNC_SINCE = new Date("2000-01-01T00:00:00Z");
const SOURCE = "oneroster";

const ids = z.array(z.object({ id: z.string() })).transform((rows) => rows.map((row) => row.id));

/** @returns ids of schools without a policy version: those that are new */
export async function writeSchools(
  tx: Transaction,
  schools: readonly OneRosterSchool[],
  options: { readonly serviceId: string; readonly removeOthers: boolean; readonly unreadable: readonly string[] },
): Promise<readonly string[]> {
  const schoolIds = schools.map((school) => school.id);
  for (const { id, name, identifier, enabledServices } of schools) {
    const serviceEnabled = enabledServices.includes(options.serviceId);
    // not "on conflict do update": the proposed row, without a policy version, would be judged like a real one
    await tx.$executeRaw`
      INSERT INTO school (id, name, identifier, enabled_services, service_enabled)
      SELECT ${id}, ${name}, ${identifier}, ${enabledServices}::text[], ${serviceEnabled}
      WHERE NOT EXISTS (SELECT FROM school WHERE id = ${id})`;
    await tx.$executeRaw`
      UPDATE school SET name = ${name}, identifier = ${identifier}, enabled_services = ${enabledServices}::text[],
        service_enabled = ${serviceEnabled}, left_at = NULL
      WHERE id = ${id} AND (name, identifier, enabled_services, service_enabled, left_at)
        IS DISTINCT FROM (${name}, ${identifier}, ${enabledServices}::text[], ${serviceEnabled}, NULL::timestamptz)`;
  }
  if (options.removeOthers) {
    const known = [...schoolIds, ...options.unreadable];
    // not served any more; what becomes of its people and rooms is not decided by one answer of a foreign server
    await tx.$executeRaw`
      UPDATE school SET left_at = now(), service_enabled = false WHERE left_at IS NULL AND id <> ALL(${known}::text[])`;
  }
  const unversioned: unknown = await tx.$queryRaw`
    SELECT id FROM school WHERE current_version = 0 AND id = ANY(${schoolIds}::text[]) ORDER BY id`;
  return ids.parse(unversioned);
}

/** Locks the school for the rest of the transaction. */
export async function lockSchool(tx: Transaction, schoolId: string): Promise<{ readonly isFirstSync: boolean }> {
  const rows: unknown = await tx.$queryRaw`SELECT first_synced_at FROM school WHERE id = ${schoolId} FOR UPDATE`;
  const [row] = z.array(z.object({ first_synced_at: z.date().nullable() })).parse(rows);
  return { isFirstSync: row?.first_synced_at === null };
}

/** People whose subject belongs to another person already. */
export async function findSubjectConflicts(tx: Transaction, people: readonly DirectoryPerson[]): Promise<Set<string>> {
  const rows: unknown = await tx.$queryRaw`
    SELECT pulled.id FROM unnest(${people.map((person) => person.id)}::text[], ${people.map((person) => person.subject)}::text[])
      AS pulled (id, subject)
    JOIN person ON person.subject = pulled.subject AND person.id <> pulled.id`;
  return new Set(ids.parse(rows));
}

/** A person known already keeps the localpart. @returns ids of people who are new or differ */
export async function writePeople(tx: Transaction, people: readonly DirectoryPerson[]): Promise<readonly string[]> {
  const column = <Key extends keyof DirectoryPerson>(key: Key): DirectoryPerson[Key][] =>
    people.map((person) => person[key]);
  const rows: unknown = await tx.$queryRaw`
    INSERT INTO person (id, source, family_name, given_name, display_name, username, subject, localpart, enabled, email)
    SELECT id, ${SOURCE}, family_name, given_name, display_name, username, subject, localpart, enabled, email FROM unnest(
      ${column("id")}::text[], ${column("familyName")}::text[], ${column("givenName")}::text[],
      ${column("displayName")}::text[], ${column("username")}::text[], ${column("subject")}::text[],
      ${column("localpart")}::text[], ${column("enabled")}::boolean[], ${column("email")}::text[]
    ) AS pulled (id, family_name, given_name, display_name, username, subject, localpart, enabled, email)
    ON CONFLICT (id) DO UPDATE SET
      source = EXCLUDED.source, family_name = EXCLUDED.family_name, given_name = EXCLUDED.given_name,
      display_name = EXCLUDED.display_name, username = EXCLUDED.username, subject = EXCLUDED.subject,
      enabled = EXCLUDED.enabled, email = EXCLUDED.email, left_at = NULL,
      -- another login: the account must be looked at again, although its name is as before
      account_synced_at = CASE WHEN person.subject = EXCLUDED.subject THEN person.account_synced_at END
    WHERE (person.source, person.family_name, person.given_name, person.display_name, person.username, person.subject,
           person.enabled, person.email, person.left_at)
      IS DISTINCT FROM (EXCLUDED.source, EXCLUDED.family_name, EXCLUDED.given_name, EXCLUDED.display_name,
           EXCLUDED.username, EXCLUDED.subject, EXCLUDED.enabled, EXCLUDED.email, NULL::timestamptz)
    RETURNING id`;
  return ids.parse(rows);
}

/** @returns ids of people who gained or lost a role, or whose role's begin changed */
export async function writeAffiliations(
  tx: Transaction,
  schoolId: string,
  content: SchoolContent,
  since: Date,
): Promise<{ readonly written: readonly string[]; readonly removed: readonly string[] }> {
  const people = content.affiliations.map((held) => held.personId);
  const roles = content.affiliations.map((held) => held.role);
  const begins = content.affiliations.map((held) => held.beginDate?.toISOString() ?? null);
  const written: unknown = await tx.$queryRaw`
    INSERT INTO affiliation (person_id, school_id, role, since)
    SELECT person_id, ${schoolId}, role::role, coalesce(begin_date, ${since}::timestamptz)
    FROM unnest(${people}::text[], ${roles}::text[], ${begins}::timestamptz[]) AS pulled (person_id, role, begin_date)
    ON CONFLICT (person_id, school_id, role) DO UPDATE SET since = EXCLUDED.since
    WHERE affiliation.since <> EXCLUDED.since AND EXISTS (
      SELECT FROM unnest(${people}::text[], ${roles}::text[], ${begins}::timestamptz[]) AS named (person_id, role, begin_date)
      WHERE named.person_id = EXCLUDED.person_id AND named.role = EXCLUDED.role::text AND named.begin_date IS NOT NULL)
    RETURNING person_id AS id`;
  if (!content.removable.people) return { written: ids.parse(written), removed: [] };
  const removed: unknown = await tx.$queryRaw`
    DELETE FROM affiliation WHERE school_id = ${schoolId} AND person_id <> ALL(${content.unreadable.people}::text[])
      AND NOT EXISTS (
        SELECT FROM unnest(${people}::text[], ${roles}::text[]) AS pulled (person_id, role)
        WHERE pulled.person_id = affiliation.person_id AND pulled.role = affiliation.role::text)
    RETURNING person_id AS id`;
  return { written: ids.parse(written), removed: ids.parse(removed) };
}

/** Groups whose id is used by another school. */
export async function findGroupsElsewhere(
  tx: Transaction,
  schoolId: string,
  groups: readonly DirectoryGroup[],
): Promise<Set<string>> {
  const rows: unknown = await tx.$queryRaw`
    SELECT id FROM school_group WHERE school_id <> ${schoolId} AND id = ANY(${groups.map((group) => group.id)}::text[])`;
  return new Set(ids.parse(rows));
}

/** A group that is gone keeps its members, so that its rooms stay as they are. @returns ids of groups that are new or differ */
export async function writeGroups(
  tx: Transaction,
  schoolId: string,
  content: SchoolContent,
): Promise<readonly string[]> {
  const { groups } = content;
  const groupIds = groups.map((group) => group.id);
  const written: unknown = await tx.$queryRaw`
    INSERT INTO school_group (id, school_id, title, kind)
    SELECT id, ${schoolId}, title, kind FROM unnest(
      ${groupIds}::text[], ${groups.map((group) => group.title)}::text[], ${groups.map((group) => group.kind)}::text[]
    ) AS pulled (id, title, kind)
    ON CONFLICT (id) DO UPDATE SET title = EXCLUDED.title, kind = EXCLUDED.kind, left_at = NULL
    WHERE (school_group.title, school_group.kind, school_group.left_at)
      IS DISTINCT FROM (EXCLUDED.title, EXCLUDED.kind, NULL::timestamptz)
    RETURNING id`;
  if (content.removable.groups) {
    const kept = [...groupIds, ...content.unreadable.groups];
    await tx.$executeRaw`
      UPDATE school_group SET left_at = now()
      WHERE school_id = ${schoolId} AND left_at IS NULL AND id <> ALL(${kept}::text[])`;
  }
  return ids.parse(written);
}

/** @returns ids of groups whose members changed */
export async function writeMembers(
  tx: Transaction,
  schoolId: string,
  content: SchoolContent,
): Promise<readonly string[]> {
  const { members, unreadable } = content;
  const column = <Key extends keyof DirectoryMember>(key: Key): DirectoryMember[Key][] =>
    members.map((member) => member[key]);
  const written: unknown = await tx.$queryRaw`
    INSERT INTO group_member (group_id, person_id, role, enrollment_id)
    SELECT * FROM unnest(${column("groupId")}::text[], ${column("personId")}::text[], ${column("role")}::text[],
      ${column("enrollmentId")}::text[])
    ON CONFLICT (group_id, person_id, role) DO UPDATE SET enrollment_id = EXCLUDED.enrollment_id
    WHERE group_member.enrollment_id <> EXCLUDED.enrollment_id
    RETURNING group_id AS id`;
  if (!content.removable.enrollments || !content.removable.people) return ids.parse(written);
  const removed: unknown = await tx.$queryRaw`
    DELETE FROM group_member USING school_group
    WHERE school_group.id = group_member.group_id AND school_group.school_id = ${schoolId} AND school_group.left_at IS NULL
      AND group_id <> ALL(${unreadable.groups}::text[]) AND person_id <> ALL(${unreadable.people}::text[])
      AND enrollment_id <> ALL(${unreadable.enrollments}::text[])
      AND NOT EXISTS (
        SELECT FROM unnest(${column("groupId")}::text[], ${column("personId")}::text[], ${column("role")}::text[])
          AS pulled (group_id, person_id, role)
        WHERE pulled.group_id = group_member.group_id AND pulled.person_id = group_member.person_id
          AND pulled.role = group_member.role)
    RETURNING group_id AS id`;
  return [...new Set([...ids.parse(written), ...ids.parse(removed)])];
}

/** Groups of the school in which these people are. */
export async function findGroupsOf(
  tx: Transaction,
  schoolId: string,
  personIds: readonly string[],
): Promise<readonly string[]> {
  const rows: unknown = await tx.$queryRaw`
    SELECT DISTINCT group_id AS id FROM group_member JOIN school_group ON school_group.id = group_id
    WHERE school_id = ${schoolId} AND person_id = ANY(${[...personIds]}::text[])`;
  return ids.parse(rows);
}

/** People of the directory who belong to no school any more; their rows stay. @returns their ids */
export async function writeLeavers(tx: Transaction): Promise<readonly string[]> {
  const rows: unknown = await tx.$queryRaw`
    UPDATE person SET left_at = now()
    WHERE source = ${SOURCE} AND left_at IS NULL AND NOT EXISTS (SELECT FROM affiliation WHERE person_id = person.id)
    RETURNING id`;
  return ids.parse(rows);
}
