// Held changes as their page shows them: what belongs to one limit stands together, with a name each. Pure.
import type { Translator } from "#components/ui/translator.ts";
import type { HeldChange } from "#lib/directory/queries.ts";
import type { HoldRule } from "#lib/directory/guard.ts";

export type ShownHold = {
  readonly id: string;
  readonly name: string;
  /** "wird Lehrkraft" */
  readonly what: string;
  readonly concernsOneself: boolean;
};
export type HeldGroup = {
  readonly rule: HoldRule;
  readonly open: readonly ShownHold[];
  /** On their way: the next sync carries them out. */
  readonly released: readonly ShownHold[];
  readonly since: Date;
};

function shown(t: Translator, { id, kind, rule, person, group, role, concernsOneself }: HeldChange): ShownHold {
  const known = person === null ? (group?.title ?? group?.id) : (person.name ?? person.id);
  const what =
    kind === "roleGained" && role !== null
      ? t("provisioning.held.gains", { role: t(`roles.one.${role}`) })
      : rule === "ldapPeople"
        ? t("provisioning.held.leavesGroups") // and stays at the school
        : t(`provisioning.held.kind.${kind}`);
  return { id, name: known ?? t("provisioning.held.wholeSchool"), what, concernsOneself };
}

const byName = (holds: readonly ShownHold[]): readonly ShownHold[] =>
  holds.toSorted((a, b) => a.name.localeCompare(b.name, "de", { numeric: true }));

export function groupHeld(changes: readonly HeldChange[], t: Translator): readonly HeldGroup[] {
  const byRule = new Map<HoldRule, HeldChange[]>();
  for (const change of changes) byRule.set(change.rule, [...(byRule.get(change.rule) ?? []), change]);
  return [...byRule].map(([rule, of]) => ({
    rule,
    open: byName(of.filter(({ isReleased }) => !isReleased).map((change) => shown(t, change))),
    released: byName(of.filter(({ isReleased }) => isReleased).map((change) => shown(t, change))),
    since: new Date(Math.min(...of.map(({ heldAt }) => heldAt.getTime()))),
  }));
}
