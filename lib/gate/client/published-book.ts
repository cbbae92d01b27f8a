// The address book as the published chat client reads it: one document, no pages. One wrong entry would empty the whole
// page there, so the shape is exact: schools at the top in their order, every id of a list also in `users`.
import type { BookPerson, WholeBook } from "#lib/addressbook/whole.ts";
import { readWholeBook } from "#lib/addressbook/whole.ts";
import type { Ask } from "#lib/addressbook/types.ts";
import type { Visibility } from "#lib/addressbook/visibility.ts";
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

const localparts = (people: readonly BookPerson[]): string => JSON.stringify(people.map(({ localpart }) => localpart));

function folderText({ folders }: Visibility, people: readonly BookPerson[], role: Role): string {
  const masks = folders.get(role);
  return localparts(people.filter(({ mask }) => masks?.has(mask)));
}

function schoolText({ name, scope }: SeenSchool, { people, groups }: WholeBook): string {
  return objectText([
    ["name", JSON.stringify(name)],
    ...PUBLISHED_FOLDERS.map(([key, role]): [string, string] => [key, folderText(scope.visibility, people, role)]),
    [
      "scgroups",
      objectText(
        groups.map(({ id, title, members }) => [aliasSegment(id), `[${JSON.stringify(title)},${localparts(members)}]`]),
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
    for (const { localpart, name, hasSignedIn } of book.people) {
      users.set(localpart, JSON.stringify([name, hasSignedIn ? "active" : "inactive"]));
    }
    parts.push([school.key, schoolText(school, book)]);
  }
  return objectText([...parts, ["users", objectText([...users])]]);
}
