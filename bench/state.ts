// A whole state in the database: 1,600 schools, 500,000 people, rooms with recorded schools. Generated in the server, so
// that loading takes seconds; the figures follow facts of Rhineland-Palatinate, the ids are numbers.
import pg from "pg";
import { FAMILY_NAME, GIVEN_NAME } from "./names.ts";

export const SCHOOLS = 1_600;
export const PEOPLE = 500_000;
export const ROOMS = 200_000;

/** The person with this number: every tenth a teacher, four a pupil, the rest guardians; school by remainder. */
export const localpartOf = (person: number): string => `u-p${person}`;
export const schoolOf = (person: number): number => person % SCHOOLS;
export const roomOf = (room: number): string => `!r${room}:localhost`;

const STATEMENTS = [
  `INSERT INTO school (id, name, enabled_services, service_enabled, state_enabled, school_enabled)
   SELECT 'S-' || n, 'Schule ' || n, '{}', true, true, true FROM generate_series(0, ${SCHOOLS - 1}) n`,
  // the frame's defaults as letters, computed as lib/policy does
  `INSERT INTO policy_version (school_id, number, kind, cells, frame_version, reason)
   SELECT 'S-' || n, 1, 'initial', (
     SELECT string_agg(CASE WHEN locked THEN (CASE WHEN allowed THEN 'L' ELSE 'l' END) ELSE (CASE WHEN allowed THEN 'D' ELSE 'd' END) END,
       '' ORDER BY cell_position(from_role, to_target))
     FROM policy_frame_cell WHERE frame_version = 1), 1, '' FROM generate_series(0, ${SCHOOLS - 1}) n`,
  `INSERT INTO person (id, source, family_name, given_name, display_name, subject, localpart, first_seen_at)
   SELECT 'p' || n, 'oneroster', family, given, given || ' ' || family, 'p' || n, 'u-p' || n, CASE WHEN n % 3 > 0 THEN now() END
   FROM (SELECT n, ${FAMILY_NAME} AS family, ${GIVEN_NAME} AS given FROM generate_series(0, ${PEOPLE - 1}) n) AS named`,
  `INSERT INTO affiliation (person_id, school_id, role, since)
   SELECT 'p' || n, 'S-' || n % ${SCHOOLS},
     (CASE WHEN n / ${SCHOOLS} % 10 = 0 THEN 'teacher' WHEN n / ${SCHOOLS} % 10 <= 4 THEN 'student' ELSE 'guardian' END)::role, '2000-01-01'
   FROM generate_series(0, ${PEOPLE - 1}) n`,
  // every twentieth teacher administers the school as well
  `INSERT INTO affiliation (person_id, school_id, role, since)
   SELECT person_id, school_id, 'orgAdmin', since FROM affiliation WHERE role = 'teacher' AND right(person_id, 2) = '00'`,
  `INSERT INTO room_record (room_id, school_id, creator, creator_was_staff)
   SELECT '!r' || n || ':localhost', 'S-' || n % ${SCHOOLS}, 'u-p' || n % ${SCHOOLS}, true FROM generate_series(0, ${ROOMS - 1}) n`,
  "VACUUM ANALYZE",
];

/** @param ownerUrl a migrated, seeded, otherwise empty database */
export async function loadState(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    for (const statement of STATEMENTS) await client.query(statement);
  } finally {
    await client.end();
  }
}
