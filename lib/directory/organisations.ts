// Which school an organisation belongs to: departments and the like stand below one. Pure.
import type { OneRosterSchool, OneRosterUser } from "#lib/oneroster/records.ts";

export type Organisation = Pick<OneRosterSchool, "id" | "parentId" | "isSchool">;

export type Organisations = {
  /** The school of each organisation below one; a school is its own. */
  readonly schoolOf: ReadonlyMap<string, string>;
  /** Organisations whose parents lead back to themselves. */
  readonly inCycles: readonly string[];
};

/** A parent that is none of these is taken for a school: changes do not name those that stay as they are. */
export function readOrganisations(organisations: readonly Organisation[]): Organisations {
  const byId = new Map(organisations.map((organisation) => [organisation.id, organisation]));
  for (const { parentId } of organisations) {
    if (parentId !== null && !byId.has(parentId)) byId.set(parentId, { id: parentId, parentId: null, isSchool: true });
  }
  const schoolOf = new Map<string, string>();
  const inCycles: string[] = [];
  for (const { id } of organisations) {
    const seen = new Set<string>();
    let current = byId.get(id);
    while (current !== undefined && !current.isSchool && !seen.has(current.id)) {
      seen.add(current.id);
      current = current.parentId === null ? undefined : byId.get(current.parentId);
    }
    if (current === undefined) continue; // a district: above schools
    if (current.isSchool) schoolOf.set(id, current.id);
    else if (seen.has(id)) inCycles.push(id);
  }
  return { schoolOf, inCycles };
}

/** The user with every organisation replaced by its school. */
export function atSchools(user: OneRosterUser, schoolOf: ReadonlyMap<string, string>): OneRosterUser {
  const school = (id: string): string => schoolOf.get(id) ?? id;
  const held = (roles: OneRosterUser["roles"]) =>
    roles?.map((role) => ({ ...role, schoolId: school(role.schoolId) })) ?? null;
  return {
    ...user,
    schoolIds: [...new Set(user.schoolIds.map(school))],
    metadataRoles: held(user.metadataRoles),
    roles: held(user.roles),
  };
}
