// Reads the address book as the published chat client does (client contract §1) and breaks where it would break: a
// top-level key that is no school, a school without a name, an id without a user, a group that is no pair.

const FOLDERS = [
  ["teachers", "Lehrer:innen"],
  ["scgroups", "Schulcampus-Gruppen"],
  ["students", "Schüler:innen"],
  ["parents", "Sorgeberechtigte"],
  ["Organisationsadmin", "Organisationsadmins"],
  ["Schulleitung", "Schulleitung"],
  ["Sekretariat", "Sekretariat"],
  ["Schulsozialarbeit", "Schulsozialarbeit"],
  ["Elternbeirat", "Elternbeirat"],
] as const;

export type ShownPerson = { readonly id: string; readonly name: string; readonly isActive: boolean };
export type ShownGroup = { readonly id: string; readonly name: string; readonly members: readonly ShownPerson[] };
export type ShownSchool = {
  readonly id: string;
  readonly name: string;
  /** In the client's order, without empty ones. */
  readonly folders: readonly { readonly title: string; readonly people: readonly ShownPerson[] }[];
  /** Sorted by the client. */
  readonly groups: readonly ShownGroup[];
};
export type ShownBook = {
  readonly schools: readonly ShownSchool[];
  /** Does a room's member list offer a direct chat with this Matrix id? The domain is ignored. */
  readonly offersChat: (userId: string) => boolean;
};

class ClientBreaks extends Error {
  override readonly name = "ClientBreaks";
}

type Dictionary = Readonly<Record<string, unknown>>;

function dictionary(value: unknown, where: string): Dictionary {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ClientBreaks(`${where}: no object`);
  return value as Dictionary;
}

function list(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new ClientBreaks(`${where}: no list`);
  return value;
}

function text(value: unknown, where: string): string {
  if (typeof value !== "string") throw new ClientBreaks(`${where}: no text`);
  return value;
}

/** The keys of the top level as they stand: JavaScript would sort those that look like numbers to the front. */
function topLevelKeys(json: string, book: Dictionary): string[] {
  const place = (key: string): number => json.indexOf(`${JSON.stringify(key)}:{`);
  return Object.keys(book).toSorted((a, b) => place(a) - place(b));
}

export function readPublishedBook(json: string): ShownBook {
  const book = dictionary(JSON.parse(json), "top level");
  const users = dictionary(book["users"], "users");
  const person = (value: unknown, where: string): ShownPerson => {
    const id = text(value, where);
    if (!Object.hasOwn(users, id)) throw new ClientBreaks(`${where}: ${id} is not in users`);
    const user = list(users[id], `users.${id}`);
    const name = text(user[0], `users.${id}: name`);
    return { id, name: name === "" ? id : name, isActive: user.at(-1) === "active" };
  };
  const people = (value: unknown, where: string) =>
    value === undefined || value === null ? [] : list(value, where).map((id) => person(id, where));
  const group = ([id, value]: [string, unknown]): ShownGroup => {
    const pair = list(value, id);
    if (pair.length !== 2) throw new ClientBreaks(`group ${id}: ${String(pair.length)} elements`);
    return { id: identifier(id), name: text(pair[0], id), members: people(pair[1], id) };
  };
  const schools = topLevelKeys(json, book)
    .filter((key) => key !== "users")
    .map((id): ShownSchool => {
      const school = dictionary(book[id], id);
      const groups = Object.entries(dictionary(school["scgroups"] ?? {}, id)).map(group);
      return {
        id: identifier(id),
        name: text(school["name"], `${id}: name`),
        folders: FOLDERS.filter(([key]) => key !== "scgroups")
          .map(([key, title]) => ({ title, people: people(school[key], `${id}.${key}`) }))
          .filter((folder) => folder.people.length > 0),
        groups: groups.toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1)),
      };
    });
  return { schools, offersChat: (userId) => Object.hasOwn(users, userId.slice(1).split(":")[0] ?? "") };
}

/** Aliases are taken apart at `--` and `:`. */
function identifier(id: string): string {
  if (id.includes(":") || id.includes("--")) throw new ClientBreaks(`${id} cannot stand in an alias`);
  return id;
}
