// A state's years of abuse reports: 100,000 cases, 300,000 reports, with evidence, parties and timelines. Generated in
// the server, so that loading takes a minute; an eighth of the cases is open, as where support keeps up.
import pg from "pg";
import { PEOPLE, SCHOOLS } from "./state.ts";

export const CASES = 100_000;
export const REPORTS = 300_000;
const SUPPORTERS = 20;
/** They have read half of all cases, and every open one. */
const READERS = 5;
const TEAMS = 12;
/** A quarter of the cases without a person is a team's. */
export const teamOf = (number: number): string => `Team ${String(number % TEAMS)}`;
export const supporterOf = (number: number): string => `support${String(number)}`;

/** Pupils stand at n / SCHOOLS % 10 from 1 to 4. */
const PUPIL = (n: string) => `(${n} % ${SCHOOLS} + ${SCHOOLS} * (1 + ${n} % 4))`;
const CASE = (n: string) => `md5('case' || ${n})::uuid`;
const REPORT = (n: string) => `md5('report' || ${n})::uuid`;

const STATEMENTS = [
  `INSERT INTO person (id, source, family_name, given_name, display_name, subject, localpart)
   SELECT 'support' || n, 'console', 'Support', 'S' || n, 'Support, S' || n, 'support' || n, 'u-support' || n FROM generate_series(0, ${SUPPORTERS - 1}) n`,
  `INSERT INTO console_role_grant (person_id, role) SELECT 'support' || n, 'support' FROM generate_series(0, ${SUPPORTERS - 1}) n`,
  `INSERT INTO report_case (id, state, outcome, category, severity, school_id, room_id, room_name, reported_user_id, created_at,
     last_report_at, changed_at, due_at, first_action_at, closed_at, assignee_id, team, report_count)
   SELECT ${CASE("n")}, (CASE WHEN is_open THEN (ARRAY['new','inProgress','waiting','escalated','reopened'])[1 + n / 8 % 5] ELSE 'resolved' END)::case_state,
     (CASE WHEN is_open THEN NULL ELSE (ARRAY['measuresTaken','handledBySchool','noViolation','notVerifiable','duplicate'])[1 + n % 5] END)::case_outcome,
     (ARRAY['bullying','sexual','violence','extremism','spam','other'])[1 + n % 6]::report_category,
     (ARRAY['low','medium','high','critical'])[1 + n / 3 % 4]::case_severity,
     'S-' || n % ${SCHOOLS}, '!r' || n || ':localhost', 'Raum ' || n, '@u-p' || ${PUPIL("n")} || ':localhost', at, at, at + interval '2 hours',
     at + interval '1 day', at + interval '1 hour', CASE WHEN is_open THEN NULL ELSE at + interval '3 days' END,
     CASE WHEN n % 3 = 0 THEN 'support' || n % ${SUPPORTERS} END, CASE WHEN n % 3 <> 0 AND n / 8 % 4 = 0 THEN 'Team ' || n / 32 % ${TEAMS} END, ${REPORTS / CASES}
   FROM (SELECT n, n % 8 = 0 AS is_open, now() - n * interval '10 minutes' AS at FROM generate_series(0, ${CASES - 1}) n) c`,
  `INSERT INTO report (id, case_id, kind, standing, reporter_user_id, room_id, event_id, reason, received_at, by_gate_at, forwarded_at, snapshot)
   SELECT ${REPORT("n")}, ${CASE("(n / 3)")}, 'event', 'verified', '@u-p' || ${PUPIL("(n * 7)")} || ':localhost', '!r' || n / 3 || ':localhost', '$e' || n,
     'Er beleidigt mich seit Tagen, Meldung ' || n, now() - n / 3 * interval '10 minutes', now(), now(),
     jsonb_build_object('takenAt', '2026-01-01T00:00:00Z', 'name', 'Raum', 'type', NULL, 'creator', '@u-p0:localhost', 'encrypted', false, 'memberCount', 25,
       'members', (SELECT jsonb_agg(jsonb_build_object('userId', '@u-p' || (n * 31 + m) % ${PEOPLE} || ':localhost', 'membership', 'join', 'level', 0,
         'roles', jsonb_build_array('student'))) FROM generate_series(1, 25) m))
   FROM generate_series(0, ${REPORTS - 1}) n`,
  `INSERT INTO report_evidence (report_id, kind, media_type, key_id, sealed, bytes)
   SELECT ${REPORT("n")}, 'event', 'application/json', 'bench', decode(repeat(md5(n::text), 40), 'hex'), 600 FROM generate_series(0, ${REPORTS - 1}) n`,
  `INSERT INTO case_party (case_id, person_id, role)
   SELECT DISTINCT ${CASE("n")}, 'p' || ${PUPIL("n")}, 'reported'::party_role FROM generate_series(0, ${CASES - 1}) n`,
  `INSERT INTO case_party (case_id, person_id, role)
   SELECT DISTINCT ${CASE("(n / 3)")}, 'p' || ${PUPIL("(n * 7)")}, 'reporter'::party_role FROM generate_series(0, ${REPORTS - 1}) n`,
  // every hundredth case is about one of support itself
  `INSERT INTO case_party (case_id, person_id, role)
   SELECT ${CASE("n")}, 'support' || n / 100 % ${SUPPORTERS}, 'reporter' FROM generate_series(0, ${CASES - 1}, 100) n`,
  `INSERT INTO case_entry (case_id, at, actor_id, actor_role, content)
   SELECT ${CASE("n")}, now(), CASE WHEN e > 3 THEN 'support' || n % ${SUPPORTERS} END, CASE WHEN e > 3 THEN 'support' ELSE 'system' END,
     CASE WHEN e > 3 THEN jsonb_build_object('type', 'note', 'text', 'Notiz ' || e)
       ELSE jsonb_build_object('type', 'reported', 'reportId', ${REPORT("(n * 3 + e - 1)")}, 'channel', 'gate') END
   FROM generate_series(0, ${CASES - 1}) n, generate_series(1, 6) e`,
  `INSERT INTO case_read_mark (case_id, person_id, read_at)
   SELECT ${CASE("n")}, 'support' || r, now() FROM generate_series(0, ${CASES - 1}, 2) n, generate_series(0, ${READERS - 1}) r`,
  "VACUUM ANALYZE",
  // what was loaded is not written out while the clock runs
  "CHECKPOINT",
];

/** @param ownerUrl a database with the state of loadState in it */
export async function loadReports(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    for (const statement of STATEMENTS) await client.query(statement);
  } finally {
    await client.end();
  }
}
