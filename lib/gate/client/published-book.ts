// The address book as the published chat client reads it: one document, no pages. One wrong entry would empty the whole
// page there, so the shape is exact: schools at the top in their order, every id of a list also in `users`.
import { readWholeBook, type BookPerson, type WholeBook } from "#lib/addressbook/whole.ts";
import type { Ask, Scope } from "#lib/addressbook/types.ts";
import { aliasSegment } from "#lib/ids/aliases.ts";
import type { Role } from "#lib/policy/roles.ts";
import type { SeenSchool } from "./view.ts";

/** The client's names of the folders. */
export const PUBLISHED_FOLDERS = [
  ["teachers", "teacher"],
  ["students", "student"],
  ["parents", "guardian"],
  ["Organisationsadmin", "orgAdmin"],
  ["Schulleitung", "schoolManagement"],
  ["Sekretariat", "secretariat"],
  ["Schulsozialarbeit", "socialWork"],
  ["Elternbeirat", "parentsCouncil"],
] as const satisfies readonly (readonly [string, Role])[];

/** Written by hand, because an object would sort keys that look like numbers to the front, and `__proto__` away. */
function objectText(entries: readonly (readonly [key: string, valueText: string])[]): string {
  return `{${entries.map(([key, valueText]) => `${JSON.stringify(key)}:${valueText}`).join(",")}}`;
}

/** The localparts as JSON, by place: somebody stands in a dozen lists and is written once. */
type Written = readonly string[];

function listText(places: readonly number[], written: Written): string {
  return `[${places.map((place) => written[place]).join(",")}]`;
}

/** In one pass over the people, who come with few different role sets. */
function folderTexts({ visibility }: Scope, people: readonly BookPerson[], written: Written): Map<Role, string> {
  const folders = new Map([...visibility.folders.keys()].map((role): [Role, number[]] => [role, []]));
  const listsOf = new Map<number, readonly number[][]>();
  for (const [place, { mask }] of people.entries()) {
    let lists = listsOf.get(mask);
    if (!lists) {
      lists = [...folders].flatMap(([role, list]) => (visibility.folders.get(role)?.has(mask) ? [list] : []));
      listsOf.set(mask, lists);
    }
    for (const list of lists) list.push(place);
  }
  return new Map([...folders].map(([role, places]) => [role, listText(places, written)]));
}

function schoolText({ name, scope }: SeenSchool, { people, groups }: WholeBook, written: Written): string {
  const folders = folderTexts(scope, people, written);
  return objectText([
    ["name", JSON.stringify(name)],
    ...PUBLISHED_FOLDERS.map(([key, role]): [string, string] => [key, folders.get(role) ?? "[]"]),
    [
      "scgroups",
      objectText(
        groups.map(({ id, title, members }) => [
          aliasSegment(id),
          `[${JSON.stringify(title)},${listText(members, written)}]`,
        ]),
      ),
    ],
  ]);
}

/** @returns the JSON text */
export async function publishedBook(ask: Ask, schools: readonly SeenSchool[]): Promise<string> {
  const users = new Map<string, string>();
  const parts: [string, string][] = [];
  for (const school of schools) {
    const book = await readWholeBook(ask, school.scope);
    const written = book.people.map(({ localpart }) => JSON.stringify(localpart));
    for (const [place, { name, hasSignedIn }] of book.people.entries()) {
      users.set(written[place] ?? "", `[${JSON.stringify(name)},"${hasSignedIn ? "active" : "inactive"}"]`);
    }
    parts.push([school.key, schoolText(school, book, written)]);
  }
  const usersText = `{${[...users].map(([localpart, user]) => `${localpart}:${user}`).join(",")}}`;
  return objectText([...parts, ["users", usersText]]);
}
