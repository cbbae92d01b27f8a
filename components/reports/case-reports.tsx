// What was reported, about whom and by whom, with the evidence behind a click; earlier cases of both.
"use client";
import { Lock, MessageSquareWarning, TriangleAlert, UserRound, UsersRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { splitCase } from "#lib/reports/actions.ts";
import { useStep } from "#components/ui/use-step.ts";
import { Button } from "#components/ui/button.tsx";
import { ErrorNotice } from "#components/ui/error-notice.tsx";
import type { ShownCasePage, ShownPerson, ShownReport } from "./case-state.ts";
import { EvidenceButton } from "./evidence-button.tsx";
import { When } from "./when.tsx";

type CaseReportsProps = {
  readonly caseId: string;
  readonly page: ShownCasePage;
  readonly onChanged: () => void;
};

export function CaseReports({ caseId, page, onChanged }: CaseReportsProps) {
  const t = useTranslations("client.reports");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const step = useStep(() => {
    setChosen(new Set());
    onChanged();
  });
  const { reports, reported, room, earlier, may, version } = page;
  const maySplit = may.includes("work") && reports.length > 1;
  return (
    <section aria-labelledby="reported" className="space-y-6">
      <h2 id="reported" className="text-xl font-semibold tracking-tight">
        {t("reportsTitle", { count: reports.length })}
      </h2>
      <div className="grid gap-4 sm:grid-cols-2">
        <Person icon="reported" label={t("about")} person={reported} />
        {room === null ? null : (
          <div className="flex gap-3">
            <UsersRound aria-hidden className="mt-0.5 size-5 flex-none text-ink-soft" />
            <div className="min-w-0">
              <p className="text-sm text-ink-soft">{t("room")}</p>
              <p className="font-semibold">{room.name}</p>
              <p className="text-ink-soft">{room.text}</p>
              {room.members.length === 0 ? null : (
                <details className="mt-1">
                  <summary className="text-link inline-flex min-h-11 items-center">{t("members")}</summary>
                  <ul className="list-disc space-y-0.5 pl-5">
                    {room.members.map((member, index) => (
                      // names may repeat; the snapshot's order never changes
                      <li key={index}>{member}</li>
                    ))}
                  </ul>
                </details>
              )}
            </div>
          </div>
        )}
      </div>
      <ul className="space-y-4">
        {reports.map((report) => (
          <Report
            key={report.id}
            caseId={caseId}
            report={report}
            isChosen={chosen.has(report.id)}
            onChoose={
              maySplit
                ? (isChosen) =>
                    setChosen(
                      (before) =>
                        new Set([...[...before].filter((id) => id !== report.id), ...(isChosen ? [report.id] : [])]),
                    )
                : null
            }
            onChanged={onChanged}
          />
        ))}
      </ul>
      {page.reportsMore === null ? null : (
        <p className="flex flex-wrap gap-x-4 text-ink-soft">
          {page.reportsMore.text}
          {page.reportsMore.next === null ? (
            <IntentLink href={`/reports/${caseId}`} className="text-link">
              {t("firstReports")}
            </IntentLink>
          ) : (
            <IntentLink href={`/reports/${caseId}?reports=${page.reportsMore.next}`} className="text-link">
              {t("nextReports")}
            </IntentLink>
          )}
        </p>
      )}
      {chosen.size === 0 ? null : (
        <Button
          isPending={step.isPending}
          isDisabled={chosen.size >= reports.length}
          onPress={() => step.run(() => splitCase({ caseId, version, reportIds: [...chosen] }))}
        >
          {t("split", { count: chosen.size })}
        </Button>
      )}
      {step.error === null ? null : <ErrorNotice title={t("errorTitle")} error={step.error} />}
      {earlier.length === 0 ? null : (
        <div className="space-y-2">
          <h3 className="font-semibold">{t("earlier")}</h3>
          <ul className="space-y-1">
            {earlier.map(({ id, title, text }) => (
              <li key={id}>
                <IntentLink href={`/reports/${id}`} className="text-link">
                  {title}
                </IntentLink>{" "}
                <span className="text-ink-soft">{text}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

type PersonProps = {
  readonly icon: "reported" | "reporter";
  readonly label: string;
  readonly person: ShownPerson | null;
};

function Person({ icon, label, person }: PersonProps) {
  const t = useTranslations("client.reports");
  const Icon = icon === "reported" ? UserRound : MessageSquareWarning;
  return (
    <div className="flex gap-3">
      <Icon aria-hidden className="mt-0.5 size-5 flex-none text-ink-soft" />
      <div className="min-w-0">
        <p className="text-sm text-ink-soft">{label}</p>
        <p className="font-semibold">{person?.name ?? t("unknown")}</p>
        {person === null || person.roles === "" ? null : <p className="text-ink-soft">{person.roles}</p>}
      </div>
    </div>
  );
}

type ReportProps = {
  readonly caseId: string;
  readonly report: ShownReport;
  readonly isChosen: boolean;
  readonly onChoose: ((isChosen: boolean) => void) | null;
  readonly onChanged: () => void;
};

function Report({ caseId, report, isChosen, onChoose, onChanged }: ReportProps) {
  const t = useTranslations("client.reports");
  return (
    <li className="space-y-3 rounded-lg border border-line bg-surface p-4">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1">
        <h3 className="font-semibold">{report.title}</h3>
        <p className="text-ink-soft">
          <When at={report.at} />
        </p>
      </div>
      <Person icon="reporter" label={t("by")} person={report.reporter} />
      <Reason caseId={caseId} report={report} onOpened={onChanged} />
      {report.notes.length === 0 ? null : (
        <ul className="space-y-1">
          {report.notes.map((note) => (
            <li key={note} className={`flex gap-2 ${report.isDoubtful ? "text-danger" : "text-ink-soft"}`}>
              {report.isDoubtful ? (
                <TriangleAlert aria-hidden className="mt-1 size-4 flex-none" />
              ) : (
                <Lock aria-hidden className="mt-1 size-4 flex-none" />
              )}
              {note}
            </li>
          ))}
        </ul>
      )}
      {report.evidence.map((one) => (
        <EvidenceButton key={one.id} evidence={one} of={{ caseId }} onOpened={onChanged} />
      ))}
      {onChoose === null ? null : (
        <label className="flex min-h-11 items-center gap-3">
          <input
            type="checkbox"
            checked={isChosen}
            className="size-5"
            onChange={(event) => {
              onChoose(event.target.checked);
            }}
          />
          {t("chooseForSplit")}
        </label>
      )}
    </li>
  );
}

type ReasonProps = { readonly caseId: string; readonly report: ShownReport; readonly onOpened: () => void };

function Reason({ caseId, report: { id, reason, withheld }, onOpened }: ReasonProps) {
  const t = useTranslations("client.reports");
  if (withheld !== null) {
    return <EvidenceButton evidence={{ id, label: withheld }} of={{ caseId, isReport: true }} onOpened={onOpened} />;
  }
  if (reason === null) return <p className="text-ink-soft">{t("noReason")}</p>;
  return (
    <blockquote className="prose-width border-l-2 border-control pl-4 break-words whitespace-pre-line">
      {reason}
    </blockquote>
  );
}
