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
  /** Those who are seen, in the order of the people. */
  readonly members: readonly BookPerson[];
};
export type WholeBook = { readonly people: readonly BookPerson[]; readonly groups: readonly BookGroup[] };

const personRows = z.array(
  z.object({
    id: z.string(),
    mask: z.number(),
    localpart: z.string(),
    family_name: z.string(),
    given_name: z.string(),
    display_name: z.string(),
    has_signed_in: z.boolean(),
  }),
);
const groupRows = z.array(z.object({ id: z.string(), title: z.string(), members: z.array(z.string()) }));

export async function readWholeBook(ask: Ask, scope: Scope): Promise<WholeBook> {
  if (scope.visibility.masks.size === 0) return { people: [], groups: [] };
  const [people, groups] = await Promise.all([readPeople(ask, scope), readGroups(ask, scope)]);
  const places = new Map(people.map(({ id }, place): [string, number] => [id, place]));
  const listed = people.map((row): BookPerson => ({
    localpart: row.localpart,
    name: nameOf({ ...row, id: row.localpart }),
    mask: row.mask,
    hasSignedIn: row.has_signed_in,
  }));
  return {
    people: listed,
    groups: groups.map(({ id, title, members }) => ({
      id,
      title: title.trim() === "" ? id : title,
      members: seenMembers(members, places, listed),
    })),
  };
}

/** In the order of the people, each once. A loop, because a large school has tens of thousands of memberships. */
function seenMembers(
  members: readonly string[],
  places: ReadonlyMap<string, number>,
  listed: readonly BookPerson[],
): readonly BookPerson[] {
  const found: number[] = [];
  for (const member of members) {
    const place = places.get(member);
    if (place !== undefined) found.push(place);
  }
  found.sort((a, b) => a - b);
  const seen: BookPerson[] = [];
  let last = -1;
  for (const place of found) {
    const person = listed[place];
    if (place !== last && person) seen.push(person);
    last = place;
  }
  return seen;
}

async function readPeople(ask: Ask, scope: Scope) {
  return personRows.parse(
    await ask(sql`
      SELECT e.person_id AS id, e.role_mask AS mask, p.localpart, p.family_name, p.given_name, p.display_name,
        p.first_seen_at IS NOT NULL AS has_signed_in
      FROM address_entry e JOIN person p ON p.id = e.person_id
      WHERE ${personCondition(scope, null)} ORDER BY e.sort_name, e.person_id`),
  );
}

async function readGroups(ask: Ask, scope: Scope) {
  return groupRows.parse(
    await ask(sql`
      SELECT g.id, g.title, (SELECT coalesce(json_agg(m.person_id), '[]') FROM group_member m WHERE m.group_id = g.id) AS members
      FROM school_group g WHERE ${groupCondition(scope)} ORDER BY g.sort_title, g.id`),
  );
}
