// What a decision needs to know, read by one prepared, indexed query: people with their roles, the policy of their
// schools, and the room. Nothing is kept, so an answer is as fresh as the last commit (design §5, Freshness).
import type pg from "pg";
import { z } from "zod";
import { isMatrixCells, type MatrixCells } from "#lib/policy/cells.ts";
import { ROLES, type Role } from "#lib/policy/roles.ts";

export type SchoolFacts = { readonly served: boolean; readonly cells: MatrixCells | undefined };
export type PersonFacts = {
  /** In the directory, not locked, not left. */
  readonly active: boolean;
  readonly addressProtected: boolean;
  /** Schools at which the asking person shares a present group with them; read only for protected people. */
  readonly sharedGroupSchools: ReadonlySet<string>;
  readonly roles: ReadonlyMap<string, ReadonlySet<Role>>;
};
export type RoomFacts = { readonly schoolId: string; readonly creatorWasStaff: boolean };
export type Facts = {
  readonly people: ReadonlyMap<string, PersonFacts>;
  readonly schools: ReadonlyMap<string, SchoolFacts>;
  readonly room: RoomFacts | undefined;
};

const QUERY = `
SELECT p.localpart, p.enabled AND p.left_at IS NULL, p.address_protected,
  CASE WHEN p.address_protected THEN ARRAY (
    SELECT g.school_id FROM group_member theirs JOIN group_member own USING (group_id)
      JOIN person asking ON asking.id = own.person_id JOIN school_group g ON g.id = group_id
    WHERE theirs.person_id = p.id AND asking.localpart = $3 AND g.left_at IS NULL) END,
  a.school_id, a.role::text, s.policy_cells,
  s.service_enabled AND s.state_enabled AND s.school_enabled AND s.left_at IS NULL,
  r.school_id, r.creator_was_staff
FROM person p
LEFT JOIN affiliation a ON a.person_id = p.id
LEFT JOIN school s ON s.id = a.school_id
LEFT JOIN room_record r ON r.room_id = $2
WHERE p.localpart = ANY ($1)`;

const rowSchema = z.tuple([
  z.string(),
  z.boolean(),
  z.boolean(),
  z.array(z.string()).nullable(),
  z.string().nullable(),
  z.enum(ROLES).nullable(),
  z.string().nullable(),
  z.boolean().nullable(),
  z.string().nullable(),
  z.boolean().nullable(),
]);

type Collected = Omit<PersonFacts, "roles"> & { readonly roles: Map<string, Set<Role>> };

/**
 * @param asking localpart of whoever wants something
 * @param others localparts of everybody else whom the decision concerns
 * @returns the room only if one of these people is known; without any, nothing is allowed anyway
 */
export async function readFacts(
  pool: pg.Pool,
  asking: string,
  others: readonly string[],
  roomId: string | null,
): Promise<Facts> {
  const { rows } = await pool.query<unknown[]>({
    name: "facts",
    text: QUERY,
    values: [[asking, ...others], roomId, asking],
    rowMode: "array",
  });
  const people = new Map<string, Collected>();
  const schools = new Map<string, SchoolFacts>();
  let room: RoomFacts | undefined;
  for (const row of rows) {
    const [
      localpart,
      active,
      addressProtected,
      sharedGroupSchools,
      schoolId,
      role,
      cells,
      served,
      roomSchool,
      creatorWasStaff,
    ] = rowSchema.parse(row);
    let person = people.get(localpart);
    if (!person) {
      person = { active, addressProtected, sharedGroupSchools: new Set(sharedGroupSchools), roles: new Map() };
      people.set(localpart, person);
    }
    if (roomSchool !== null) room ??= { schoolId: roomSchool, creatorWasStaff: creatorWasStaff === true };
    if (schoolId === null || role === null) continue;
    schools.set(schoolId, {
      served: served === true,
      cells: cells !== null && isMatrixCells(cells) ? cells : undefined,
    });
    const roles = person.roles.get(schoolId);
    if (roles) roles.add(role);
    else person.roles.set(schoolId, new Set([role]));
  }
  return { people, schools, room };
}
