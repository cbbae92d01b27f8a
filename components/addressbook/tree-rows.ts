// The tree as one list of visible rows, with level, position and size of each; and what a key does in it. Pure, so that
// it is right for rows that are not drawn as well.
import { fold } from "#lib/addressbook/fold.ts";
import type { FolderName } from "#lib/addressbook/tree.ts";
import type { Mark, TreeRow } from "./rows.ts";

export type Folder = {
  readonly name: FolderName;
  readonly label: string;
  readonly total: number;
  readonly added: number;
  readonly removed: number;
};

/** What is known of the children of a folder or group. */
export type Loaded = { readonly rows: readonly TreeRow[]; readonly isComplete: boolean; readonly hasFailed: boolean };

export type VisibleRow = {
  readonly key: string;
  readonly kind: "school" | "folder" | "group" | "person" | "loading" | "failed";
  readonly label: string;
  readonly level: number;
  readonly position: number;
  readonly setSize: number;
  readonly parent: string | null;
  /** Null for what has no children. */
  readonly isOpen: boolean | null;
  readonly folder: Folder | null;
  readonly row: TreeRow | null;
};

export const SCHOOL_KEY = "school";
export const GROUP_KEY = "group:";

type Tree = {
  readonly schoolName: string;
  readonly folders: readonly Folder[];
  readonly open: ReadonlySet<string>;
  readonly loaded: ReadonlyMap<string, Loaded>;
};

const NOTHING: Loaded = { rows: [], isComplete: false, hasFailed: false };

function place(parent: string, level: number, position: number, setSize: number) {
  return { parent, level, position, setSize, isOpen: null, folder: null, row: null };
}

/** Rows below a folder or group; those that are not here yet take their places, so that sizes do not jump. */
function childRows(tree: Tree, parent: string, level: number, total: number, isGroups: boolean): VisibleRow[] {
  const { rows, isComplete, hasFailed } = tree.loaded.get(parent) ?? NOTHING;
  const setSize = isComplete ? rows.length : Math.max(total, rows.length);
  const known = rows.flatMap((row, index): VisibleRow[] => {
    const here = { ...place(parent, level, index + 1, setSize), label: row.name, row };
    if (!isGroups) return [{ ...here, key: `${parent}/${row.id}`, kind: "person" }];
    const key = GROUP_KEY + row.id;
    const isOpen = tree.open.has(key);
    const children = isOpen ? childRows(tree, key, level + 1, row.members ?? 0, false) : [];
    return [{ ...here, key, kind: "group", isOpen }, ...children];
  });
  if (isComplete) return known;
  if (hasFailed) {
    const position = rows.length + 1;
    return [
      ...known,
      { ...place(parent, level, position, position), key: `${parent}/failed`, kind: "failed", label: "" },
    ];
  }
  const missing = Array.from({ length: setSize - rows.length }, (_, index): VisibleRow => {
    const position = rows.length + index + 1;
    return {
      ...place(parent, level, position, setSize),
      key: `${parent}/${String(position)}…`,
      kind: "loading",
      label: "",
    };
  });
  return [...known, ...missing];
}

export function visibleRows(tree: Tree): VisibleRow[] {
  const isOpen = tree.open.has(SCHOOL_KEY);
  const school: VisibleRow = {
    ...place("", 1, 1, 1),
    parent: null,
    key: SCHOOL_KEY,
    kind: "school",
    label: tree.schoolName,
    isOpen,
  };
  if (!isOpen) return [school];
  const folders = tree.folders.flatMap((folder, index): VisibleRow[] => {
    const isFolderOpen = tree.open.has(folder.name);
    const head: VisibleRow = {
      ...place(SCHOOL_KEY, 2, index + 1, tree.folders.length),
      key: folder.name,
      kind: "folder",
      label: folder.label,
      isOpen: isFolderOpen,
      folder,
    };
    return isFolderOpen ? [head, ...childRows(tree, folder.name, 3, folder.total, folder.name === "groups")] : [head];
  });
  return [school, ...folders];
}

export type TreeStep =
  | { readonly type: "focus"; readonly key: string }
  | { readonly type: "open"; readonly key: string }
  | { readonly type: "close"; readonly key: string }
  | { readonly type: "activate"; readonly key: string };

/** The keys of the ARIA authoring practices' tree view. @param pageRows rows that fit on the screen */
export function keyStep(rows: readonly VisibleRow[], current: number, key: string, pageRows: number): TreeStep | null {
  const row = rows[current];
  if (!row) return null;
  const focus = (index: number): TreeStep | null => {
    const target = rows[Math.max(0, Math.min(rows.length - 1, index))];
    return target ? { type: "focus", key: target.key } : null;
  };
  switch (key) {
    case "ArrowDown":
      return focus(current + 1);
    case "ArrowUp":
      return focus(current - 1);
    case "PageDown":
      return focus(current + pageRows);
    case "PageUp":
      return focus(current - pageRows);
    case "Home":
      return focus(0);
    case "End":
      return focus(rows.length - 1);
    case "ArrowRight":
      if (row.isOpen === false) return { type: "open", key: row.key };
      return row.isOpen === true && rows[current + 1]?.parent === row.key ? focus(current + 1) : null;
    case "ArrowLeft":
      if (row.isOpen === true) return { type: "close", key: row.key };
      return row.parent === null ? null : { type: "focus", key: row.parent };
    case "Enter":
      return { type: "activate", key: row.key };
    case " ":
      if (row.isOpen === null) return { type: "activate", key: row.key };
      return { type: row.isOpen ? "close" : "open", key: row.key };
    default:
      return null;
  }
}

/** Where the active row stands. One that was still being loaded keeps its place when it has come. */
export function indexOfActive(rows: readonly VisibleRow[], active: string): number {
  const found = rows.findIndex(({ key }) => key === active);
  if (found !== -1) return found;
  const [, parent, position] = /^(.+)\/(\d+)…$/u.exec(active) ?? [];
  const same = rows.findIndex((row) => row.parent === parent && row.position === Number(position));
  return Math.max(0, same === -1 ? rows.findIndex(({ key }) => key === parent) : same);
}

/** The next row whose label begins with what was typed (ä = ae = a), from the current one on, round the end. */
export function typedRow(rows: readonly VisibleRow[], current: number, typed: string): string | null {
  const wanted = fold(typed);
  if (wanted === "") return null;
  // the same letter again goes on, a longer text stays where it fits
  const start = typed.length === 1 ? current + 1 : current;
  for (let step = 0; step < rows.length; step += 1) {
    const row = rows[(start + step) % rows.length];
    if (row && fold(row.label).startsWith(wanted)) return row.key;
  }
  return null;
}

export const markOf = ({ folder, row }: VisibleRow): Mark => {
  if (row) return row.mark;
  if (!folder || folder.total === 0) return "same";
  return folder.added === folder.total ? "added" : folder.removed === folder.total ? "removed" : "same";
};
