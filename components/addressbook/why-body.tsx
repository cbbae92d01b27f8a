// The answer to "Warum?": one card a direction, with the rule that decides, all that is known of it, and a way to it.
import { ArrowRight, CircleCheck, CircleX, Lock } from "lucide-react";
import { schoolPath } from "#components/shell/paths.ts";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { cellSentence } from "#components/matrix/sentences.ts";
import type { CellHistory, Direction, Explanation, WhyPerson } from "#lib/addressbook/person-queries.ts";
import { cellKey } from "#lib/policy/roles.ts";
import { CopyText } from "./copy-text.tsx";
import { Fact, Facts } from "./facts.tsx";
import { personPath } from "./paths.ts";
import { classesText } from "./rows.ts";
import { ceilingText, explanationText, headline, reasonText, rolesText, shownCells, type Words } from "./why-text.ts";

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
      <div className="grid items-start gap-4 lg:grid-cols-2">
        {directions.map((direction) => (
          <DirectionCard key={direction.from.id + direction.to.id} {...{ direction, words }} schoolId={school.id} />
        ))}
      </div>
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
        <CopyText text={explanationText(words, explanation)} label={t("addressbook.why.copy")} />
        <p className="text-ink-soft">{t("addressbook.why.inEffect", { version })}</p>
      </div>
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
    <section className="overflow-hidden rounded-lg border border-line bg-surface">
      <div className={`space-y-1 px-5 py-4 ${isAllowed ? "bg-added-soft" : "bg-removed-soft"}`}>
        <h2 className="flex gap-3 text-lg leading-snug font-semibold">
          <Icon aria-hidden className={`size-6 flex-none ${isAllowed ? "text-added" : "text-removed"}`} />
          {headline(words, direction)}
        </h2>
        <p className="pl-9">{reasonText(words, direction)}</p>
      </div>
      <div className="space-y-4 px-5 py-4">
        <ul>
          {[direction.from, direction.to].map((person) => (
            <Person key={person.id} {...{ person, words, schoolId }} />
          ))}
        </ul>
        {ceiling === null ? null : <p className="text-ink-soft">{ceiling}</p>}
        {cells.length === 0 ? null : (
          <div className="space-y-4 border-t border-line pt-4">
            <h3 className="font-semibold">{t(isAllowed ? "addressbook.why.deciding" : "addressbook.why.counting")}</h3>
            <ul className="space-y-6">
              {cells.map((cell) => (
                <Rule key={cellKey(cell.cell)} {...{ cell, words, schoolId }} />
              ))}
            </ul>
          </div>
        )}
      </div>
    </section>
  );
}

type RuleProps = { readonly cell: CellHistory; readonly words: Words; readonly schoolId: string };

function Rule({ cell, words, schoolId }: RuleProps) {
  const { t } = words;
  const { since, lockReason } = cell;
  return (
    <li className="space-y-3">
      <p>{cellSentence(t, cell.cell, cell.allowed)}.</p>
      <Facts>
        <Fact name={t("addressbook.why.factOrigin")}>{t(`addressbook.why.origin.${cell.origin}`)}</Fact>
        <Fact name={t("addressbook.why.factLock")}>
          {lockReason === null ? (
            t("addressbook.why.factNoLock")
          ) : (
            <>
              <Lock aria-hidden className="mr-1.5 inline size-4 align-[-2px] text-ink-soft" />
              {t("addressbook.why.factLocked", { reason: lockReason || "–" })}
            </>
          )}
        </Fact>
        {since === null ? null : (
          <>
            <Fact name={t("addressbook.why.factSince")}>
              {t("addressbook.why.factVersion", { version: since.version })} <Moment at={since.at} />
            </Fact>
            <Fact name={t("addressbook.why.factAuthor")}>{since.authorName ?? t("addressbook.why.factSystem")}</Fact>
            <Fact name={t("addressbook.why.factApprover")}>
              {since.approverName ?? t("addressbook.why.factNoApprover")}
            </Fact>
          </>
        )}
      </Facts>
      <IntentLink
        href={`${schoolPath(schoolId, "matrix")}#${cellKey(cell.cell).replace(">", ".")}`}
        className="text-link inline-flex min-h-11 items-center gap-1"
      >
        {t("addressbook.why.toCell")}
        <ArrowRight aria-hidden className="size-4" />
      </IntentLink>
    </li>
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
      {[rolesText(words, person), classesText(person.classes)].filter((part) => part !== "").join(" · ")}
    </li>
  );
}
