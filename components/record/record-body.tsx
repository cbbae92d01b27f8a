// The record of a request on one page, made to be printed: everything is written out, nothing opens on a click.
import { useLocale, useTranslations } from "next-intl";
import { endText, keySentence, keySentences, reachSentence } from "#components/matrix/sentences.ts";
import { describeDay } from "#lib/i18n/when.ts";
import type { RequestRecord } from "#lib/policy/record.ts";
import { FullTime } from "./full-time.tsx";
import { RecordAudit } from "./record-audit.tsx";
import { RecordFacts, type Fact } from "./record-facts.tsx";
import { RecordSection } from "./record-section.tsx";

export function RecordBody({ record }: { readonly record: RequestRecord }) {
  const t = useTranslations();
  const locale = useLocale();
  const { request, items, countedAtDecision, entries, madeAt, madeBy } = record;
  return (
    <div className="space-y-6">
      <RecordHead record={record} />
      <RecordSection id="record-decision" title={t("record.decision")}>
        <RecordDecision record={record} />
      </RecordSection>
      <RecordSection id="record-cells" title={t("record.cells")}>
        <ul className="list-disc space-y-2 pl-5">
          {items.map((item) => (
            <li key={item.key} className="break-inside-avoid">
              <p className="font-semibold">
                {keySentence(t, item.key)}
                {item.sensitive ? ` (${t("change.sensitive")})` : null}
              </p>
              <p className="tabular-nums">
                {item.reach === null
                  ? t("record.uncounted")
                  : reachSentence(t, { ...item, allowed: true, reach: item.reach })}
              </p>
              {item.formerEnd ? (
                <p>
                  {t("change.before")} {endText(t, locale, item.formerEnd.day)}, {t("change.after")}{" "}
                  {endText(t, locale, item.endsOn)}
                </p>
              ) : item.endsOn === null ? null : (
                <p>{t("change.endsOn", { day: describeDay(item.endsOn, locale) })}</p>
              )}
            </li>
          ))}
        </ul>
        <p className="prose-width text-ink-soft">
          {countedAtDecision
            ? t("record.numbersOfDecision")
            : t.rich("record.numbers", { date: () => <FullTime key="date" at={madeAt} /> })}
        </p>
      </RecordSection>
      <RecordSection id="record-parts" title={t("record.parts")}>
        <ol className="space-y-4">
          {request.parts.map((part) => (
            <li key={`${part.createdAt.toISOString()} ${part.authorName}`} className="break-inside-avoid">
              <Said author={part.authorName} role={part.authorRole} at={part.createdAt} />
              <ul className="list-disc pl-5">
                {keySentences(t, part.cells).map((sentence) => (
                  <li key={sentence}>{sentence}</li>
                ))}
              </ul>
              <p className="prose-width whitespace-pre-line">
                {t("request.reason")}: „{part.reason}“
              </p>
            </li>
          ))}
        </ol>
      </RecordSection>
      <RecordSection id="record-comments" title={t("record.comments")}>
        {request.comments.length === 0 ? <p>{t("request.comments.closed")}</p> : null}
        <ol className="space-y-4">
          {request.comments.map((comment) => (
            <li key={comment.id} className="break-inside-avoid">
              <Said author={comment.authorName} role={comment.authorRole} at={comment.createdAt} />
              <p className="prose-width whitespace-pre-line">„{comment.text}“</p>
            </li>
          ))}
        </ol>
      </RecordSection>
      <RecordSection id="record-audit" title={t("record.audit")}>
        <RecordAudit entries={entries} />
      </RecordSection>
      <p className="border-t border-line pt-4 text-ink-soft">
        {t.rich("record.made", { name: madeBy, date: () => <FullTime key="date" at={madeAt} /> })}
      </p>
    </div>
  );
}

function RecordHead({ record: { request, schoolIdentifier } }: { readonly record: RequestRecord }) {
  const t = useTranslations();
  const { school, head } = request;
  const identifier: readonly Fact[] =
    schoolIdentifier === "" ? [] : [{ name: t("record.schoolIdentifier"), value: schoolIdentifier }];
  return (
    <RecordFacts
      facts={[
        { name: t("record.school"), value: school.name },
        { name: t("record.schoolId"), value: school.id },
        ...identifier,
        { name: t("record.requestId"), value: <span className="break-all">{head.id}</span> },
        { name: t("record.created"), value: <FullTime at={head.createdAt} /> },
      ]}
    />
  );
}

function RecordDecision({ record: { request, versionNumber } }: { readonly record: RequestRecord }) {
  const t = useTranslations();
  const { status, deciderName, decidedAt, decisionReason, expiresAt } = request.head;
  const facts: Fact[] = [{ name: t("record.status"), value: t(`approvals.status.${status}`) }];
  if (status === "pending") facts.push({ name: t("record.expires"), value: <FullTime at={expiresAt} /> });
  if (deciderName !== null) facts.push({ name: t("record.decidedBy"), value: deciderName });
  if (decidedAt !== null) facts.push({ name: t("record.decidedAt"), value: <FullTime at={decidedAt} /> });
  if (versionNumber !== null) {
    facts.push({ name: t("record.version"), value: t("record.versionNumber", { number: versionNumber }) });
  }
  if (decisionReason !== null) facts.push({ name: t("request.reason"), value: `„${decisionReason}“` });
  return (
    <>
      {status === "pending" ? <p className="prose-width">{t("record.undecided")}</p> : null}
      <RecordFacts facts={facts} />
    </>
  );
}

type SaidProps = { readonly author: string; readonly role: "orgAdmin" | "schoolManagement"; readonly at: Date };

function Said({ author, role, at }: SaidProps) {
  const t = useTranslations();
  return (
    <p>
      <span className="font-semibold">{t("request.partBy", { author, role: t(`roles.one.${role}`) })}</span>,{" "}
      <FullTime at={at} />
    </p>
  );
}
