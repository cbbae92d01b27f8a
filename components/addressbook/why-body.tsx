// The answer to "Warum?": one card a direction, with the rule that decides and a way to it.
import { ArrowRight, CircleCheck, CircleX } from "lucide-react";
import { schoolPath } from "#components/shell/paths.ts";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { Direction, Explanation, WhyPerson } from "#lib/addressbook/person-queries.ts";
import { cellKey } from "#lib/policy/roles.ts";
import { CopyText } from "./copy-text.tsx";
import { personPath } from "./paths.ts";
import {
  ceilingText,
  cellText,
  explanationText,
  headline,
  reasonText,
  rolesText,
  shownCells,
  type Words,
} from "./why-text.ts";

type WhyBodyProps = { readonly explanation: Explanation; readonly words: Words };

export function WhyBody({ explanation, words }: WhyBodyProps) {
  const { t } = words;
  const { school, directions, version } = explanation;
  return (
    <div className="space-y-6">
      {school.isOn ? null : (
        <Notice tone="waiting" wide>
          <p>{t("addressbook.view.schoolOff")}</p>
        </Notice>
      )}
      <div className="grid gap-4 lg:grid-cols-2">
        {directions.map((direction) => (
          <DirectionCard key={direction.from.id + direction.to.id} {...{ direction, words }} schoolId={school.id} />
        ))}
      </div>
      <p className="text-ink-soft">{t("addressbook.why.inEffect", { version })}</p>
      <CopyText text={explanationText(words, explanation)} label={t("addressbook.why.copy")} />
    </div>
  );
}

type DirectionCardProps = { readonly direction: Direction; readonly words: Words; readonly schoolId: string };

function DirectionCard({ direction, words, schoolId }: DirectionCardProps) {
  const { t } = words;
  const isAllowed = direction.verdict === "allowed";
  const Icon = isAllowed ? CircleCheck : CircleX;
  const ceiling = ceilingText(words, direction);
  const cells = shownCells(direction);
  return (
    <section className="space-y-4 rounded-lg border border-line bg-surface p-5">
      <h2 className="flex gap-3 text-lg font-semibold">
        <Icon aria-hidden className={`mt-0.5 size-6 flex-none ${isAllowed ? "text-added" : "text-removed"}`} />
        {headline(words, direction)}
      </h2>
      <p>{reasonText(words, direction)}</p>
      <ul>
        {[direction.from, direction.to].map((person) => (
          <Person key={person.id} {...{ person, words, schoolId }} />
        ))}
      </ul>
      {ceiling === null ? null : <p className="text-ink-soft">{ceiling}</p>}
      {cells.length === 0 ? null : (
        <div className="space-y-2">
          <h3 className="font-semibold">{t(isAllowed ? "addressbook.why.deciding" : "addressbook.why.counting")}</h3>
          <ul className="space-y-2">
            {cells.map((cell) => (
              <li key={cellKey(cell.cell)}>
                <p>{cellText(words, cell)}</p>
                <IntentLink
                  href={`${schoolPath(schoolId, "matrix")}#${cellKey(cell.cell).replace(">", ".")}`}
                  className="text-link inline-flex min-h-11 items-center gap-1"
                >
                  {t("addressbook.why.toCell")}
                  <ArrowRight aria-hidden className="size-4" />
                </IntentLink>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

type PersonProps = { readonly person: WhyPerson; readonly words: Words; readonly schoolId: string };

function Person({ person, words, schoolId }: PersonProps) {
  return (
    <li>
      <IntentLink href={personPath(schoolId, person.id)} className="text-link hit-area">
        <bdi>{person.name}</bdi>
      </IntentLink>
      {": "}
      {[rolesText(words, person), person.classes.join(", ")].filter((part) => part !== "").join(" · ")}
    </li>
  );
}
