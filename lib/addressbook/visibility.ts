// Who sees whom in the address book: the policy's rule (lib/policy/contact.ts) turned into sets of role masks, so that
// one condition of a query decides for a whole school and no second wording of the rule exists. Pure.
import { countingCells, groupReach, type GroupReach, type RoleSet } from "#lib/policy/contact.ts";
import { isAllowed, type MatrixCells } from "#lib/policy/cells.ts";
import { GROUPS, ROLES, hasStaffRole, type Role } from "#lib/policy/roles.ts";
import { ALL_MASKS, rolesOf, roleBit } from "./masks.ts";

/** They see people under a protected address without sharing a class (design §7). */
const ADMINISTRATORS: readonly Role[] = ["orgAdmin", "schoolManagement"];

/** People under a protected address: seen by nobody, by those who share a group with them, or by everybody who sees the role. */
export type ProtectedReach = "none" | "sharedGroup" | "all";

export type Visibility = {
  /**
   * For each folder the role sets whose holders stand in it. Somebody with several roles stands only in the folders whose
   * cell is on: the list of guardians must not tell a pupil which teacher is one.
   */
  readonly folders: ReadonlyMap<Role, ReadonlySet<number>>;
  /** Every role set that stands in some folder. */
  readonly masks: ReadonlySet<number>;
  readonly groups: GroupReach;
  readonly protectedReach: ProtectedReach;
};

const FOLDERS_OF_ALL = new Map(
  ROLES.map((role): [Role, ReadonlySet<number>] => [
    role,
    new Set(ALL_MASKS.filter((mask) => (mask & roleBit(role)) !== 0)),
  ]),
);

/** The console's own view: administrators see everybody of their school. */
export const SEES_EVERYBODY: Visibility = {
  folders: FOLDERS_OF_ALL,
  masks: new Set(ALL_MASKS),
  groups: "every",
  protectedReach: "all",
};

export const SEES_NOBODY: Visibility = {
  folders: new Map(ROLES.map((role) => [role, new Set<number>()])),
  masks: new Set(),
  groups: "none",
  protectedReach: "none",
};

function protectedReachOf(roles: RoleSet): ProtectedReach {
  if (ADMINISTRATORS.some((role) => roles.has(role))) return "all";
  return hasStaffRole(roles) ? "sharedGroup" : "none";
}

/** What somebody with these roles sees under this policy. */
export function visibilityOf(cells: MatrixCells, roles: RoleSet): Visibility {
  const folders = new Map(ROLES.map((role) => [role, new Set<number>()]));
  const masks = new Set<number>();
  for (const mask of ALL_MASKS) {
    for (const { from, to } of countingCells(roles, new Set(rolesOf(mask)))) {
      if (to === GROUPS || !isAllowed(cells, from, to)) continue;
      folders.get(to)?.add(mask);
      masks.add(mask);
    }
  }
  return { folders, masks, groups: groupReach(cells, roles), protectedReach: protectedReachOf(roles) };
}

/** What is seen under either: for showing what a draft would change. */
export function eitherOf(one: Visibility, other: Visibility): Visibility {
  const reaches: readonly GroupReach[] = [one.groups, other.groups];
  return {
    folders: new Map(
      ROLES.map((role) => [role, new Set([...(one.folders.get(role) ?? []), ...(other.folders.get(role) ?? [])])]),
    ),
    masks: new Set([...one.masks, ...other.masks]),
    groups: reaches.includes("every") ? "every" : reaches.includes("own") ? "own" : "none",
    protectedReach: one.protectedReach, // follows the roles, which a draft does not change
  };
}

export type Change = "same" | "added" | "removed";

function changeOf(before: boolean, after: boolean): Change {
  return before === after ? "same" : after ? "added" : "removed";
}

/** What a draft does to the place of a role set in a folder; in the whole book without a folder. */
export function changeOfMask(before: Visibility, after: Visibility, mask: number, folder: Role | null): Change {
  const has = ({ folders, masks }: Visibility) => (folder === null ? masks : folders.get(folder))?.has(mask) === true;
  return changeOf(has(before), has(after));
}

/** What a draft does to the groups: a wider reach adds those that are not the person's own. */
export function changeOfGroup(before: Visibility, after: Visibility, isOwn: boolean): Change {
  const has = ({ groups }: Visibility) => groups === "every" || (groups === "own" && isOwn);
  return changeOf(has(before), has(after));
}
