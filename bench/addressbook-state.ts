// Classes for the whole state of bench/state.ts, and a school of 3,000 people with courses: the largest that one document
// of the published client has to hold.
import pg from "pg";
import { FAMILY_NAME, GIVEN_NAME } from "./names.ts";
import { PEOPLE, SCHOOLS } from "./state.ts";

export const LARGE_SCHOOL = "S-large";
/** 150 teachers, 1,600 pupils, the rest guardians. */
export const LARGE_PEOPLE = 3_000;
export const largeLocalpart = (person: number): string => `u-l${String(person)}`;

const TEACHERS = 150;
const PUPILS = 1_600;
const CLASSES = 60;
const COURSES = 400;
const COURSES_A_PUPIL = 10;

const STATEMENTS = [
  `INSERT INTO school (id, name, enabled_services, service_enabled, state_enabled, school_enabled)
   VALUES ('${LARGE_SCHOOL}', 'Große Schule', '{}', true, true, true)`,
  `INSERT INTO policy_version (school_id, number, kind, cells, frame_version, reason)
   SELECT '${LARGE_SCHOOL}', 1, 'initial', cells, 1, '' FROM policy_version WHERE school_id = 'S-0'`,
  `INSERT INTO person (id, source, family_name, given_name, display_name, subject, localpart, first_seen_at)
   SELECT 'l' || n, 'oneroster', family, given, given || ' ' || family, 'l' || n, 'u-l' || n, CASE WHEN n % 3 > 0 THEN now() END
   FROM (SELECT n, ${FAMILY_NAME} AS family, ${GIVEN_NAME} AS given FROM generate_series(0, ${LARGE_PEOPLE - 1}) n) AS named`,
  `INSERT INTO affiliation (person_id, school_id, role, since)
   SELECT 'l' || n, '${LARGE_SCHOOL}',
     (CASE WHEN n < ${TEACHERS} THEN 'teacher' WHEN n < ${TEACHERS + PUPILS} THEN 'student' ELSE 'guardian' END)::role, '2000-01-01'
   FROM generate_series(0, ${LARGE_PEOPLE - 1}) n`,
  `INSERT INTO school_group (id, school_id, title, kind)
   SELECT md5('class' || n)::uuid::text, '${LARGE_SCHOOL}', (5 + n / 8) || chr(97 + n % 8), 'homeroom' FROM generate_series(0, ${CLASSES - 1}) n
   UNION ALL
   SELECT md5('course' || n)::uuid::text, '${LARGE_SCHOOL}', 'Kurs ' || n, 'scheduled' FROM generate_series(0, ${COURSES - 1}) n`,
  `INSERT INTO group_member (group_id, person_id, role, enrollment_id)
   SELECT md5('class' || n % ${CLASSES})::uuid::text, 'l' || (${TEACHERS} + n), 'student', 'c' || n FROM generate_series(0, ${PUPILS - 1}) n
   UNION ALL
   SELECT md5('course' || (n * 7 + k * 37) % ${COURSES})::uuid::text, 'l' || (${TEACHERS} + n), 'student', 'k' || n || '-' || k
   FROM generate_series(0, ${PUPILS - 1}) n, generate_series(1, ${COURSES_A_PUPIL}) k
   UNION ALL
   SELECT md5('course' || n)::uuid::text, 'l' || n % ${TEACHERS}, 'teacher', 't' || n FROM generate_series(0, ${COURSES - 1}) n`,
  // ten classes a school of the state
  `INSERT INTO school_group (id, school_id, title, kind)
   SELECT 'S-' || s || '-' || c, 'S-' || s, (5 + c / 2) || chr(97 + c % 2), 'homeroom'
   FROM generate_series(0, ${SCHOOLS - 1}) s, generate_series(0, 9) c`,
  `INSERT INTO group_member (group_id, person_id, role, enrollment_id)
   SELECT 'S-' || n % ${SCHOOLS} || '-' || n / ${SCHOOLS} / 4 % 10, 'p' || n, 'student', 'e' || n
   FROM generate_series(0, ${PEOPLE - 1}) n WHERE n / ${SCHOOLS} % 10 BETWEEN 1 AND 4`,
  "VACUUM ANALYZE",
];

/** @param ownerUrl a database with the state loaded */
export async function loadGroups(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    for (const statement of STATEMENTS) await client.query(statement);
  } finally {
    await client.end();
  }
}
