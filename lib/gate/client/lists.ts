// The pages of the address book for chat clients: folders, groups, members, search. Each asks for one school of the
// caller; another school, or a group that the caller does not see, is not there.
import { countGroups, countPeople, findGroup, listFolder, listGroups, listMembers } from "#lib/addressbook/people.ts";
import { searchPeople } from "#lib/addressbook/search.ts";
import { foldersOf, pathsOf } from "#lib/addressbook/tree.ts";
import type { Ask, ListedGroup, ListedPerson } from "#lib/addressbook/types.ts";
import { aliasSegment, idOfAliasSegment } from "#lib/ids/aliases.ts";
import type { Role } from "#lib/policy/roles.ts";
import { NOT_FOUND } from "./refusals.ts";
import type { GroupAnswer, PersonAnswer } from "./schemas.ts";
import type { SeenSchool } from "./view.ts";

/** Where answers come from: the caller's schools, and how to ask the database. */
export type Book = { readonly ask: Ask; readonly schools: readonly SeenSchool[]; readonly serverName: string };
export type PageQuery = { readonly after?: string | undefined; readonly limit: number };

export function personAnswer(
  book: Pick<Book, "serverName">,
  { scope }: SeenSchool,
  person: ListedPerson,
): PersonAnswer {
  const { visibility } = scope;
  return {
    userId: `@${person.localpart}:${book.serverName}`,
    name: person.name === person.id ? person.localpart : person.name,
    // not all roles: that a teacher is somebody's parent as well is told only to those who see both folders
    folders: pathsOf(person.mask, visibility),
    hasSignedIn: person.hasSignedIn,
    classes: visibility.groups === "every" ? [...person.classes] : [],
  };
}

export function groupAnswer({ id, title, kind, members, signedIn, isOwn }: ListedGroup): GroupAnswer {
  return { id: aliasSegment(id), name: title, kind, members, signedIn, isOwn };
}

async function schoolAnswer({ ask }: Book, { key, name, scope }: SeenSchool) {
  const [people, { every }] = await Promise.all([countPeople(ask, scope), countGroups(ask, scope)]);
  const groups = { total: every, added: 0, removed: 0 };
  const folders = foldersOf(people, groups, scope.visibility, scope.visibility);
  return { id: key, name, folders: folders.map((folder) => ({ folder: folder.name, entries: folder.total })) };
}

export async function listSchools(book: Book) {
  return { schools: await Promise.all(book.schools.map((school) => schoolAnswer(book, school))) };
}

export async function pageOfFolder(book: Book, school: SeenSchool, folder: Role, { after, limit }: PageQuery) {
  const { items, next } = await listFolder(book.ask, school.scope, folder, { after: after ?? null, size: limit });
  return { people: items.map((person) => personAnswer(book, school, person)), next };
}

export async function pageOfGroups(book: Book, { scope }: SeenSchool, { after, limit }: PageQuery) {
  const { items, next } = await listGroups(book.ask, scope, { after: after ?? null, size: limit });
  return { groups: items.map(groupAnswer), next };
}

export async function pageOfMembers(book: Book, school: SeenSchool, key: string, { after, limit }: PageQuery) {
  const groupId = idOfAliasSegment(key) ?? "";
  // first, so that a group that is not seen costs what one costs that does not exist
  const group = await findGroup(book.ask, school.scope, groupId);
  if (!group) throw NOT_FOUND();
  const { items, next } = await listMembers(book.ask, school.scope, groupId, { after: after ?? null, size: limit });
  return { group: groupAnswer(group), people: items.map((person) => personAnswer(book, school, person)), next };
}

export type SearchQuery = {
  readonly q: string;
  readonly role?: Role | undefined;
  readonly after?: string | undefined;
};

export async function searchSchool(book: Book, school: SeenSchool, { q, role, after }: SearchQuery) {
  const wish = { text: q, role: role ?? null, groupId: null, state: null, after: after ?? null };
  const { people, similar, groups, next, total, isCut } = await searchPeople(book.ask, school.scope, wish);
  const toAnswer = (person: ListedPerson) => personAnswer(book, school, person);
  return {
    people: people.map(toAnswer),
    similar: similar.map(toAnswer),
    groups: groups.map(groupAnswer),
    next,
    total,
    isCut,
  };
}

const STANDARD_HITS = 10;
const MOST_HITS = 50;

/** The people search of Matrix clients, over all schools of the caller. */
export async function searchUsers(
  book: Book,
  wish: { readonly search_term: string; readonly limit?: number | undefined },
) {
  const most = Math.min(wish.limit ?? STANDARD_HITS, MOST_HITS);
  const hits = new Map<string, string>();
  let hasMore = false;
  for (const { scope } of book.schools) {
    const search = { text: wish.search_term, role: null, groupId: null, state: null, after: null };
    const { people, similar, next } = await searchPeople(book.ask, scope, search);
    hasMore ||= next !== null;
    for (const person of [...people, ...similar]) {
      hits.set(`@${person.localpart}:${book.serverName}`, person.displayName.trim() || person.name);
    }
  }
  const results = [...hits].slice(0, most).map(([userId, name]) => ({ user_id: userId, display_name: name }));
  return { limited: hasMore || hits.size > results.length, results };
}
