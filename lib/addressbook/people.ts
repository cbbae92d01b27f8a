// The lists of the address book: folders, groups and members, a page at a time. Every query reads one range of one index
// and asks for the rest of a row only for those that it returns.
import { z } from "zod";
import type { Role } from "#lib/policy/roles.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { pageOf, placeOf } from "./cursor.ts";
import { ALL_MASKS, rolesOf } from "./masks.ts";
import type { MaskCount } from "./tree.ts";
import type { Ask, ListedGroup, ListedMember, ListedPerson, Page, Scope } from "./types.ts";

const { sql } = Prisma;

export type PageWish = { readonly after: string | null; readonly size: number };

// ---- conditions, over address_entry AS e and school_group AS g ---------------------------------------------------

/** The viewer belongs to the group. */
function isOwnGroup({ viewerId }: Scope): Prisma.Sql {
  if (viewerId === null) return sql`false`;
  return sql`EXISTS (SELECT FROM group_member own WHERE own.group_id = g.id AND own.person_id = ${viewerId})`;
}

/** Groups that the viewer sees at all (design §4.5). */
export function groupCondition(scope: Scope): Prisma.Sql {
  const { groups } = scope.visibility;
  const seen = groups === "every" ? sql`true` : groups === "own" ? isOwnGroup(scope) : sql`false`;
  return sql`g.school_id = ${scope.schoolId} AND g.left_at IS NULL AND ${seen}`;
}

function protectedCondition({ visibility, viewerId, schoolId }: Scope): Prisma.Sql {
  if (visibility.protectedReach === "all") return sql`true`;
  if (visibility.protectedReach === "none" || viewerId === null) return sql`NOT e.protected`;
  return sql`(NOT e.protected OR EXISTS (
    SELECT FROM group_member theirs JOIN group_member own USING (group_id) JOIN school_group shared ON shared.id = group_id
    WHERE theirs.person_id = e.person_id AND own.person_id = ${viewerId}
      AND shared.school_id = ${schoolId} AND shared.left_at IS NULL))`;
}

/**
 * People whom the viewer sees.
 * @param folder only those who stand in it
 * @param locked those who are locked instead; for administrators
 */
export function personCondition(scope: Scope, folder: Role | null, locked = false): Prisma.Sql {
  const { visibility, schoolId, viewerId } = scope;
  const masks = folder === null ? visibility.masks : (visibility.folders.get(folder) ?? new Set());
  const held = masks.size === ALL_MASKS.length ? sql`true` : sql`e.role_mask = ANY (${[...masks]}::smallint[])`;
  return sql`e.school_id = ${schoolId} AND e.active = ${!locked} AND ${held}
    AND ${viewerId === null ? sql`true` : sql`e.person_id <> ${viewerId}`} AND ${protectedCondition(scope)}`;
}

export function afterCondition(after: string | null): Prisma.Sql {
  const place = placeOf(after);
  return place === null ? sql`true` : sql`(e.sort_name, e.person_id) > (${place.sort}, ${place.id})`;
}

// ---- rows --------------------------------------------------------------------------------------------------------

/** More than anybody teaches. */
const MOST_CLASSES = 30;

/**
 * The rows of people. Names and classes are read for the page alone, and for all of it at once.
 * @param page entries, one row a person, sorted and cut
 * @param more further columns of the page AS e
 */
export function peopleOf(schoolId: string, page: Prisma.Sql, more = Prisma.empty): Prisma.Sql {
  return sql`
    WITH page AS MATERIALIZED (${page}), classes AS (
      SELECT held.person_id, (array_agg(held.title ORDER BY held.sort_title))[1:${MOST_CLASSES}] AS titles
      FROM (
        SELECT DISTINCT m.person_id, c.title, c.sort_title
        FROM page JOIN group_member m ON m.person_id = page.person_id JOIN school_group c ON c.id = m.group_id
        WHERE c.school_id = ${schoolId} AND c.kind = 'homeroom' AND c.left_at IS NULL) AS held
      GROUP BY held.person_id)
    SELECT e.person_id AS id, e.role_mask AS mask, e.sort_name AS sort, e.active, e.protected AS is_protected,
      p.localpart, p.family_name, p.given_name, p.display_name, p.first_seen_at IS NOT NULL AS has_signed_in,
      coalesce(classes.titles, '{}') AS classes ${more}
    FROM page e JOIN person p ON p.id = e.person_id LEFT JOIN classes ON classes.person_id = e.person_id
    ORDER BY e.sort_name, e.person_id`;
}

export const personRow = z.object({
  id: z.string(),
  mask: z.number().int(),
  sort: z.string(),
  active: z.boolean(),
  is_protected: z.boolean(),
  localpart: z.string(),
  family_name: z.string(),
  given_name: z.string(),
  display_name: z.string(),
  has_signed_in: z.boolean(),
  classes: z.array(z.string()),
});
export type PersonRow = z.infer<typeof personRow>;

/** Family name first, as lists are sorted by it. */
export function nameOf(row: Pick<PersonRow, "id" | "family_name" | "given_name" | "display_name">): string {
  const parts = [row.family_name, row.given_name].map((part) => part.trim()).filter((part) => part !== "");
  return parts.join(", ") || row.display_name.trim() || row.id;
}

export function toPerson(row: PersonRow): ListedPerson {
  return {
    id: row.id,
    localpart: row.localpart,
    name: nameOf(row),
    displayName: row.display_name,
    mask: row.mask,
    roles: rolesOf(row.mask),
    hasSignedIn: row.has_signed_in,
    isLocked: !row.active,
    isProtected: row.is_protected,
    classes: row.classes,
  };
}

// ---- folders -----------------------------------------------------------------------------------------------------

const countRows = z.array(z.object({ mask: z.number().int(), people: z.number().int() }));

/** How many people the viewer sees, by their role sets. */
export async function countPeople(ask: Ask, scope: Scope): Promise<MaskCount[]> {
  return countRows.parse(
    await ask(sql`SELECT e.role_mask AS mask, count(*)::integer AS people FROM address_entry e
      WHERE ${personCondition(scope, null)} GROUP BY e.role_mask`),
  );
}

export async function listFolder(ask: Ask, scope: Scope, folder: Role, wish: PageWish): Promise<Page<ListedPerson>> {
  const page = sql`SELECT * FROM address_entry e WHERE ${personCondition(scope, folder)} AND ${afterCondition(wish.after)}
    ORDER BY e.sort_name, e.person_id LIMIT ${wish.size + 1}`;
  const rows = await ask(peopleOf(scope.schoolId, page));
  return pageOf(z.array(personRow).parse(rows), wish.size, toPerson);
}

// ---- groups ------------------------------------------------------------------------------------------------------

const groupRow = z.object({
  id: z.string(),
  sort: z.string(),
  title: z.string(),
  kind: z.string(),
  members: z.number().int(),
  signed_in: z.number().int(),
  is_own: z.boolean(),
});

function toGroup({ id, title, kind, members, signed_in, is_own }: z.infer<typeof groupRow>): ListedGroup {
  return { id, title: title.trim() === "" ? id : title, kind, members, signedIn: signed_in, isOwn: is_own };
}

const groupCounts = z.tuple([z.object({ every: z.number().int(), own: z.number().int() })]);

/** How many groups the viewer sees, and how many of those are the viewer's own. */
export async function countGroups(ask: Ask, scope: Scope): Promise<{ readonly every: number; readonly own: number }> {
  const rows = await ask(sql`
    SELECT count(*)::integer AS every, (count(*) FILTER (WHERE ${isOwnGroup(scope)}))::integer AS own
    FROM school_group g WHERE ${groupCondition(scope)}`);
  return groupCounts.parse(rows)[0];
}

/** @param among a further condition over school_group AS g */
export async function listGroups(
  ask: Ask,
  scope: Scope,
  wish: PageWish,
  among = sql`true`,
): Promise<Page<ListedGroup>> {
  const place = placeOf(wish.after);
  const after = place === null ? sql`true` : sql`(g.sort_title, g.id) > (${place.sort}, ${place.id})`;
  const rows = await ask(sql`
    WITH page AS MATERIALIZED (
      SELECT * FROM school_group g WHERE ${groupCondition(scope)} AND ${among} AND ${after}
      ORDER BY g.sort_title, g.id LIMIT ${wish.size + 1}
    ), seen AS (
      SELECT m.group_id, count(*)::integer AS members, count(p.first_seen_at)::integer AS signed_in
      FROM (SELECT DISTINCT m.group_id, m.person_id FROM page JOIN group_member m ON m.group_id = page.id) AS m
      JOIN address_entry e ON e.person_id = m.person_id JOIN person p ON p.id = m.person_id
      WHERE ${personCondition(scope, null)} GROUP BY m.group_id
    )
    SELECT g.id, g.sort_title AS sort, g.title, g.kind, ${isOwnGroup(scope)} AS is_own,
      coalesce(seen.members, 0) AS members, coalesce(seen.signed_in, 0) AS signed_in
    FROM page g LEFT JOIN seen ON seen.group_id = g.id ORDER BY g.sort_title, g.id`);
  return pageOf(z.array(groupRow).parse(rows), wish.size, toGroup);
}

/** Null if the viewer does not see such a group. */
export async function findGroup(ask: Ask, scope: Scope, groupId: string): Promise<ListedGroup | null> {
  if (groupId.includes("\0")) return null;
  const { items } = await listGroups(ask, scope, { after: null, size: 1 }, sql`g.id = ${groupId}`);
  return items[0] ?? null;
}

const memberRow = personRow.extend({ member_roles: z.array(z.string()) });

/** The members whom the viewer sees; nobody of a group that the viewer does not see. */
export async function listMembers(
  ask: Ask,
  scope: Scope,
  groupId: string,
  wish: PageWish,
): Promise<Page<ListedMember>> {
  if (groupId.includes("\0")) return { items: [], next: null };
  const page = sql`SELECT e.*, m.member_roles FROM (
      SELECT m.person_id, array_agg(DISTINCT m.role) AS member_roles
      FROM group_member m JOIN school_group g ON g.id = m.group_id
      WHERE m.group_id = ${groupId} AND ${groupCondition(scope)} GROUP BY m.person_id
    ) AS m JOIN address_entry e ON e.person_id = m.person_id
    WHERE ${personCondition(scope, null)} AND ${afterCondition(wish.after)}
    ORDER BY e.sort_name, e.person_id LIMIT ${wish.size + 1}`;
  const rows = await ask(peopleOf(scope.schoolId, page, sql`, e.member_roles`));
  return pageOf(z.array(memberRow).parse(rows), wish.size, (row) => ({
    ...toPerson(row),
    memberRoles: row.member_roles,
  }));
}
