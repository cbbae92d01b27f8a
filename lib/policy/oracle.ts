// For tests only: the rules of design §4.3 and §4.5 said once more, cell by cell and person by person, in other words
// than contact.ts and reach.ts say them. Slow, and plain enough to be checked against the text by eye.
import { isAllowed, type MatrixCells } from "./cells.ts";
import { CELLS, GROUPS, ROLES, type Cell, type Role } from "./roles.ts";

const STAFF: readonly Role[] = ["teacher", "schoolManagement", "secretariat", "socialWork", "orgAdmin"];

/** Every set of one, two or three roles: 8 + 28 + 56. */
export const ROLE_SETS: readonly (readonly Role[])[] = ROLES.flatMap((first, i) => [
  [first],
  ...ROLES.slice(i + 1).flatMap((second, j) => [
    [first, second],
    ...ROLES.slice(i + j + 2).map((third) => [first, second, third]),
  ]),
]);

/**
 * Does a cell count between two people? What could get around the role "student" does not: nobody but staff reaches a
 * pupil by another role of the pupil's, and no pupil reaches anybody but staff by another role of their own.
 */
export function counts(actor: readonly Role[], other: readonly Role[], { from, to }: Cell): boolean {
  const isPupil = (roles: readonly Role[]) => roles.includes("student");
  const protectedFrom = (roles: readonly Role[]) => isPupil(roles) || !roles.some((role) => STAFF.includes(role));
  const aroundTheirPupilRole = isPupil(other) && to !== "student" && protectedFrom(actor);
  const aroundOwnPupilRole = isPupil(actor) && from !== "student" && protectedFrom(other);
  return !aroundTheirPupilRole && !aroundOwnPupilRole;
}

export function canContact(cells: MatrixCells, actor: readonly Role[], other: readonly Role[]): boolean {
  return CELLS.some(
    (cell) =>
      actor.includes(cell.from) &&
      other.some((role) => role === cell.to) &&
      counts(actor, other, cell) &&
      isAllowed(cells, cell.from, cell.to),
  );
}

export type OraclePerson = { readonly roles: readonly Role[]; readonly groups: readonly number[] };

/** Numbers of the groups that this person may add to a room. */
export function addableGroups(cells: MatrixCells, person: OraclePerson, groups: number): number[] {
  return Array.from({ length: groups }, (_, group) => group).filter((group) =>
    person.roles.some(
      (role) => isAllowed(cells, role, GROUPS) && (STAFF.includes(role) || person.groups.includes(group)),
    ),
  );
}
