// The tree of a school: which folders it has, in which order, and how many stand in each. Pure.
import type { Role } from "#lib/policy/roles.ts";
import { rolesOf } from "./masks.ts";
import { changeOfMask, type Visibility } from "./visibility.ts";

/** The order of the published client: teachers and groups first. */
export const FOLDERS = [
  "teacher",
  "groups",
  "student",
  "guardian",
  "orgAdmin",
  "schoolManagement",
  "secretariat",
  "socialWork",
  "parentsCouncil",
] as const;
export type FolderName = (typeof FOLDERS)[number];

export function isFolder(name: string): name is FolderName {
  return (FOLDERS as readonly string[]).includes(name);
}

/** `added` and `removed` are of those, by a draft. */
export type FolderCount = {
  readonly name: FolderName;
  readonly total: number;
  readonly added: number;
  readonly removed: number;
};

/** How many people hold exactly these roles. */
export type MaskCount = { readonly mask: number; readonly people: number };

/** Folders that are not empty. @param after the same view under a draft, or the view itself */
export function foldersOf(
  people: readonly MaskCount[],
  groups: Omit<FolderCount, "name">,
  before: Visibility,
  after: Visibility,
): FolderCount[] {
  return FOLDERS.map((name) =>
    name === "groups" ? { name, ...groups } : folderOfRole(name, people, before, after),
  ).filter(({ total }) => total > 0);
}

function folderOfRole(role: Role, people: readonly MaskCount[], before: Visibility, after: Visibility): FolderCount {
  let [total, added, removed] = [0, 0, 0];
  for (const { mask, people: count } of people) {
    const change = changeOfMask(before, after, mask, role);
    if (change === "added") added += count;
    if (change === "removed") removed += count;
    if (change !== "same" || before.folders.get(role)?.has(mask)) total += count;
  }
  return { name: role, total, added, removed };
}

/** The folders in which a person with these roles stands. */
export function pathsOf(mask: number, visibility: Visibility): Role[] {
  return rolesOf(mask).filter((role) => visibility.folders.get(role)?.has(mask));
}
