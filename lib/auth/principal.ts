// Who asks: a person with roles per school from the directory and console roles from the state. Every query and
// action takes a Principal; there is no way to read data "as nobody".
import type { ConsoleRole, Role } from "#prisma/generated/enums.ts";

export type { ConsoleRole };

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
const CONSOLE_SCHOOL_ROLES: readonly Role[] = ["schoolManagement", "orgAdmin"];

/** A sign-in counts as recent for five minutes (design §9, the star). */
export const RECENT_SIGN_IN_MS = 5 * 60_000;

export function rolesAt(principal: Principal, schoolId: string): Role[] {
  return principal.schoolRoles.filter((held) => held.schoolId === schoolId).map(({ role }) => role);
}

/** The role in which somebody acts at a school, for the audit log: the one that gives the right, never a lesser one. */
export function actingRole(principal: Principal, schoolId: string): Role | ConsoleRole | "none" {
  const roles = rolesAt(principal, schoolId);
  const ofSchool = CONSOLE_SCHOOL_ROLES.find((role) => roles.includes(role));
  return ofSchool ?? (isLandAdmin(principal) ? "landAdmin" : principal.consoleRoles[0]) ?? roles[0] ?? "none";
}

/** Schools whose matrix the person may edit. */
export function ownSchoolIds(principal: Principal): string[] {
  const ids = principal.schoolRoles
    .filter(({ role }) => CONSOLE_SCHOOL_ROLES.includes(role))
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

/** The whole audit log of a school: its own administrators and the state, not support (design §9). */
export function mayAuditSchool(principal: Principal, schoolId: string): boolean {
  return principal.consoleRoles.includes("landAdmin") || ownSchoolIds(principal).includes(schoolId);
}

/** The frame, console roles and schools belong to the state (design §9). */
export function isLandAdmin(principal: Principal): boolean {
  return principal.consoleRoles.includes("landAdmin");
}

/** State staff look schools up; everybody else has a list of their own. */
export function isStateStaff(principal: Principal): boolean {
  return principal.consoleRoles.length > 0;
}

export function isRecentSignIn(principal: Principal, now: Date): boolean {
  return now.getTime() - principal.authenticatedAt.getTime() <= RECENT_SIGN_IN_MS;
}
