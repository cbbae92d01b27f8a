// Removals of people wait until the whole run is known, because there is a limit for the state (design §6). Several parts
// of a run may speak of one school: the last that speaks of a person counts. Pure.
import { memberKey } from "./difference.ts";
import type { HoldRow } from "./holds.ts";
import type { SchoolContent, SchoolDifference } from "./types.ts";

export type Later = {
  readonly difference: SchoolDifference;
  readonly holds: readonly HoldRow[];
  /** To be moved with them. */
  readonly cursorAt: Date | null;
};

export const NOTHING: SchoolDifference = {
  people: { added: [], returned: [], changed: [] },
  affiliations: { added: [], redated: [], removed: [] },
  leaving: [],
  groups: { added: [], changed: [], removed: [] },
  members: { added: [], renewed: [], removed: [] },
};

/** Of these people the content says nothing: they leave as the run has said before. */
export function stillLeaving(earlier: Later | undefined, { named }: SchoolContent): readonly string[] {
  if (earlier === undefined || named === undefined) return [];
  return earlier.difference.leaving.filter((id) => !named.people.has(id));
}

/** @param content what the second part says, of whom it speaks */
export function mergeLater(earlier: Later | undefined, later: Later, content: SchoolContent): Later {
  const leaving = new Set(stillLeaving(earlier, content));
  if (earlier === undefined || leaving.size === 0) return later;
  const isLeaving = ({ personId }: { readonly personId: string }): boolean => leaving.has(personId);
  const { affiliations, members } = earlier.difference;
  const known = new Set(later.difference.members.removed.map(memberKey));
  const left = members.removed.filter((member) => isLeaving(member) && !known.has(memberKey(member)));
  return {
    holds: later.holds,
    cursorAt: later.cursorAt ?? earlier.cursorAt,
    difference: {
      ...NOTHING,
      leaving: [...leaving, ...later.difference.leaving],
      affiliations: {
        ...NOTHING.affiliations,
        removed: [...affiliations.removed.filter(isLeaving), ...later.difference.affiliations.removed],
      },
      members: { ...NOTHING.members, removed: [...left, ...later.difference.members.removed] },
    },
  };
}
