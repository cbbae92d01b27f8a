// May A contact B? Several roles form a union under a ceiling that protects pupils (design §4.3), and groups have a
// rule of their own (design §4.5). Pure: both the gate and the summary's numbers decide by these functions.
import { isAllowed, type MatrixCells } from "./cells.ts";
import { GROUPS, ROLES, hasStaffRole, isStaff, type Cell, type Role } from "./roles.ts";

export type RoleSet = ReadonlySet<Role>;

/**
 * The cells that count between two people of one school, in the matrix' order.
 * Ceiling: a second role must not open what the role "student" closes.
 */
export function countingCells(actor: RoleSet, other: RoleSet): Cell[] {
  const actorIsStudent = actor.has("student");
  const otherIsStudent = other.has("student");
  let rows = ROLES.filter((role) => actor.has(role));
  let columns = ROLES.filter((role) => other.has(role));
  if (actorIsStudent && otherIsStudent) {
    rows = ["student"];
    columns = ["student"];
  } else if (otherIsStudent && !hasStaffRole(actor)) {
    columns = ["student"];
  } else if (actorIsStudent && !hasStaffRole(other)) {
    rows = ["student"];
  }
  return rows.flatMap((from) => columns.map((to) => ({ from, to })));
}

/** The cell by which `actor` may contact `other` at this school, or undefined: it is not allowed. */
export function decidingCell(cells: MatrixCells, actor: RoleSet, other: RoleSet): Cell | undefined {
  return countingCells(actor, other).find(({ from, to }) => isAllowed(cells, from, to));
}

export function mayContact(cells: MatrixCells, actor: RoleSet, other: RoleSet): boolean {
  return decidingCell(cells, actor, other) !== undefined;
}

/** Which groups of the school a person may add to a room, by the column "groups" alone. */
export type GroupReach = "every" | "own" | "none";

export function groupReach(cells: MatrixCells, roles: RoleSet): GroupReach {
  const open = [...roles].filter((role) => isAllowed(cells, role, GROUPS));
  if (open.some(isStaff)) return "every";
  return open.length > 0 ? "own" : "none";
}

/** May this person open rooms at all: staff always, others if a role cell of theirs is on (design §5, create). */
export function mayOpenRooms(cells: MatrixCells, roles: RoleSet): boolean {
  if (hasStaffRole(roles)) return true;
  return [...roles].some((from) => ROLES.some((to) => isAllowed(cells, from, to)));
}
