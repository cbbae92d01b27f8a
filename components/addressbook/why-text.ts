// "Warum?" in sentences, the same on the page and in the text to copy.
import { cellSentence } from "#components/matrix/sentences.ts";
import type { Translator } from "#components/ui/translator.ts";
import type { CellHistory, Direction, Explanation, WhyPerson } from "#lib/addressbook/person-queries.ts";
import { describeMoment } from "#lib/i18n/when.ts";
import type { Locale } from "#lib/i18n/locales.ts";

export type Words = { readonly t: Translator; readonly locale: Locale; readonly now: Date };

export function rolesText({ t }: Words, { roles }: WhyPerson): string {
  return roles.map((role) => t(`roles.one.${role}`)).join(", ");
}

export function headline({ t }: Words, { from, to, verdict }: Direction): string {
  const names = { from: from.name, to: to.name };
  return verdict === "allowed" ? t("addressbook.why.may", names) : t("addressbook.why.mayNot", names);
}

/** Why, in one sentence. */
export function reasonText({ t }: Words, direction: Direction): string {
  const { verdict, deciding, from, to } = direction;
  if (verdict === "allowed" && deciding) return t("addressbook.why.because", { rule: cellSentence(t, deciding.cell) });
  return t(`addressbook.why.verdict.${verdict}`, { from: from.name, to: to.name });
}

export function ceilingText({ t }: Words, { ceiling }: Direction): string | null {
  return ceiling === null ? null : t(`addressbook.why.ceiling.${ceiling}`);
}

export function cellText({ t, locale, now }: Words, cell: CellHistory): string {
  const rule = t("addressbook.why.rule", {
    rule: cellSentence(t, cell.cell, cell.allowed),
    origin: t(`addressbook.why.origin.${cell.origin}`),
  });
  const { since } = cell;
  const locked =
    cell.lockReason === null
      ? t("addressbook.why.notLocked")
      : t("addressbook.why.locked", { reason: cell.lockReason || "–" });
  if (since === null) return `${rule} ${locked}`;
  const { full } = describeMoment(since.at, now, locale);
  const version = t("addressbook.why.since", { version: since.version, at: full });
  const author = since.authorName === null ? "" : t("addressbook.why.by", { name: since.authorName });
  const approver =
    since.approverName === null
      ? t("addressbook.why.ownApproval")
      : t("addressbook.why.approvedBy", { name: since.approverName });
  return [rule, locked, version, author, approver].filter((part) => part !== "").join(" ");
}

/** The cells that are shown: the deciding one, or all that would have to be on. */
export const shownCells = ({ deciding, counting, verdict }: Direction): readonly CellHistory[] =>
  verdict === "allowed" && deciding ? [deciding] : counting;

export function explanationText(words: Words, { school, version, directions }: Explanation): string {
  const { t } = words;
  return [
    t("addressbook.why.copyHead", { school: school.name, id: school.id, version }),
    ...directions.flatMap((direction) => [
      "",
      headline(words, direction),
      reasonText(words, direction),
      t("addressbook.why.rolesOf", { name: direction.from.name, roles: rolesText(words, direction.from) }),
      t("addressbook.why.rolesOf", { name: direction.to.name, roles: rolesText(words, direction.to) }),
      ...[ceilingText(words, direction)].flatMap((text) => text ?? []),
      ...shownCells(direction).map((cell) => `- ${cellText(words, cell)}`),
    ]),
  ].join("\n");
}
