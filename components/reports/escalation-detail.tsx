// One matter as the school's management sees it: what support writes, what was released, and the answer.
import { useTranslations } from "next-intl";
import { Moment } from "#components/ui/moment.tsx";
import type { EscalationDetail } from "#lib/reports/escalation-queries.ts";
import { AnswerForm } from "./answer-form.tsx";
import { EscalationTag } from "./escalation-list.tsx";
import { EvidenceButton } from "./evidence-button.tsx";
import { SeverityTag } from "./tags.tsx";

export function EscalationBody({ escalation }: { readonly escalation: EscalationDetail }) {
  const t = useTranslations("reports");
  const { message, reportedName, roomName, reporters, reasons, screenshots, answer, wantedMeasures } = escalation;
  return (
    <div className="space-y-8">
      <p className="flex flex-wrap items-center gap-3">
        <SeverityTag severity={escalation.severity} text={t(`severity.${escalation.severity}`)} />
        <EscalationTag one={escalation} />
        <span className="text-ink-soft">
          <Moment at={escalation.createdAt} />
        </span>
      </p>
      <section aria-labelledby="message" className="space-y-3">
        <h2 id="message" className="text-xl font-semibold tracking-tight">
          {t("escalated.message")}
        </h2>
        <p className="prose-width border-l-2 border-accent pl-4 break-words whitespace-pre-line">{message}</p>
      </section>
      <section aria-labelledby="matter" className="space-y-3">
        <h2 id="matter" className="text-xl font-semibold tracking-tight">
          {t("escalated.matter")}
        </h2>
        <dl className="grid gap-x-8 gap-y-3 sm:grid-cols-2">
          <Fact label={t("fact.category")}>{t(`category.${escalation.category}`)}</Fact>
          <Fact label={t("escalated.about")}>{reportedName ?? t("escalated.notOurs")}</Fact>
          <Fact label={t("escalated.room")}>{roomName ?? t("room.unnamed")}</Fact>
          <Fact label={t("escalated.by")}>
            {reporters === null
              ? t("escalated.reporterHidden")
              : reporters.length === 0
                ? t("escalated.notOurs")
                : reporters.join(", ")}
          </Fact>
        </dl>
        {reasons?.map((reason, index) => (
          // reports may say the same; their order is fixed
          <blockquote
            key={index}
            className="prose-width border-l-2 border-control pl-4 break-words whitespace-pre-line"
          >
            {reason}
          </blockquote>
        ))}
        {screenshots === null ? (
          <p className="text-ink-soft">{t("escalated.screenshotHidden")}</p>
        ) : (
          screenshots.map((id) => (
            <EvidenceButton
              key={id}
              evidence={{ id, label: t("evidence.screenshot") }}
              of={{ escalationId: escalation.id }}
            />
          ))
        )}
      </section>
      <section aria-labelledby="answer" className="space-y-3">
        <h2 id="answer" className="text-xl font-semibold tracking-tight">
          {t("escalated.answer")}
        </h2>
        {answer === null ? (
          <AnswerForm escalationId={escalation.id} />
        ) : (
          <div className="space-y-2 rounded-md bg-sunken p-4">
            <p className="font-semibold">{escalation.answeredBy ?? t("unknownPerson")}</p>
            <p className="prose-width break-words whitespace-pre-line">{answer}</p>
            {wantedMeasures.length === 0 ? null : (
              <p className="text-ink-soft">
                {t("escalation.wanted", { measures: wantedMeasures.map((kind) => t(`measure.${kind}`)).join(", ") })}
              </p>
            )}
          </div>
        )}
      </section>
    </div>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: string }) {
  return (
    <div>
      <dt className="text-sm text-ink-soft">{label}</dt>
      <dd className="font-semibold">{children}</dd>
    </div>
  );
}
