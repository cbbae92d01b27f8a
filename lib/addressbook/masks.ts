// The set of a person's roles at a school as one number, a bit a role, so that the database can be asked for people by
// exactly the role sets that the policy's rule lets through. The bits are those of role_bit in migration 0014.
import { ROLES, type Role } from "#lib/policy/roles.ts";

export const ALL_MASKS: readonly number[] = Array.from({ length: 2 ** ROLES.length - 1 }, (_, index) => index + 1);

export function roleBit(role: Role): number {
  return 2 ** ROLES.indexOf(role);
}

export function maskOf(roles: Iterable<Role>): number {
  let mask = 0;
  for (const role of roles) mask |= roleBit(role);
  return mask;
}

export function rolesOf(mask: number): Role[] {
  return ROLES.filter((role) => (mask & roleBit(role)) !== 0);
}
