// A cell as a sentence, and what changing it does as a sentence with numbers.
import type { Translator } from "#components/ui/translator.ts";
import type { Locale } from "#lib/i18n/locales.ts";
import { describeDay } from "#lib/i18n/when.ts";
import { GROUPS, parseCellKey, type Cell, type CellKey } from "#lib/policy/roles.ts";
import type { SummaryItem } from "#lib/policy/types.ts";

/** "Schüler:innen dürfen Lehrkräfte anschreiben". */
export function cellSentence(t: Translator, { from, to }: Cell, allowed = true): string {
  const actors = t(`roles.group.${from}`);
  if (to === GROUPS) return t(allowed ? "cell.groups" : "cell.noGroups", { from: actors });
  return t(allowed ? "cell.contact" : "cell.noContact", { from: actors, to: t(`roles.group.${to}`) });
}

/** For keys that come from storage: one that is no cell any more is shown as it is. */
export function keySentence(t: Translator, key: string, allowed = true): string {
  const cell = parseCellKey(key);
  return cell ? cellSentence(t, cell, allowed) : key;
}

/** "412 Schüler:innen können je 411 weitere Personen anschreiben." */
export function reachSentence(
  t: Translator,
  { key, allowed, formerEnd, reach }: Pick<SummaryItem, "key" | "allowed" | "formerEnd" | "reach">,
): string {
  const cell = parseCellKey(key);
  if (!cell || reach.people === 0) return t("change.reach.none");
  const numbers = {
    who: t(`roles.count.${cell.from}`, { count: reach.people }),
    people: reach.people,
    most: reach.most,
    spread: reach.fewest === reach.most ? "each" : "upTo",
  };
  if (formerEnd) return t(cell.to === GROUPS ? "change.reach.groupsLast" : "change.reach.contactsLast", numbers);
  if (cell.to === GROUPS) return t(allowed ? "change.reach.groupsOpen" : "change.reach.groupsClose", numbers);
  return t(allowed ? "change.reach.contactsOpen" : "change.reach.contactsClose", numbers);
}

/** "bis 31. Januar 2027" or "ohne Ende". */
export function endText(t: Translator, locale: Locale, day: string | null): string {
  return day === null ? t("change.noEnd") : t("change.until", { day: describeDay(day, locale) });
}

export function keySentences(t: Translator, keys: readonly CellKey[]): string[] {
  return keys.map((key) => keySentence(t, key));
}
