// One run of a school's sync: when, how it ended, and what it changed.
import { CircleCheck } from "lucide-react";
import { useTranslations } from "next-intl";
import { Moment } from "#components/ui/moment.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { SchoolRun } from "#lib/directory/queries.ts";
import { Report } from "./report.tsx";
import type { ReportLine } from "./report-lines.ts";
import { runFailure } from "./problem-text.ts";

type RunSummaryProps = { readonly run: SchoolRun; readonly lines: readonly ReportLine[] };

export function RunSummary({ run, lines }: RunSummaryProps) {
  const t = useTranslations();
  const { outcome, failure, finishedAt, startedAt, source, kind, correlationId } = run;
  const tense = kind === "dryRun" ? "would" : "did";
  if (outcome === "running") {
    return (
      <p>
        {t("provisioning.run.running")} <Moment at={startedAt} />
      </p>
    );
  }
  return (
    <div className="space-y-3">
      {outcome === "failed" ? (
        <Notice tone="danger" title={t(`provisioning.run.${tense}.failed`)}>
          <p>{runFailure(t, source, failure)}</p>
          <p>{t("provisioning.run.stays")}</p>
          <p className="text-ink-soft tabular-nums">{t("live.sync.id", { id: correlationId })}</p>
        </Notice>
      ) : null}
      <p>
        {t(`provisioning.run.${tense}.${kind === "delta" ? "delta" : "full"}`)} <Moment at={finishedAt ?? startedAt} />
      </p>
      {lines.length > 0 ? (
        <Report lines={lines} />
      ) : outcome === "succeeded" ? (
        <p className="flex gap-2.5">
          <CircleCheck aria-hidden className="mt-0.5 size-5 flex-none text-added" />
          {t(`provisioning.run.${tense}.${source === "ldap" ? "nothingOfLdap" : "nothing"}`)}
        </p>
      ) : null}
    </div>
  );
}
