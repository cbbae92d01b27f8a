// What a decision needs to know, read by one prepared, indexed query: people with their roles, the policy of their
// schools, and the room. Decisions that are asked at the same time share the query (docs/decisions/005). Nothing is
// kept, so an answer is as fresh as the last commit (design §5, Freshness).
import type pg from "pg";
import { z } from "zod";
import { isMatrixCells, type MatrixCells } from "#lib/policy/cells.ts";
import { ROLES, type Role } from "#lib/policy/roles.ts";
import { Batch } from "./batch.ts";

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

/** Groups that are there, and which of the people in question belong to them. */
export type GroupFacts = ReadonlyMap<string, { readonly schoolId: string; readonly members: ReadonlySet<string> }>;

/** One row for each person and role of each question; `n` is the question's place in the batch. */
const QUERY = `
SELECT q.n, p.localpart, p.enabled AND p.left_at IS NULL, p.address_protected,
  CASE WHEN p.address_protected THEN ARRAY (
    SELECT g.school_id FROM group_member theirs JOIN group_member own USING (group_id)
      JOIN person asking ON asking.id = own.person_id JOIN school_group g ON g.id = group_id
    WHERE theirs.person_id = p.id AND asking.localpart = q.asking AND g.left_at IS NULL) END,
  a.school_id, a.role::text, s.policy_cells,
  s.service_enabled AND s.state_enabled AND s.school_enabled AND s.left_at IS NULL,
  r.school_id, r.creator_was_staff
FROM unnest($1::integer[], $2::text[], $3::text[], $4::text[]) AS q (n, localpart, asking, room_id)
JOIN person p ON p.localpart = q.localpart
LEFT JOIN affiliation a ON a.person_id = p.id
LEFT JOIN school s ON s.id = a.school_id
LEFT JOIN room_record r ON r.room_id = q.room_id`;

const rowSchema = z.tuple([
  z.number().int(),
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
type Row = z.infer<typeof rowSchema>;

type Question = { readonly asking: string; readonly others: readonly string[]; readonly roomId: string | null };
type Collected = Omit<PersonFacts, "roles"> & { readonly roles: Map<string, Set<Role>> };

/** PostgreSQL has no NUL in a text; one such id must not spoil the query that it shares with others. */
const askable = (localpart: string): boolean => !localpart.includes("\0");

async function readBatch(pool: pg.Pool, questions: readonly Question[]): Promise<Facts[]> {
  const asked = questions.flatMap(({ asking, others, roomId }, n) =>
    [...new Set([asking, ...others])].filter(askable).map((localpart) => ({ n, localpart, asking, roomId })),
  );
  const { rows } = await pool.query<unknown[]>({
    name: "facts",
    text: QUERY,
    values: [
      asked.map(({ n }) => n),
      asked.map(({ localpart }) => localpart),
      asked.map(({ asking }) => (askable(asking) ? asking : null)),
      asked.map(({ roomId }) => (roomId !== null && askable(roomId) ? roomId : null)),
    ],
    rowMode: "array",
  });
  const rowsOf: Row[][] = questions.map(() => []);
  for (const row of rows) {
    const parsed = rowSchema.parse(row);
    rowsOf[parsed[0]]?.push(parsed);
  }
  return rowsOf.map(collect);
}

function collect(rows: readonly Row[]): Facts {
  const people = new Map<string, Collected>();
  const schools = new Map<string, SchoolFacts>();
  let room: RoomFacts | undefined;
  for (const row of rows) {
    const [
      ,
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
    ] = row;
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

/** Whoever shares a pool shares its queries. */
const batches = new WeakMap<pg.Pool, Batch<Question, Facts>>();

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
  let batch = batches.get(pool);
  if (!batch) batches.set(pool, (batch = new Batch((questions) => readBatch(pool, questions))));
  return await batch.ask({ asking, others, roomId });
}

const GROUP_QUERY = `
SELECT g.id, g.school_id, ARRAY (
  SELECT p.localpart FROM group_member m JOIN person p ON p.id = m.person_id
  WHERE m.group_id = g.id AND p.localpart = ANY ($2::text[]))
FROM school_group g WHERE g.id = ANY ($1::text[]) AND g.left_at IS NULL`;
const groupRowSchema = z.tuple([z.string(), z.string(), z.array(z.string())]);

/** Asked beside {@link readFacts}, only when somebody invites groups into a room: seldom, so it shares no query. */
export async function readGroups(
  pool: pg.Pool,
  groupIds: readonly string[],
  people: readonly string[],
): Promise<GroupFacts> {
  const { rows } = await pool.query<unknown[]>({
    name: "groups",
    text: GROUP_QUERY,
    values: [groupIds.filter(askable), people.filter(askable)],
    rowMode: "array",
  });
  return new Map(
    rows.map((row) => {
      const [id, schoolId, members] = groupRowSchema.parse(row);
      return [id, { schoolId, members: new Set(members) }];
    }),
  );
}
