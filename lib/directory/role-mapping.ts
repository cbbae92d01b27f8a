// Which roles of ours a OneRoster user holds at a school, by what the source says of roles: metadata, roles[] of 1.2, or
// the plain role. Roles by membership in configured groups are added where a whole school is known (rules.ts). Pure.
import { z } from "zod";
import type { HeldRole, OneRosterClass, OneRosterUser } from "#lib/oneroster/records.ts";
import { isRole, ROLES, type Role } from "#lib/policy/roles.ts";

/**
 * OneRoster's own roles that need no interpretation. "administrator" and "aide" are deliberately absent: they may be
 * anybody in an office, and a guess would hand out the rights of school management.
 */
const PLAIN_ROLES: Readonly<Record<string, Role>> = {
  teacher: "teacher",
  student: "student",
  guardian: "guardian",
  parent: "guardian",
  relative: "guardian",
};

const pattern = z.string().refine((text) => {
  try {
    return new RegExp(text, "u").test("") || true;
  } catch {
    return false;
  }
}, "is no regular expression");

export const roleMappingSchema = z.strictObject({
  /** Looked at in this order; the first that a user has is the complete list. */
  sources: z.array(z.enum(["metadata", "roles", "plain"])).default(["metadata", "roles", "plain"]),
  /** Words of metadata and roles[] that are not ours, e.g. {"principal": "schoolManagement"}. */
  names: z.record(z.string(), z.enum(ROLES)).default({}),
  /** Members of a class whose id is this, or whose title matches, hold the role at its school. */
  groups: z
    .array(z.strictObject({ id: z.string().optional(), title: pattern.optional(), role: z.enum(ROLES) }))
    .default([]),
});
export type RoleMapping = z.infer<typeof roleMappingSchema>;
export const DEFAULT_ROLE_MAPPING: RoleMapping = roleMappingSchema.parse({});

export type RolesAtSchool = {
  readonly roles: readonly { readonly role: Role; readonly beginDate: Date | null }[];
  readonly unknown: readonly string[];
};

const DAY_MS = 86_400_000;
const isCurrent = (held: HeldRole, now: Date): boolean =>
  (held.beginDate === null || held.beginDate <= now) &&
  (held.endDate === null || held.endDate.getTime() + DAY_MS > now.getTime());

/** Whatever the user says of organisations, also of such as are not current. */
export function organisationsOf(user: OneRosterUser): ReadonlySet<string> {
  const held = [...(user.metadataRoles ?? []), ...(user.roles ?? [])];
  return new Set([...user.schoolIds, ...held.map((role) => role.schoolId)]);
}

export function rolesAtSchool(
  user: OneRosterUser,
  schoolId: string,
  mapping: RoleMapping = DEFAULT_ROLE_MAPPING,
  now = new Date(),
): RolesAtSchool {
  const { words, isOwnWords } = wordsAtSchool(user, schoolId, mapping, now);
  const roles = new Map<Role, Date | null>();
  const unknown: string[] = [];
  for (const { word, beginDate } of words) {
    // a plain role must never grant what only a list of roles may
    const named = isOwnWords === "plain" ? undefined : mapping.names[word];
    const role = named ?? (isOwnWords === "metadata" && isRole(word) ? word : PLAIN_ROLES[word]);
    if (role === undefined) unknown.push(word);
    else roles.set(role, beginDate);
  }
  return { roles: [...roles].map(([role, beginDate]) => ({ role, beginDate })), unknown };
}

function wordsAtSchool(user: OneRosterUser, schoolId: string, mapping: RoleMapping, now: Date) {
  for (const source of mapping.sources) {
    if (source === "plain") {
      const words = user.schoolIds.includes(schoolId) ? [{ word: user.plainRole, beginDate: null }] : [];
      return { words, isOwnWords: source };
    }
    const list = source === "metadata" ? user.metadataRoles : user.roles;
    if (list === null) continue;
    const held = list.filter((role) => role.schoolId === schoolId && isCurrent(role, now));
    return { words: held.map(({ role, beginDate }) => ({ word: role, beginDate })), isOwnWords: source };
  }
  return { words: [], isOwnWords: "plain" as const };
}

/** The roles that members of the group hold by being in it. */
export function rolesOfGroup(group: Pick<OneRosterClass, "id" | "title">, mapping: RoleMapping): readonly Role[] {
  return mapping.groups
    .filter(
      (rule) =>
        (rule.id !== undefined || rule.title !== undefined) &&
        (rule.id === undefined || rule.id === group.id) &&
        (rule.title === undefined || new RegExp(rule.title, "u").test(group.title)),
    )
    .map((rule) => rule.role);
}
