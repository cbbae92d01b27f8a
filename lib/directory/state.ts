// Reads what the tables hold of a school: all of it for a whole list, and only what is named for changes, so that their
// cost follows the number of changes. Callers hold the school's lock.
import { z } from "zod";
import type { Transaction } from "#lib/db/client.ts";
import { ROLES } from "#lib/policy/roles.ts";
import { SOURCE, type SchoolState } from "./difference.ts";
import type { KnownPlaces } from "./changes.ts";
import type { PulledSource } from "./runs.ts";
import type { SchoolContent } from "./types.ts";

const personRows = z.array(
  z.object({
    id: z.string(),
    source: z.string(),
    familyName: z.string(),
    givenName: z.string(),
    displayName: z.string(),
    username: z.string(),
    subject: z.string(),
    enabled: z.boolean(),
    email: z.string().nullable(),
    addressProtected: z.boolean(),
    hasLeft: z.boolean(),
  }),
);
const affiliationRows = z.array(z.object({ personId: z.string(), role: z.enum(ROLES), since: z.date() }));
const groupRows = z.array(z.object({ id: z.string(), title: z.string(), kind: z.string(), hasLeft: z.boolean() }));
const memberRows = z.array(
  z.object({ groupId: z.string(), personId: z.string(), role: z.string(), enrollmentId: z.string() }),
);

/** @param isFirst nothing of the school has been stored yet: only its people may be known, from other schools */
export async function readState(
  tx: Transaction,
  schoolId: string,
  content: SchoolContent,
  { isFirst }: { readonly isFirst: boolean },
): Promise<SchoolState> {
  const pulledPeople = content.people.map((person) => person.id);
  const pulledGroups = content.groups.map((group) => group.id);
  const people: unknown = await tx.$queryRaw`
    SELECT id, source, family_name AS "familyName", given_name AS "givenName", display_name AS "displayName", username,
      subject, enabled, email, address_protected AS "addressProtected", left_at IS NOT NULL AS "hasLeft" FROM person WHERE id = ANY(${pulledPeople}::text[])`;
  const { named } = content;
  const state = isFirst
    ? NOTHING
    : named === undefined
      ? await readWhole(tx, schoolId, pulledGroups)
      : await readNamed(tx, schoolId, content, named);
  return {
    people: new Map(personRows.parse(people).map((person) => [person.id, person])),
    affiliations: affiliationRows.parse(state.affiliations),
    groups: new Map(groupRows.parse(state.groups).map((group) => [group.id, group])),
    members: memberRows.parse(state.members),
  };
}

type Rows = { readonly affiliations: unknown; readonly groups: unknown; readonly members: unknown };
const NOTHING: Rows = { affiliations: [], groups: [], members: [] };

/** What a source that brings groups and their members only has brought of the school. */
export async function readGroupState(
  tx: Transaction,
  schoolId: string,
  source: PulledSource,
  pulledGroups: readonly string[],
): Promise<SchoolState> {
  const { groups, members } = await readGroups(tx, schoolId, source, pulledGroups);
  return {
    people: new Map(),
    affiliations: [],
    groups: new Map(groupRows.parse(groups).map((group) => [group.id, group])),
    members: memberRows.parse(members),
  };
}

async function readWhole(tx: Transaction, schoolId: string, pulledGroups: readonly string[]): Promise<Rows> {
  return {
    affiliations: await tx.$queryRaw`
      SELECT person_id AS "personId", role::text, since FROM affiliation WHERE school_id = ${schoolId}`,
    ...(await readGroups(tx, schoolId, SOURCE, pulledGroups)),
  };
}

async function readGroups(
  tx: Transaction,
  schoolId: string,
  source: PulledSource,
  pulledGroups: readonly string[],
): Promise<Pick<Rows, "groups" | "members">> {
  return {
    groups: await tx.$queryRaw`
      SELECT id, title, kind, left_at IS NOT NULL AS "hasLeft" FROM school_group
      WHERE school_id = ${schoolId} AND source = ${source}`,
    // of a group that comes back too: it has kept its members
    members: await tx.$queryRaw`
      SELECT group_id AS "groupId", person_id AS "personId", role, enrollment_id AS "enrollmentId"
      FROM group_member JOIN school_group ON school_group.id = group_id
      WHERE school_id = ${schoolId} AND source = ${source}
        AND (left_at IS NULL OR school_group.id = ANY(${[...pulledGroups]}::text[]))`,
  };
}

async function readNamed(
  tx: Transaction,
  schoolId: string,
  content: SchoolContent,
  named: NonNullable<SchoolContent["named"]>,
): Promise<Rows> {
  const people = [...named.people];
  const { members } = content;
  return {
    affiliations: await tx.$queryRaw`
      SELECT person_id AS "personId", role::text, since FROM affiliation
      WHERE school_id = ${schoolId} AND person_id = ANY(${people}::text[])`,
    groups: await tx.$queryRaw`
      SELECT id, title, kind, left_at IS NOT NULL AS "hasLeft" FROM school_group
      WHERE school_id = ${schoolId} AND source = ${SOURCE} AND id = ANY(${[...named.groups]}::text[])`,
    members: await tx.$queryRaw`
      SELECT group_id AS "groupId", person_id AS "personId", group_member.role, enrollment_id AS "enrollmentId"
      FROM (
        SELECT * FROM group_member WHERE enrollment_id = ANY(${[...named.enrollments]}::text[])
        UNION SELECT * FROM group_member WHERE person_id = ANY(${people}::text[])
        UNION SELECT group_member.* FROM group_member JOIN unnest(
          ${members.map((member) => member.groupId)}::text[], ${members.map((member) => member.personId)}::text[]
        ) AS pulled (group_id, person_id) USING (group_id, person_id)
      ) AS group_member JOIN school_group ON school_group.id = group_id
      WHERE school_id = ${schoolId} AND source = ${SOURCE}`,
  };
}

const counts = z.tuple([z.object({ people: z.number(), groups: z.number() })]);

export async function countSchool(tx: Transaction, schoolId: string): Promise<{ people: number; groups: number }> {
  const rows: unknown = await tx.$queryRaw`
    SELECT (SELECT count(DISTINCT person_id)::int FROM affiliation WHERE school_id = ${schoolId}) AS people,
      (SELECT count(*)::int FROM school_group
       WHERE school_id = ${schoolId} AND source = ${SOURCE} AND left_at IS NULL) AS groups`;
  return counts.parse(rows)[0];
}

const ids = z.array(z.object({ id: z.string() })).transform((rows) => rows.map((row) => row.id));

/** Whoever was a pupil so lately is one to the guard: a role could be taken in one sync and the next given in another. */
const PUPIL_UNTIL_DAYS = 365;

/** Those of these people who are pupils at any school, or were lately. */
export async function findPupils(
  tx: Transaction,
  personIds: readonly string[],
  now: Date,
): Promise<ReadonlySet<string>> {
  if (personIds.length === 0) return new Set();
  const lately = new Date(now.getTime() - PUPIL_UNTIL_DAYS * 86_400_000);
  const rows: unknown = await tx.$queryRaw`
    SELECT person_id AS id FROM affiliation WHERE role = 'student' AND person_id = ANY(${[...personIds]}::text[])
    UNION SELECT person_id FROM school_departure
    WHERE as_pupil AND since > ${lately} AND person_id = ANY(${[...personIds]}::text[])`;
  return new Set(ids.parse(rows));
}

const knownSchoolRows = z.array(z.object({ id: z.string(), isEmpty: z.boolean() }));
const placeRows = z.array(z.object({ id: z.string(), school_id: z.string() }));

/** What the tables know of the people, groups and schools that changes speak of. */
export async function readKnownPlaces(
  tx: Transaction,
  personIds: readonly string[],
  groupIds: readonly string[],
  schoolIds: readonly string[],
): Promise<KnownPlaces> {
  const people: unknown = await tx.$queryRaw`
    SELECT DISTINCT person_id AS id, school_id FROM affiliation WHERE person_id = ANY(${[...personIds]}::text[])`;
  const groups: unknown = await tx.$queryRaw`
    SELECT id, school_id FROM school_group WHERE source = ${SOURCE} AND id = ANY(${[...groupIds]}::text[])`;
  const schoolsOfPerson = new Map<string, Set<string>>();
  for (const { id, school_id: schoolId } of placeRows.parse(people)) {
    const known = schoolsOfPerson.get(id) ?? new Set();
    schoolsOfPerson.set(id, known.add(schoolId));
  }
  const schoolOfGroup = new Map(placeRows.parse(groups).map(({ id, school_id: schoolId }) => [id, schoolId]));
  const places = [...schoolIds, ...schoolOfGroup.values(), ...[...schoolsOfPerson.values()].flatMap((of) => [...of])];
  // only schools whose first full sync is done: before it, changes alone would make a school of a few people
  const rows: unknown = await tx.$queryRaw`
    SELECT id, left_at IS NULL AND NOT EXISTS (SELECT FROM affiliation WHERE school_id = school.id) AS "isEmpty"
    FROM school WHERE first_synced_at IS NOT NULL AND id = ANY(${[...new Set(places)]}::text[])`;
  const schools = knownSchoolRows.parse(rows);
  return {
    schools: new Set(schools.map(({ id }) => id)),
    emptySchools: new Set(schools.flatMap(({ id, isEmpty }) => (isEmpty ? [id] : []))),
    schoolsOfPerson,
    schoolOfGroup,
  };
}

/** Of the people of these schools: how many belong to no other one; and how many belong to any now. */
export async function countPeopleOfSchools(
  tx: Transaction,
  schoolIds: readonly string[],
): Promise<{ readonly leaving: number; readonly present: number }> {
  if (schoolIds.length === 0) return { leaving: 0, present: 0 };
  const schools = [...schoolIds];
  const rows: unknown = await tx.$queryRaw`
    SELECT count(DISTINCT person_id)::int AS leaving,
      (SELECT count(*)::int FROM person WHERE source = ${SOURCE} AND left_at IS NULL) AS present
    FROM affiliation WHERE school_id = ANY(${schools}::text[]) AND NOT EXISTS (
      SELECT FROM affiliation AS other
      WHERE other.person_id = affiliation.person_id AND other.school_id <> ALL(${schools}::text[]))`;
  return leaverCounts.parse(rows)[0];
}

const leaverCounts = z.tuple([z.object({ leaving: z.number(), present: z.number() })]);

/**
 * Of these removals, and of those who only belong to schools that have gone: how many people would belong to no school
 * any more, and how many belong to one now.
 */
export async function countLeavers(
  tx: Transaction,
  removals: readonly { readonly personId: string; readonly schoolId: string }[],
): Promise<{ readonly leaving: number; readonly present: number }> {
  const rows: unknown = await tx.$queryRaw`
    WITH removed AS (
      SELECT * FROM unnest(${removals.map((one) => one.personId)}::text[], ${removals.map((one) => one.schoolId)}::text[])
        AS removed (person_id, school_id)
      UNION SELECT person_id, school_id FROM affiliation JOIN school ON school.id = school_id WHERE left_at IS NOT NULL)
    SELECT count(DISTINCT person_id)::int AS leaving,
      (SELECT count(*)::int FROM person WHERE source = ${SOURCE} AND left_at IS NULL) AS present
    FROM removed WHERE NOT EXISTS (
      SELECT FROM affiliation WHERE affiliation.person_id = removed.person_id
        AND NOT EXISTS (SELECT FROM removed AS other
          WHERE other.person_id = affiliation.person_id AND other.school_id = affiliation.school_id))`;
  return leaverCounts.parse(rows)[0];
}
