// Would the policy in effect still permit a room that exists (design §4.11)? By the same facts and rules as the gate's.
//
// A room is permitted if one person vouches for it: its creator, or any joined member of staff, who may contact every
// other person in it now (design §4.3). Whoever is locked or has left neither vouches nor has to be reached: they can
// neither read nor write. Anybody else without a role at the room's school can be reached by nobody (design §4.4).
// A room of fewer than two people is no contact, so it is permitted.
import { z } from "zod";
import { isStaffAt, mayContactAt, rolesAtSchool } from "#lib/gate/contacts.ts";
import type { Facts } from "#lib/gate/facts.ts";
import { ROLES, isStaff, type Role } from "#lib/policy/roles.ts";

export type StandingRoom = {
  readonly schoolId: string;
  /** Localparts. */
  readonly creator: string;
  readonly joined: readonly string[];
};

/** Facts depend on who asks: only so it is known with whom people under a protected address share a class. */
export type FactsOf = (asking: string, others: readonly string[]) => Promise<Facts>;

/** How many people of a room hold a role at its school; each person counts once, "other" holds none. */
export type PeopleCounts = Readonly<Partial<Record<Role | "other", number | undefined>>>;
export type JudgedRoom = { readonly permitted: boolean; readonly people: PeopleCounts };

export const peopleCountsSchema = z.partialRecord(z.enum([...ROLES, "other"]), z.number().int());

export async function judgeRoom({ schoolId, creator, joined }: StandingRoom, factsOf: FactsOf): Promise<JudgedRoom> {
  const facts = await factsOf(creator, joined);
  const present = joined.filter((person) => !isInactive(facts, person));
  const people = countPeople(facts, present, schoolId);
  if (present.length < 2) return { permitted: true, people };
  const staff = present.filter((person) => person !== creator && isStaffAt(facts, person, schoolId));
  const vouchers = present.includes(creator) ? [creator, ...staff] : staff;
  for (const voucher of vouchers) {
    const others = present.filter((person) => person !== voucher);
    const seen = voucher === creator ? facts : await factsOf(voucher, others);
    if (others.every((other) => mayContactAt(seen, voucher, other, schoolId))) return { permitted: true, people };
  }
  return { permitted: false, people };
}

function isInactive(facts: Facts, localpart: string): boolean {
  return facts.people.get(localpart)?.active === false;
}

/** Pupils first, because they are whom a reader looks for; then by the order of roles. */
const COUNTED: readonly Role[] = ["student", ...ROLES.filter(isStaff), "guardian", "parentsCouncil"];

function countPeople(facts: Facts, present: readonly string[], schoolId: string): PeopleCounts {
  const counts: Partial<Record<Role | "other", number>> = {};
  for (const person of present) {
    const held = rolesAtSchool(facts, person, schoolId);
    const role = COUNTED.find((one) => held.has(one)) ?? "other";
    counts[role] = (counts[role] ?? 0) + 1;
  }
  return counts;
}
