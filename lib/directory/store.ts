// Writes the differences of a school: set-based, only the rows that differ. Callers hold the transaction and the
// school's lock. What changed is returned, because jobs follow from it.
import { z } from "zod";
import type { Transaction } from "#lib/db/client.ts";
import type { OneRosterSchool } from "#lib/oneroster/records.ts";
import { SOURCE } from "./difference.ts";
import { endGroups, removeMembers, writeGroups, writeMembers } from "./group-store.ts";
import { columnOf } from "./columns.ts";
import type { PulledSource } from "./runs.ts";
import type { DirectoryAffiliation, DirectoryGroup, DirectoryPerson, SchoolChange, SchoolDifference } from "./types.ts";

/** Roles found in a school's first full sync count as old (design §2). */
export const FIRST_SYNC_SINCE = new Date("2000-01-01T00:00:00Z");

const changedRows = z.array(z.object({ id: z.string(), isSwitched: z.boolean() }));
const ids = z.array(z.object({ id: z.string() })).transform((rows) => rows.map((row) => row.id));

export type WrittenSchools = {
  /** Without a policy version: those that are new. */
  readonly unversioned: readonly string[];
  /** Known before, and now switched on or off by the source, or back on its list. */
  readonly switched: readonly string[];
};

export async function writeSchools(
  tx: Transaction,
  schools: readonly OneRosterSchool[],
  serviceId: string,
): Promise<WrittenSchools> {
  const rows = JSON.stringify(
    schools.map(({ id, name, identifier, enabledServices }) => ({
      id,
      name,
      identifier,
      services: enabledServices,
      enabled: enabledServices.includes(serviceId),
    })),
  );
  // not "on conflict do update": the proposed row, without a policy version, would be judged like a real one
  await tx.$executeRaw`
    INSERT INTO school (id, name, identifier, enabled_services, service_enabled)
    SELECT id, name, identifier, services, enabled
    FROM jsonb_to_recordset(${rows}::jsonb) AS pulled (id text, name text, identifier text, services text[], enabled boolean)
    WHERE NOT EXISTS (SELECT FROM school WHERE school.id = pulled.id)
    ORDER BY id`;
  const changed: unknown = await tx.$queryRaw`
    UPDATE school SET name = pulled.name, identifier = pulled.identifier, enabled_services = pulled.services,
      service_enabled = pulled.enabled, left_at = NULL
    FROM jsonb_to_recordset(${rows}::jsonb) AS pulled (id text, name text, identifier text, services text[], enabled boolean)
    JOIN school AS before ON before.id = pulled.id
    WHERE school.id = pulled.id
      AND (school.name, school.identifier, school.enabled_services, school.service_enabled, school.left_at)
        IS DISTINCT FROM (pulled.name, pulled.identifier, pulled.services, pulled.enabled, NULL::timestamptz)
    RETURNING school.id, (before.service_enabled AND before.left_at IS NULL) <> pulled.enabled AS "isSwitched"`;
  const unversioned: unknown = await tx.$queryRaw`
    SELECT id FROM school WHERE current_version = 0 AND id = ANY(${schools.map((school) => school.id)}::text[]) ORDER BY id`;
  const switched = changedRows.parse(changed).flatMap(({ id, isSwitched }) => (isSwitched ? [id] : []));
  return { unversioned: ids.parse(unversioned), switched };
}

/** Schools of the directory that are none of these. */
export async function findOtherSchools(tx: Transaction, known: readonly string[]): Promise<readonly string[]> {
  const rows: unknown = await tx.$queryRaw`
    SELECT id FROM school WHERE left_at IS NULL AND id <> ALL(${[...known]}::text[]) ORDER BY id`;
  return ids.parse(rows);
}

/** Not served any more; what becomes of their people: gone-schools.ts. @returns those that were there */
export async function removeSchools(tx: Transaction, schoolIds: readonly string[]): Promise<readonly string[]> {
  const rows: unknown = await tx.$queryRaw`
    UPDATE school SET left_at = now(), service_enabled = false
    WHERE left_at IS NULL AND id = ANY(${[...schoolIds]}::text[]) RETURNING id`;
  return ids.parse(rows);
}

/** For the rest of the transaction. */
export async function lockSchools(tx: Transaction, schoolIds: readonly string[]): Promise<void> {
  await tx.$queryRaw`SELECT id FROM school WHERE id = ANY(${[...schoolIds]}::text[]) ORDER BY id FOR UPDATE`;
}

const lockedRow = z.tuple([z.object({ first_synced_at: z.date().nullable(), had_pupils: z.boolean() })]);

export type LockedSchool = {
  readonly isFirstSync: boolean;
  /** Somebody has left it as a pupil: whoever comes back to a school is known, even if the school was gone meanwhile. */
  readonly hadPupils: boolean;
};

/**
 * Locks the school for the rest of the transaction, which is not waited for on disk: if the machine stops, its last
 * schools are read again, together with their cursors and jobs, which stand in the same transactions.
 */
export async function lockSchool(tx: Transaction, schoolId: string): Promise<LockedSchool> {
  const rows: unknown = await tx.$queryRaw`
    SELECT first_synced_at, set_config('synchronous_commit', 'off', true),
      EXISTS (SELECT FROM school_departure WHERE school_id = school.id AND as_pupil) AS had_pupils
    FROM school WHERE id = ${schoolId} FOR UPDATE`;
  const [{ first_synced_at: firstSyncedAt, had_pupils: hadPupils }] = lockedRow.parse(rows);
  return { isFirstSync: firstSyncedAt === null, hadPupils };
}

/** People whose subject belongs to another person already. */
export async function findSubjectConflicts(tx: Transaction, people: readonly DirectoryPerson[]): Promise<Set<string>> {
  const rows: unknown = await tx.$queryRaw`
    SELECT pulled.id FROM unnest(${people.map((person) => person.id)}::text[], ${people.map((person) => person.subject)}::text[])
      AS pulled (id, subject)
    JOIN person ON person.subject = pulled.subject AND person.id <> pulled.id`;
  return new Set(ids.parse(rows));
}

const elsewhereRows = z.array(z.object({ id: z.string(), school_id: z.string() }));

/** Groups whose id is used by another school or another source, with the reason. */
export async function findGroupsElsewhere(
  tx: Transaction,
  schoolId: string,
  groups: readonly DirectoryGroup[],
  source: PulledSource = SOURCE,
): Promise<ReadonlyMap<string, "groupOfAnotherSchool" | "groupOfAnotherSource">> {
  const rows: unknown = await tx.$queryRaw`
    SELECT id, school_id FROM school_group
    WHERE (school_id <> ${schoolId} OR source <> ${source}) AND id = ANY(${groups.map((group) => group.id)}::text[])`;
  return new Map(
    elsewhereRows
      .parse(rows)
      .map((row) => [row.id, row.school_id === schoolId ? "groupOfAnotherSource" : "groupOfAnotherSchool"]),
  );
}

export type Applied = SchoolChange & {
  /** People who gained or lost a role, or whose role's begin changed. */
  readonly affected: readonly string[];
};

/**
 * @param since what counts for roles of which the source does not say the begin
 * @param source whose groups these are; people and roles are the directory's
 */
export async function applyDifference(
  tx: Transaction,
  schoolId: string,
  difference: SchoolDifference,
  since: Date,
  source: PulledSource = SOURCE,
): Promise<Applied> {
  const { people, affiliations, groups, members } = difference;
  const written = [...people.added, ...people.returned, ...people.changed];
  const affected = [
    ...new Set([...affiliations.added, ...affiliations.redated, ...affiliations.removed].map((held) => held.personId)),
  ];
  const personIds = written.map((person) => person.id);
  await writePeople(tx, written);
  await writeAffiliations(tx, schoolId, [...affiliations.added, ...affiliations.redated], since);
  await removeAffiliations(tx, schoolId, affiliations.removed);
  await writeGroups(tx, schoolId, source, [...groups.added, ...groups.changed]);
  await endGroups(tx, schoolId, groups.removed);
  // who is new has been in no group
  const known = new Set([...personIds, ...affected]).difference(new Set(people.added.map((person) => person.id)));
  const groupsOfPeople = await findGroupsOf(tx, schoolId, [...known]);
  await writeMembers(tx, [...members.added, ...members.renewed]);
  await removeMembers(tx, members.removed);
  const groupIds = new Set([
    ...[...groups.added, ...groups.changed].map((group) => group.id),
    ...[...members.added, ...members.removed].map((member) => member.groupId),
    ...groupsOfPeople,
  ]);
  return { schoolId, personIds, groupIds: [...groupIds], affected };
}

/** A person known already keeps the localpart. */
async function writePeople(tx: Transaction, people: readonly DirectoryPerson[]): Promise<void> {
  if (people.length === 0) return;
  const column = columnOf(people);
  await tx.$executeRaw`
    INSERT INTO person (id, source, family_name, given_name, display_name, username, subject, localpart, enabled, email, address_protected)
    SELECT id, ${SOURCE}, family_name, given_name, display_name, username, subject, localpart, enabled, email, address_protected FROM unnest(
      ${column("id")}::text[], ${column("familyName")}::text[], ${column("givenName")}::text[],
      ${column("displayName")}::text[], ${column("username")}::text[], ${column("subject")}::text[],
      ${column("localpart")}::text[], ${column("enabled")}::boolean[], ${column("email")}::text[], ${column("addressProtected")}::boolean[]
    ) AS pulled (id, family_name, given_name, display_name, username, subject, localpart, enabled, email, address_protected)
    ON CONFLICT (id) DO UPDATE SET
      source = EXCLUDED.source, family_name = EXCLUDED.family_name, given_name = EXCLUDED.given_name,
      display_name = EXCLUDED.display_name, username = EXCLUDED.username, subject = EXCLUDED.subject,
      enabled = EXCLUDED.enabled, email = EXCLUDED.email, address_protected = EXCLUDED.address_protected, left_at = NULL,
      -- another login: the account must be looked at again, although its name is as before
      account_synced_at = CASE WHEN person.subject = EXCLUDED.subject THEN person.account_synced_at END`;
}

async function writeAffiliations(
  tx: Transaction,
  schoolId: string,
  affiliations: readonly DirectoryAffiliation[],
  since: Date,
): Promise<void> {
  if (affiliations.length === 0) return;
  const column = columnOf(affiliations);
  const begins = affiliations.map((held) => (held.beginDate ?? since).toISOString());
  await tx.$executeRaw`
    INSERT INTO affiliation (person_id, school_id, role, since)
    SELECT person_id, ${schoolId}, role::role, since
    FROM unnest(${column("personId")}::text[], ${column("role")}::text[], ${begins}::timestamptz[])
      AS pulled (person_id, role, since)
    ON CONFLICT (person_id, school_id, role) DO UPDATE SET since = EXCLUDED.since`;
}

async function removeAffiliations(
  tx: Transaction,
  schoolId: string,
  removed: SchoolDifference["affiliations"]["removed"],
): Promise<void> {
  if (removed.length === 0) return;
  const column = columnOf(removed);
  await tx.$executeRaw`
    DELETE FROM affiliation USING unnest(${column("personId")}::text[], ${column("role")}::text[]) AS gone (person_id, role)
    WHERE school_id = ${schoolId} AND affiliation.person_id = gone.person_id AND affiliation.role = gone.role::role`;
}

/** Groups of the school in which these people are. */
export async function findGroupsOf(
  tx: Transaction,
  schoolId: string,
  personIds: readonly string[],
): Promise<readonly string[]> {
  if (personIds.length === 0) return [];
  const rows: unknown = await tx.$queryRaw`
    SELECT DISTINCT group_id AS id FROM group_member JOIN school_group ON school_group.id = group_id
    WHERE school_id = ${schoolId} AND person_id = ANY(${[...personIds]}::text[])`;
  return ids.parse(rows);
}

/**
 * People of the directory who belong to no school any more; their rows stay.
 * @param personIds null looks at everybody
 * @returns their ids
 */
export async function writeLeavers(tx: Transaction, personIds: readonly string[] | null): Promise<readonly string[]> {
  const rows: unknown =
    personIds === null
      ? await tx.$queryRaw`
          UPDATE person SET left_at = now()
          WHERE source = ${SOURCE} AND left_at IS NULL AND NOT EXISTS (SELECT FROM affiliation WHERE person_id = person.id)
          RETURNING id`
      : await tx.$queryRaw`
          UPDATE person SET left_at = now()
          WHERE id = ANY(${[...personIds]}::text[]) AND source = ${SOURCE} AND left_at IS NULL
            AND NOT EXISTS (SELECT FROM affiliation WHERE person_id = person.id)
          RETURNING id`;
  return ids.parse(rows);
}
