// Who may see a case, as conditions of every query (design §8, §9): support sees all of it, the state's administrators
// assign without content, and whoever is reporter or reported sees nothing, whatever their roles.
import type { ConsoleRole, Principal } from "#lib/auth/principal.ts";
import { Prisma } from "#prisma/generated/client.ts";

/** What of the cases somebody may read; null for nothing. */
export type CaseSight = "content" | "assignment";

export function caseSight(principal: Principal): CaseSight | null {
  if (principal.consoleRoles.includes("support")) return "content";
  return principal.consoleRoles.includes("landAdmin") ? "assignment" : null;
}

/** Role in which somebody works on a case: support, if they have both. */
export function supportRole(principal: Principal): ConsoleRole | null {
  return principal.consoleRoles.includes("support") ? "support" : null;
}

/** Who may hand cases to people: support and the state. */
export function assigningRole(principal: Principal): ConsoleRole | null {
  return supportRole(principal) ?? (principal.consoleRoles.includes("landAdmin") ? "landAdmin" : null);
}

/** The school management of any school; of which one, the action checks. The state answers what went to it. */
export function answeringRole(principal: Principal): string | null {
  if (principal.schoolRoles.some(({ role }) => role === "schoolManagement")) return "schoolManagement";
  return principal.consoleRoles.includes("landAdmin") ? "landAdmin" : null;
}

export function managedSchoolIds(principal: Principal): string[] {
  return principal.schoolRoles.filter(({ role }) => role === "schoolManagement").map(({ schoolId }) => schoolId);
}

/** For raw SQL over `report_case` under the name `c`. */
export function noParty(principal: Principal): Prisma.Sql {
  return Prisma.sql`NOT EXISTS (SELECT FROM case_party WHERE case_party.case_id = c.id AND case_party.person_id = ${principal.personId})`;
}

/** The same for Prisma's own queries. */
export function withoutParty(principal: Principal) {
  return { parties: { none: { personId: principal.personId } } } satisfies Prisma.ReportCaseWhereInput;
}
