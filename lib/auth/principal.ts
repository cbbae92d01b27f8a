// Who asks: a person with roles per school from the directory and console roles from the state. Every query and
// action takes a Principal; there is no way to read data "as nobody".
import type { ConsoleRole, Role } from "#prisma/generated/enums.ts";

export type SchoolRole = { readonly schoolId: string; readonly role: Role; readonly since: Date };

export type Principal = {
  readonly personId: string;
  readonly displayName: string;
  readonly sessionId: string;
  /** When the identity provider last asked for the person's credentials. */
  readonly authenticatedAt: Date;
  readonly schoolRoles: readonly SchoolRole[];
  readonly consoleRoles: readonly ConsoleRole[];
};

/** design §9: only these roles of a school open the console; teachers, pupils and guardians see a friendly page. */
const CONSOLE_SCHOOL_ROLES: ReadonlySet<Role> = new Set<Role>(["orgAdmin", "schoolManagement"]);

/** A sign-in counts as recent for five minutes (design §9, the star). */
export const RECENT_SIGN_IN_MS = 5 * 60_000;

export function rolesAt(principal: Principal, schoolId: string): Role[] {
  return principal.schoolRoles.filter((held) => held.schoolId === schoolId).map(({ role }) => role);
}

/** Schools whose matrix the person may edit. */
export function ownSchoolIds(principal: Principal): string[] {
  const ids = principal.schoolRoles
    .filter(({ role }) => CONSOLE_SCHOOL_ROLES.has(role))
    .map(({ schoolId }) => schoolId);
  return [...new Set(ids)];
}

export function hasConsoleAccess(principal: Principal): boolean {
  return principal.consoleRoles.length > 0 || ownSchoolIds(principal).length > 0;
}

/** See the matrix: own school, support, state (design §9, first row). */
export function maySeeSchool(principal: Principal, schoolId: string): boolean {
  return principal.consoleRoles.length > 0 || ownSchoolIds(principal).includes(schoolId);
}

export function mayEditSchool(principal: Principal, schoolId: string): boolean {
  return ownSchoolIds(principal).includes(schoolId);
}

export function isRecentSignIn(principal: Principal, now: Date): boolean {
  return now.getTime() - principal.authenticatedAt.getTime() <= RECENT_SIGN_IN_MS;
}
