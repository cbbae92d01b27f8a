// The search of the address book: people and groups of a school by the words of their names, in any order, while they
// are typed. Cost follows the school, not the state; a slip is forgiven only when hardly anybody is found without one.
import { z } from "zod";
import type { Role } from "#lib/policy/roles.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { pageOf } from "./cursor.ts";
import { searchWords } from "./fold.ts";
import {
  afterCondition,
  groupCondition,
  listGroups,
  peopleOf,
  personCondition,
  personRow,
  toPerson,
} from "./people.ts";
import type { Ask, Cursor, ListedGroup, ListedPerson, Scope } from "./types.ts";
import { matchesWithTypo, SHORTEST_WITH_TYPO, typoHints } from "./typo.ts";

const { sql } = Prisma;

/** Nobody has a longer name; more is cut, and the answer says so. */
export const LONGEST_SEARCH = 100;
export const MOST_WORDS = 8;
/** From here on the answer is "more than". */
export const COUNTED = 100;
export const SEARCH_PAGE = 50;
const GROUPS_SHOWN = 10;
/** With fewer people than this, those are shown as well whose name differs by a slip. */
const FEW = 5;
const SIMILAR_SHOWN = 20;
const SIMILAR_LOOKED_AT = 3_000;
/** Shorter words are looked for at the begin of a name only. */
const SHORTEST_INSIDE = 3;

export const PERSON_STATES = ["neverSignedIn", "problem", "locked"] as const;
export type PersonState = (typeof PERSON_STATES)[number];

export type SearchWish = {
  readonly text: string;
  readonly role: Role | null;
  readonly groupId: string | null;
  /** For administrators. */
  readonly state: PersonState | null;
  readonly after: Cursor | null;
};

export type ParsedText = {
  readonly words: readonly string[];
  /** more was written than is looked for */ readonly isCut: boolean;
};

export function parseText(text: string): ParsedText {
  // cut by code points: half of one would be a letter that nobody wrote
  const points = text.length > LONGEST_SEARCH ? [...text.slice(0, 2 * LONGEST_SEARCH)] : [...text];
  const words = searchWords(points.slice(0, LONGEST_SEARCH).join(""));
  return {
    words: words.slice(0, MOST_WORDS),
    isCut: points.length > LONGEST_SEARCH || text.length > 2 * LONGEST_SEARCH || words.length > MOST_WORDS,
  };
}

export type SearchResult = {
  readonly words: readonly string[];
  readonly isCut: boolean;
  /** On the first page only. */
  readonly groups: readonly ListedGroup[];
  readonly people: readonly ListedPerson[];
  /** People whose name differs by a slip; on the first page only. */
  readonly similar: readonly ListedPerson[];
  readonly next: Cursor | null;
  /** People found, "more" from {@link COUNTED} on; null on later pages. */
  readonly total: number | "more" | null;
};

/** Folded words hold letters and digits only, so there is nothing to escape. */
const patternOf = (word: string): string => (word.length < SHORTEST_INSIDE ? `% ${word}%` : `%${word}%`);
const contains = (searchName: string, word: string): boolean =>
  searchName.includes(word.length < SHORTEST_INSIDE ? ` ${word}` : word);

function wordsCondition(words: readonly string[]): Prisma.Sql {
  return words.length === 0 ? sql`true` : sql`e.search_name LIKE ALL (${words.map(patternOf)}::text[])`;
}

function filterCondition(scope: Scope, { groupId, state }: SearchWish): Prisma.Sql {
  const conditions = [sql`true`];
  if (groupId !== null) {
    conditions.push(sql`EXISTS (SELECT FROM group_member m JOIN school_group g ON g.id = m.group_id
      WHERE m.person_id = e.person_id AND m.group_id = ${groupId} AND ${groupCondition(scope)})`);
  }
  if (state === "neverSignedIn" || state === "problem") {
    const wanted =
      state === "problem"
        ? sql`(p.account_problem IS NOT NULL OR p.account_state = 'conflict')`
        : sql`p.first_seen_at IS NULL`;
    conditions.push(sql`EXISTS (SELECT FROM person p WHERE p.id = e.person_id AND ${wanted})`);
  }
  return Prisma.join(conditions, " AND ");
}

const countedRow = personRow.extend({ found: z.number().int() });

/** Somebody is looked for by words, or everybody of a filter is listed; without either nothing is found. */
export async function searchPeople(ask: Ask, scope: Scope, wish: SearchWish): Promise<SearchResult> {
  const { words, isCut } = parseText(wish.text);
  const isFirst = wish.after === null;
  const isFiltered = wish.role !== null || wish.groupId !== null || wish.state !== null;
  const nothing = { words, isCut, groups: [], people: [], similar: [], next: null, total: 0 };
  if ((words.length === 0 && !isFiltered) || (wish.groupId?.includes("\0") ?? false)) return nothing;
  const among = sql`${personCondition(scope, wish.role, wish.state === "locked")} AND ${filterCondition(scope, wish)}`;
  const limit = isFirst ? COUNTED + 1 : SEARCH_PAGE + 1;
  const shown = sql`SELECT *, (SELECT count(*) FROM hits)::integer AS found FROM (
      SELECT * FROM hits ORDER BY sort_name, person_id LIMIT ${SEARCH_PAGE + 1}) AS shown`;
  const hits = sql`SELECT * FROM address_entry e WHERE ${among} AND ${wordsCondition(words)} AND ${afterCondition(wish.after)}
    ORDER BY e.sort_name, e.person_id LIMIT ${limit}`;
  const counted = sql`WITH hits AS MATERIALIZED (${hits}) ${shown}`;
  const [answer, groups] = await Promise.all([
    ask(peopleOf(scope.schoolId, counted, sql`, e.found`)),
    isFirst && !isFiltered ? searchGroups(ask, scope, words) : [],
  ]);
  const rows = z.array(countedRow).parse(answer);
  const found = rows[0]?.found ?? 0;
  const page = pageOf(rows, SEARCH_PAGE, toPerson);
  return {
    words,
    isCut,
    groups,
    people: page.items,
    similar: isFirst && found < FEW ? await searchSimilar(ask, scope, among, words) : [],
    next: page.next,
    total: isFirst ? (found > COUNTED ? "more" : found) : null,
  };
}

async function searchGroups(ask: Ask, scope: Scope, words: readonly string[]): Promise<readonly ListedGroup[]> {
  if (words.length === 0) return [];
  const named = sql`g.search_title LIKE ALL (${words.map(patternOf)}::text[])`;
  return (await listGroups(ask, scope, { after: null, size: GROUPS_SHOWN }, named)).items;
}

const candidateRows = z.array(z.object({ id: z.string(), search_name: z.string() }));

async function searchSimilar(
  ask: Ask,
  scope: Scope,
  among: Prisma.Sql,
  words: readonly string[],
): Promise<readonly ListedPerson[]> {
  const slips = words.filter((word) => word.length >= SHORTEST_WITH_TYPO);
  if (slips.length === 0) return [];
  const alternatives = slips.map(
    (slipped) => sql`(${wordsCondition(words.filter((word) => word !== slipped))}
      AND e.search_name LIKE ANY (${typoHints(slipped).map((hint) => `%${hint}%`)}::text[]))`,
  );
  const candidates = candidateRows.parse(
    await ask(sql`
      SELECT e.person_id AS id, e.search_name FROM address_entry e
      WHERE ${among} AND (${Prisma.join(alternatives, " OR ")}) AND NOT ${wordsCondition(words)}
      ORDER BY e.sort_name, e.person_id LIMIT ${SIMILAR_LOOKED_AT}`),
  );
  const ids = candidates
    .filter(({ search_name: name }) => matchesWithTypo(words, name, (word) => contains(name, word)))
    .slice(0, SIMILAR_SHOWN)
    .map(({ id }) => id);
  if (ids.length === 0) return [];
  const page = sql`SELECT * FROM address_entry e WHERE e.school_id = ${scope.schoolId} AND e.person_id = ANY (${ids}::text[])`;
  const rows = await ask(peopleOf(scope.schoolId, page));
  return z.array(personRow).parse(rows).map(toPerson);
}
