// What the tree and the search results show of a row, as it travels to the browser.
import type { Translator } from "#components/ui/translator.ts";
import { matchRanges } from "#lib/addressbook/fold.ts";
import type { FolderPage, SeenGroup, SeenMember, SeenPerson, SeenResult } from "#lib/addressbook/queries.ts";
import type { Page } from "#lib/addressbook/types.ts";

/** By the draft that is shown, if there is one. */
export type Mark = "same" | "added" | "removed";

export type TreeRow = {
  readonly id: string;
  readonly name: string;
  /** Classes of a person, to tell people of the same name apart; their roles in a group; kind of a group. */
  readonly note: string;
  readonly mark: Mark;
  readonly isNew: boolean;
  readonly isProtected: boolean;
  /** People in a group; null for a person. */
  readonly members: number | null;
};
export type TreePage = { readonly rows: readonly TreeRow[]; readonly next: string | null };

export type FoundRow = TreeRow & {
  /** Where the row stands: "Lehrkräfte · 7a". */
  readonly path: string;
  readonly isLocked: boolean;
  /** Parts of the name that were looked for. */
  readonly ranges: readonly (readonly [start: number, end: number])[];
};
export type FoundPage = {
  readonly groups: readonly FoundRow[];
  readonly people: readonly FoundRow[];
  readonly similar: readonly FoundRow[];
  readonly next: string | null;
  readonly total: number | "more" | null;
  readonly isCut: boolean;
};

const CLASSES_SHOWN = 3;
const SCHOOL_YEAR = / \(\d{4}\/\d{2,4}\)$/;

/** "5a, 6c, 10b …": who of several people it is; the person's own page has all, with their school year. */
export function classesText(classes: readonly string[]): string {
  const shown = classes.slice(0, CLASSES_SHOWN).map((title) => title.replace(SCHOOL_YEAR, ""));
  return shown.join(", ") + (classes.length > CLASSES_SHOWN ? " …" : "");
}

function personRow(person: SeenPerson | SeenMember): TreeRow {
  return {
    id: person.id,
    name: person.name,
    note: classesText(person.classes),
    mark: person.change,
    isNew: !person.hasSignedIn,
    isProtected: person.isProtected,
    members: null,
  };
}

const KINDS = ["homeroom", "scheduled", "team"] as const;

function kindText(t: Translator, kind: string): string {
  return t(`addressbook.groupKind.${KINDS.find((known) => known === kind) ?? "other"}`);
}

export function groupRow(t: Translator, group: SeenGroup): TreeRow {
  const { id, title, kind, change, members } = group;
  return { id, name: title, note: kindText(t, kind), mark: change, isNew: false, isProtected: false, members };
}

export function folderRows(t: Translator, folder: FolderPage): TreePage {
  return folder.kind === "groups"
    ? { rows: folder.page.items.map((group) => groupRow(t, group)), next: folder.page.next }
    : { rows: folder.page.items.map(personRow), next: folder.page.next };
}

/** In a class nobody needs to be told which class it is, but who teaches it. */
export function memberRows(t: Translator, page: Page<SeenMember>): TreePage {
  const toRow = (member: SeenMember): TreeRow => ({
    ...personRow(member),
    note: member.roles.map((role) => t(`roles.one.${role}`)).join(", "),
  });
  return { rows: page.items.map(toRow), next: page.next };
}

export function foundRows(t: Translator, result: SeenResult): FoundPage {
  const rangesOf = (name: string) => matchRanges(name, result.words).map(({ start, end }) => [start, end] as const);
  const toPerson = (person: SeenPerson): FoundRow => ({
    ...personRow(person),
    isLocked: person.isLocked,
    path: [person.paths.map((role) => t(`roles.name.${role}`)).join(", "), classesText(person.classes)]
      .filter((part) => part !== "")
      .join(" · "),
    ranges: rangesOf(person.name),
  });
  return {
    groups: result.groups.map((group) => ({
      ...groupRow(t, group),
      isLocked: false,
      path: [t("roles.name.groups"), kindText(t, group.kind)].join(" · "),
      ranges: rangesOf(group.title),
    })),
    people: result.people.map(toPerson),
    similar: result.similar.map(toPerson),
    next: result.next,
    total: result.total,
    isCut: result.isCut,
  };
}
