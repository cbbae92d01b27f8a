// A new frame that locks one more cell off, and the version that it makes of one school's: as the state's change of the
// frame writes them, for tests of what a lock does to a school.
import type { Database } from "#lib/db/client.ts";
import type { Role } from "#lib/policy/roles.ts";
import { addPerson } from "./school.ts";

type Locked = { readonly school: string; readonly landAdmin: string; readonly from: Role; readonly to: Role };

export async function lockOff(db: Database, { school, landAdmin, from, to }: Locked): Promise<void> {
  await addPerson(db, { id: landAdmin, roles: {} });
  await db.consoleRoleGrant.create({ data: { personId: landAdmin, role: "landAdmin" } });
  await db.$executeRaw`
    INSERT INTO policy_frame (version, reason, author_id) SELECT max(version) + 1, 'Erlass', ${landAdmin} FROM policy_frame`;
  await db.$executeRaw`
    INSERT INTO policy_frame_cell (frame_version, from_role, to_target, allowed, locked, reason, sensitive)
    SELECT frame_version + 1, from_role, to_target,
      allowed AND NOT (from_role::text = ${from} AND to_target = ${to}),
      locked OR (from_role::text = ${from} AND to_target = ${to}),
      CASE WHEN from_role::text = ${from} AND to_target = ${to} THEN 'Erlass' ELSE reason END, sensitive
    FROM policy_frame_cell WHERE frame_version = (SELECT max(version) - 1 FROM policy_frame)`;
  await db.$executeRaw`
    INSERT INTO policy_version (school_id, number, kind, cells, frame_version, reason)
    SELECT id, current_version + 1, 'frame', overlay(policy_cells placing 'l' from cell_position(${from}::role, ${to}) for 1),
      (SELECT max(version) FROM policy_frame), 'Erlass' FROM school WHERE id = ${school}`;
}
