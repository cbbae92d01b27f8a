// Records everything as provisioned: schools served, accounts in place, rooms with their members. As after the first
// days of a state, so that a sync or a comparison finds nothing to do.
import { withClient } from "#demo/postgres.ts";

const STATEMENTS = [
  "UPDATE school SET state_enabled = true, school_enabled = true",
  "UPDATE person SET account_state = 'active', account_display_name = display_name, account_synced_at = now()",
  `INSERT INTO managed_room (alias, school_id, group_id, kind, room_id, name, mode, synced_at, verified_at)
   SELECT g.school_id || '--' || g.id || suffix, g.school_id, g.id, kinds.kind::room_kind, '!' || g.id || suffix, g.title, mode, now(), now()
   FROM school_group g, (VALUES ('', 'group', 'silent'), ('--chat', 'channel', 'oneWay')) AS kinds (suffix, kind, mode)`,
  `INSERT INTO managed_room (alias, school_id, kind, room_id, name, mode, synced_at, verified_at)
   SELECT id || '--staffroom', id, 'staffroom', '!' || id, 'Lehrerzimmer – ' || name, 'twoWay', now(), now() FROM school`,
  // teachers of a group moderate it; management moderates the staff room, and where there is none the teachers
  `INSERT INTO managed_room_member (alias, person_id, level)
   SELECT alias, person_id, CASE WHEN bool_or(role = 'teacher') THEN 100 ELSE 0 END
   FROM managed_room JOIN group_member USING (group_id) GROUP BY alias, person_id`,
  `INSERT INTO managed_room_member (alias, person_id, level)
   SELECT school_id || '--staffroom', person_id, CASE WHEN bool_or(role = 'schoolManagement') OR NOT EXISTS (
     SELECT FROM affiliation a WHERE a.school_id = affiliation.school_id AND role = 'schoolManagement') THEN 100 ELSE 0 END
   FROM affiliation WHERE role IN ('teacher', 'schoolManagement') GROUP BY school_id, person_id`,
  "VACUUM ANALYZE",
  // what is measured next does not pay for writing this down
  "CHECKPOINT",
];

export async function recordAsProvisioned(databaseUrl: string): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    // everything refers to what is there: no need to look each of millions of rows up
    await client.query("SET session_replication_role = replica");
    for (const statement of STATEMENTS) await client.query(statement);
  });
}
