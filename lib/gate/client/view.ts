// What a caller sees: the schools at which the person is active, each with what its policy lets the person's roles see.
// Read anew for every request, so that a change of the policy shows at once.
import { createHash } from "node:crypto";
import type pg from "pg";
import { z } from "zod";
import { rolesOf } from "#lib/addressbook/masks.ts";
import type { Ask, Scope } from "#lib/addressbook/types.ts";
import { visibilityOf, type Visibility } from "#lib/addressbook/visibility.ts";
import { aliasSegment } from "#lib/ids/aliases.ts";
import { isMatrixCells, type MatrixCells } from "#lib/policy/cells.ts";
import { NOT_FOUND } from "./refusals.ts";

export type SeenSchool = {
  /** As chat clients write it: no `:` and no `--` (client contract §1.3). */
  readonly key: string;
  readonly name: string;
  readonly scope: Scope;
};

const NAME_LENGTH = 24;
const names = new Map<string, string>();

/** Statements are prepared once a connection; values never become part of one. The texts are few, so their names are kept. */
function nameOfStatement(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = createHash("sha256").update(text).digest("hex").slice(0, NAME_LENGTH);
    names.set(text, name);
  }
  return name;
}

export function askingPool(pool: pg.Pool): Ask {
  return async (query) => {
    const { text, values } = query;
    return (await pool.query<object>({ name: nameOfStatement(text), text, values })).rows;
  };
}

const SCHOOLS_OF = `
SELECT p.id AS person_id, p.first_seen_at IS NULL AS is_new, s.id, s.name, s.policy_cells, e.role_mask
FROM person p JOIN address_entry e ON e.person_id = p.id JOIN school s ON s.id = e.school_id
WHERE p.localpart = $1 AND e.active
  AND s.service_enabled AND s.state_enabled AND s.school_enabled AND s.left_at IS NULL
ORDER BY s.name, s.id`;

const schoolRows = z.array(
  z.object({
    person_id: z.string(),
    is_new: z.boolean(),
    id: z.string(),
    name: z.string(),
    policy_cells: z.string().nullable(),
    role_mask: z.number().int(),
  }),
);

/** The rule over all role sets takes longer than the query; it depends on nothing but its arguments. */
const MOST_VISIBILITIES = 2_000;
const visibilities = new Map<string, Visibility>();

function visibilityFor(cells: MatrixCells, mask: number): Visibility {
  const key = `${cells}${mask}`;
  let visibility = visibilities.get(key);
  if (!visibility) {
    if (visibilities.size >= MOST_VISIBILITIES) visibilities.clear();
    visibility = visibilityOf(cells, new Set(rolesOf(mask)));
    visibilities.set(key, visibility);
  }
  return visibility;
}

/** Whoever shows a valid token has signed in to the chat. */
async function markSignedIn(pool: pg.Pool, personId: string): Promise<void> {
  await pool.query({
    name: "mark-signed-in",
    text: "UPDATE person SET first_seen_at = now() WHERE id = $1 AND first_seen_at IS NULL",
    values: [personId],
  });
}

/** Nobody's, a locked person's and a switched-off school's book is empty. */
export async function readSeenSchools(pool: pg.Pool, localpart: string): Promise<readonly SeenSchool[]> {
  const { rows } = await pool.query<object>({ name: "schools-of", text: SCHOOLS_OF, values: [localpart] });
  const schools = schoolRows.parse(rows);
  const [first] = schools;
  if (first?.is_new === true) await markSignedIn(pool, first.person_id);
  return schools.flatMap(({ person_id: viewerId, id, name, policy_cells: cells, role_mask: mask }) => {
    if (cells === null || !isMatrixCells(cells)) return [];
    const scope = { schoolId: id, visibility: visibilityFor(cells, mask), viewerId };
    return [{ key: aliasSegment(id), name: name.trim() === "" ? id : name, scope }];
  });
}

export function schoolOf(schools: readonly SeenSchool[], key: string): SeenSchool {
  const school = schools.find((candidate) => candidate.key === key);
  if (!school) throw NOT_FOUND();
  return school;
}
