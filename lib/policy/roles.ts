// The words of the communication matrix: roles, targets, cells and their fixed order (design §2, §4.1).

export const ROLES = [
  "teacher",
  "student",
  "guardian",
  "schoolManagement",
  "secretariat",
  "socialWork",
  "parentsCouncil",
  "orgAdmin",
] as const;
export type Role = (typeof ROLES)[number];

/** The ninth column: a target without a row of its own. */
export const GROUPS = "groups";
export const TARGETS = [...ROLES, GROUPS] as const;
export type Target = (typeof TARGETS)[number];

/** A cell of the matrix: people acting as `from` may find and contact people with role `to`. */
export type Cell = { readonly from: Role; readonly to: Target };
export type CellKey = `${Role}>${Target}`;

export const NOT_STAFF: ReadonlySet<Role> = new Set(["student", "guardian", "parentsCouncil"]);

export function isStaff(role: Role): boolean {
  return !NOT_STAFF.has(role);
}

export function hasStaffRole(roles: Iterable<Role>): boolean {
  for (const role of roles) if (isStaff(role)) return true;
  return false;
}

export function isRole(value: string): value is Role {
  return (ROLES as readonly string[]).includes(value);
}

export function isTarget(value: string): value is Target {
  return (TARGETS as readonly string[]).includes(value);
}

export function cellKey(cell: Cell): CellKey {
  return `${cell.from}>${cell.to}`;
}

/** The inverse of {@link cellKey}; undefined for anything that is not one of the 72 cells. */
export function parseCellKey(key: string): Cell | undefined {
  const [from, to, ...rest] = key.split(">");
  if (from === undefined || to === undefined || rest.length > 0 || !isRole(from) || !isTarget(to)) return undefined;
  return { from, to };
}

/** All 72 cells, row by row: the order of every stored matrix. */
export const CELLS: readonly Cell[] = ROLES.flatMap((from) => TARGETS.map((to) => ({ from, to })));
