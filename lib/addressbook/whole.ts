// Everything of a school that a viewer sees, at once: for the published chat client, which knows no pages. Two ranges of
// indexes a school; members of groups come as ids alone and are matched here with the people who may be seen.
import { z } from "zod";
import { Prisma } from "#prisma/generated/client.ts";
import { groupCondition, nameOf, personCondition } from "./people.ts";
import type { Ask, Scope } from "./types.ts";

const { sql } = Prisma;

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

type PersonEntry = readonly [
  id: string,
  mask: number,
  localpart: string,
  familyName: string,
  givenName: string,
  displayName: string,
  hasSignedIn: boolean,
];
type GroupEntry = readonly [id: string, title: string, members: readonly string[]];
// only the outside is checked: tens of thousands of values, typed by the columns of the query itself, would take a tenth
// of the whole answer
const peopleAnswer = z.tuple([z.object({ people: z.custom<readonly PersonEntry[]>(Array.isArray) })]);
const groupsAnswer = z.tuple([z.object({ groups: z.custom<readonly GroupEntry[]>(Array.isArray) })]);

export async function readWholeBook(ask: Ask, scope: Scope): Promise<WholeBook> {
  if (scope.visibility.masks.size === 0) return { people: [], groups: [] };
  const [found, groups] = await Promise.all([readPeople(ask, scope), readGroups(ask, scope)]);
  const places = new Map(found.map(([id], place): [string, number] => [id, place]));
  const people = found.map(([, mask, localpart, family, given, display, hasSignedIn]): BookPerson => {
    const name = nameOf({ id: localpart, family_name: family, given_name: given, display_name: display });
    return { localpart, name, mask, hasSignedIn };
  });
  return {
    people,
    groups: groups.map(([id, title, members]) => ({
      id,
      title: title.trim() === "" ? id : title,
      members: seenMembers(members, places),
    })),
  };
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

// Both answers come as one JSON text: thousands of rows cost the gate more to take apart than to read.

/**
 * LATERAL with OFFSET: for a large school PostgreSQL would rather read all people of the state than look each one up.
 * Ordered inside: the index has that order, while an ordered aggregate would sort the entries as text once more.
 */
async function readPeople(ask: Ask, scope: Scope) {
  const rows = await ask(sql`
    SELECT coalesce(json_agg(entry), '[]') AS people FROM (
      SELECT json_build_array(e.person_id, e.role_mask, p.localpart, p.family_name, p.given_name, p.display_name,
        p.first_seen_at IS NOT NULL) AS entry
      FROM address_entry e CROSS JOIN LATERAL (
        SELECT localpart, family_name, given_name, display_name, first_seen_at FROM person
        WHERE person.id = e.person_id OFFSET 0) AS p
      WHERE ${personCondition(scope, null)} ORDER BY e.sort_name, e.person_id) AS entries`);
  return peopleAnswer.parse(rows)[0].people;
}

async function readGroups(ask: Ask, scope: Scope) {
  const rows = await ask(sql`
    SELECT coalesce(json_agg(json_build_array(g.id, g.title, (
        SELECT coalesce(json_agg(m.person_id), '[]') FROM group_member m WHERE m.group_id = g.id
      )) ORDER BY g.sort_title, g.id), '[]') AS groups
    FROM school_group g WHERE ${groupCondition(scope)}`);
  return groupsAnswer.parse(rows)[0].groups;
}
