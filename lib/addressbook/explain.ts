// "Warum?": may one person contact another at a school, and which rule decides it. Pure; says what lib/policy/contact.ts
// and the gate decide, with the reason.
import { countingCells, decidingCell, type RoleSet } from "#lib/policy/contact.ts";
import type { MatrixCells } from "#lib/policy/cells.ts";
import { hasStaffRole, type Cell } from "#lib/policy/roles.ts";
import { visibilityOf } from "./visibility.ts";

export type Side = {
  readonly id: string;
  /** At the school; empty: not there. */
  readonly roles: RoleSet;
  readonly isLocked: boolean;
  readonly isProtected: boolean;
};

/** In the order in which they are looked at: the first that applies is told. */
export const VERDICTS = [
  "samePerson",
  "notAtSchool",
  "schoolOff",
  "actorLocked",
  "otherLocked",
  "closed",
  "protected",
  "allowed",
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Why fewer cells count than the roles would have (design §4.3). */
export type Ceiling = "bothStudents" | "otherStudent" | "actorStudent";

export type Explained = {
  readonly verdict: Verdict;
  /** The cell by which it is allowed; null if none is on. */
  readonly deciding: Cell | null;
  readonly counting: readonly Cell[];
  readonly ceiling: Ceiling | null;
};

function ceilingOf(actor: RoleSet, other: RoleSet): Ceiling | null {
  if (actor.size + other.size === 2) return null; // one role each: nothing is left out
  const [actorIsStudent, otherIsStudent] = [actor.has("student"), other.has("student")];
  if (actorIsStudent && otherIsStudent) return "bothStudents";
  if (otherIsStudent && !hasStaffRole(actor)) return "otherStudent";
  return actorIsStudent && !hasStaffRole(other) ? "actorStudent" : null;
}

/** @param sharesGroup both belong to a group of the school */
export function explainContact(
  school: { readonly isOn: boolean; readonly cells: MatrixCells },
  actor: Side,
  other: Side,
  sharesGroup: boolean,
): Explained {
  const deciding = decidingCell(school.cells, actor.roles, other.roles) ?? null;
  const { protectedReach } = visibilityOf(school.cells, actor.roles);
  const reaches = !other.isProtected || protectedReach === "all" || (protectedReach === "sharedGroup" && sharesGroup);
  const applies: Record<Verdict, boolean> = {
    samePerson: actor.id === other.id,
    notAtSchool: actor.roles.size === 0 || other.roles.size === 0,
    schoolOff: !school.isOn,
    actorLocked: actor.isLocked,
    otherLocked: other.isLocked,
    closed: deciding === null,
    protected: !reaches,
    allowed: true,
  };
  return {
    verdict: VERDICTS.find((verdict) => applies[verdict]) ?? "closed",
    deciding,
    counting: countingCells(actor.roles, other.roles),
    ceiling: ceilingOf(actor.roles, other.roles),
  };
}
