// What was handed to the school, its answer, and what may be released to it: each with a reason of its own.
"use client";
import { useTranslations } from "next-intl";
import { releaseToSchool } from "#lib/reports/actions.ts";
import type { ShownCasePage } from "./case-state.ts";
import { StepForm } from "./step-form.tsx";

type EscalationsProps = { readonly caseId: string; readonly page: ShownCasePage; readonly onChanged: () => void };

export function Escalations({ caseId, page, onChanged }: EscalationsProps) {
  const t = useTranslations("client.reports.escalation");
  if (page.escalations.length === 0) return null;
  const mayRelease = page.may.includes("work");
  return (
    <section aria-labelledby="escalations" className="space-y-5">
      <h2 id="escalations" className="text-xl font-semibold tracking-tight">
        {t("title")}
      </h2>
      {page.escalations.map((one) => (
        <div key={one.id} className="space-y-3 border-l-2 border-sensitive pl-4">
          <p className="font-semibold">{one.title}</p>
          <p className="prose-width break-words whitespace-pre-line">{one.message}</p>
          {one.released.map((text) => (
            <p key={text} className="text-ink-soft">
              {text}
            </p>
          ))}
          {one.answer === null ? (
            <p className="text-ink-soft">{t("unanswered")}</p>
          ) : (
            <div className="rounded-md bg-sunken p-4">
              <p className="font-semibold">{one.answer.by}</p>
              <p className="prose-width break-words whitespace-pre-line">{one.answer.text}</p>
              {one.answer.wanted === null ? null : <p className="mt-2 text-ink-soft">{one.answer.wanted}</p>}
            </div>
          )}
          {(["reporter", "screenshot"] as const).map((what) =>
            mayRelease && (what === "reporter" ? one.mayReleaseReporter : one.mayReleaseScreenshot) ? (
              <StepForm
                key={what}
                id={`release-${what}`}
                title={t(`release.${what}`)}
                hint={t(`releaseHint.${what}`)}
                label={t("reason")}
                button={t("send")}
                onSend={(reason) => releaseToSchool({ caseId, version: page.version, what, reason })}
                onDone={onChanged}
              />
            ) : null,
          )}
        </div>
      ))}
    </section>
  );
}
