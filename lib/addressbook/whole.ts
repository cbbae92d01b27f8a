// Everything of a school that a viewer sees, at once: for the published chat client, which knows no pages. Two ranges of
// indexes a school; members of groups come as ids alone and are matched here with the people who may be seen.
import { parse as parseTextArray } from "postgres-array";
import { z } from "zod";
import { Prisma } from "#prisma/generated/client.ts";
import { groupCondition, nameOf, personCondition } from "./people.ts";
import type { Ask, Scope } from "./types.ts";

const { raw, sql } = Prisma;

export type BookPerson = {
  readonly localpart: string;
  readonly name: string;
  readonly mask: number;
  readonly hasSignedIn: boolean;
};
export type BookGroup = {
  readonly id: string;
  readonly title: string;
  /** Those who are seen, each once, as places in the list of people, ascending. */
  readonly members: readonly number[];
};
export type WholeBook = { readonly people: readonly BookPerson[]; readonly groups: readonly BookGroup[] };

/** Values in the order of the book. */
type Entries = { readonly ids: readonly string[]; readonly masks: readonly number[] };
/** The same people in no order; the values at one index belong together. */
type People = {
  readonly ids: readonly string[];
  readonly localparts: readonly string[];
  readonly families: readonly string[];
  readonly givens: readonly string[];
  readonly displays: readonly string[];
  readonly signedIn: readonly boolean[];
};
/** The members' ids as PostgreSQL writes an array. */
type GroupEntry = readonly [id: string, title: string, members: string];
// only the outside is checked: tens of thousands of values, typed by the columns of the query itself, would take a tenth
// of the whole answer
const columns = <Columns>() => z.custom<Columns>((value) => typeof value === "object" && value !== null);
const peopleAnswer = z.tuple([z.object({ entries: columns<Entries>(), people: columns<People>() })]);
const groupsAnswer = z.tuple([z.object({ groups: z.custom<readonly GroupEntry[]>(Array.isArray) })]);

export async function readWholeBook(ask: Ask, scope: Scope): Promise<WholeBook> {
  if (scope.visibility.masks.size === 0) return { people: [], groups: [] };
  const [{ entries, people }, groups] = await Promise.all([readPeople(ask, scope), readGroups(ask, scope)]);
  const places = new Map(entries.ids.map((id, place): [string, number] => [id, place]));
  return {
    people: inOrder(entries.masks, places, people),
    groups: groups.map(([id, title, members]) => ({
      id,
      title: title.trim() === "" ? id : title,
      members: seenMembers(idsOf(members), places),
    })),
  };
}

function inOrder(masks: readonly number[], places: ReadonlyMap<string, number>, people: People): BookPerson[] {
  const ordered = new Array<BookPerson>(masks.length);
  for (const [at, id] of people.ids.entries()) {
    const place = places.get(id);
    const mask = place === undefined ? undefined : masks[place];
    const localpart = people.localparts[at];
    if (place === undefined || mask === undefined || localpart === undefined) throw new Error("a person without entry");
    const name = nameOf({
      id: localpart,
      family_name: people.families[at] ?? "",
      given_name: people.givens[at] ?? "",
      display_name: people.displays[at] ?? "",
    });
    ordered[place] = { localpart, name, mask, hasSignedIn: people.signedIn[at] === true };
  }
  return ordered;
}

/** What PostgreSQL left unquoted has no comma, quote, brace, space or backslash: a split is exact, and much the quickest. */
function idsOf(array: string): readonly string[] {
  if (array === "{}") return [];
  return array.includes('"') ? parseTextArray(array) : array.slice(1, -1).split(",");
}

/** A loop, because a large school has tens of thousands of memberships. */
function seenMembers(members: readonly string[], places: ReadonlyMap<string, number>): readonly number[] {
  const found = new Uint32Array(members.length);
  let count = 0;
  for (const member of members) {
    const place = places.get(member);
    if (place !== undefined) found[count++] = place;
  }
  const seen: number[] = [];
  let last = -1;
  for (const place of found.subarray(0, count).sort()) {
    if (place !== last) seen.push(place);
    last = place;
  }
  return seen;
}

// Both answers come as JSON texts: thousands of rows cost the gate more to take apart than to read.

/**
 * Entries from one range of an index, which has their order; people by one pass over another, with all ids at once: half
 * the time of a join that looks each one up. By columns, because an array is quicker written than a row of JSON.
 */
async function readPeople(ask: Ask, scope: Scope) {
  const rows = await ask(sql`
    WITH seen AS MATERIALIZED (
      SELECT e.person_id, e.role_mask FROM address_entry e WHERE ${personCondition(scope, null)}
      ORDER BY e.sort_name, e.person_id)
    SELECT (
      SELECT json_build_object('ids', ${listOf("person_id")}, 'masks', ${listOf("role_mask")}) FROM seen
    ) AS entries, (
      SELECT json_build_object('ids', ${listOf("id")}, 'localparts', ${listOf("localpart")},
        'families', ${listOf("family_name")}, 'givens', ${listOf("given_name")}, 'displays', ${listOf("display_name")},
        'signedIn', ${listOf("first_seen_at IS NOT NULL")})
      FROM person WHERE id = ANY (ARRAY(SELECT person_id FROM seen))
    ) AS people`);
  return peopleAnswer.parse(rows)[0];
}

/** Empty instead of NULL if there is no row. */
const listOf = (expression: string) => raw(`coalesce(array_agg(${expression}), '{}')`);

async function readGroups(ask: Ask, scope: Scope) {
  const rows = await ask(sql`
    SELECT coalesce(json_agg(json_build_array(g.id, g.title,
        ARRAY(SELECT m.person_id FROM group_member m WHERE m.group_id = g.id)::text
      ) ORDER BY g.sort_title, g.id), '[]') AS groups
    FROM school_group g WHERE ${groupCondition(scope)}`);
  return groupsAnswer.parse(rows)[0].groups;
}
