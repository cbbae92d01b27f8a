// The page of one case, kept up to date while it is open: what was reported, what was done, and what can be done now.
"use client";
import { QueryClient, QueryClientProvider, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { assignCase } from "#lib/reports/actions.ts";
import { useStep } from "#components/ui/use-step.ts";
import { ErrorNotice } from "#components/ui/error-notice.tsx";
import { CaseReports } from "./case-reports.tsx";
import type { ShownCasePage } from "./case-state.ts";
import { CaseSteps, type StepChoices } from "./case-steps.tsx";
import { fetchState, isCasePage } from "./decode.ts";
import { Escalations } from "./escalations.tsx";
import { KeyHelp } from "./key-help.tsx";
import { MeasuresPanel } from "./measures-panel.tsx";
import { SeverityTag, StateTag } from "./tags.tsx";
import { Timeline } from "./timeline.tsx";
import { useKeys } from "./use-keys.ts";

const INTERVAL_MS = 3_000;

type CaseViewProps = {
  readonly caseId: string;
  readonly initial: ShownCasePage;
  readonly choices: StepChoices;
  /** Where the shown page of reports begins; empty for the first. */
  readonly reports: string;
};

export function CaseView(props: CaseViewProps) {
  const [client] = useState(() => new QueryClient());
  return (
    <QueryClientProvider client={client}>
      <Case {...props} />
    </QueryClientProvider>
  );
}

function focusOn(id: string): void {
  const target = document.getElementById(id);
  const details = target?.closest("details");
  if (details) details.open = true;
  target?.querySelector<HTMLElement>("textarea, select, input")?.focus();
}

function Case({ caseId, initial, choices, reports }: CaseViewProps) {
  const t = useTranslations("client.reports");
  const live = useTranslations("client.live");
  const router = useRouter();
  const client = useQueryClient();
  const queryKey = ["case", caseId, reports];
  const address = `/api/reports/${encodeURIComponent(caseId)}${reports === "" ? "" : `?reports=${encodeURIComponent(reports)}`}`;
  const { data, isError } = useQuery({
    queryKey,
    queryFn: ({ signal }) => fetchState(address, isCasePage, signal),
    initialData: initial,
    // the first answer also says that the case has been read
    staleTime: 0,
    refetchInterval: INTERVAL_MS,
    retry: 2,
  });
  const [isHelpOpen, setHelpOpen] = useState(false);
  const onChanged = () => void client.invalidateQueries({ queryKey });
  const take = useStep(onChanged);
  // the inbox leads straight to the field of a note
  useEffect(() => {
    if (window.location.hash !== "") focusOn(window.location.hash.slice(1));
  }, []);
  const mayWork = data.may.includes("work");
  useKeys({
    a: () => {
      if (data.may.includes("takeForOneself") && !data.isMine) {
        take.run(() => assignCase({ caseId, version: data.version, to: { kind: "me" } }));
      }
    },
    n: () => focusOn("note"),
    r: () => focusOn(data.may.includes("resolve") ? "resolve" : "reopen"),
    u: () => router.push("/reports"),
    "?": () => setHelpOpen(true),
  });
  return (
    <div className="space-y-6">
      {isError ? (
        <Notice tone="waiting" wide>
          <p>{live("stale")}</p>
        </Notice>
      ) : null}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <SeverityTag severity={data.severity} text={data.severityText} />
        <StateTag state={data.state} text={data.stateText} />
        <span className={data.isMine ? "font-semibold" : ""}>{t("owner", { name: data.owner })}</span>
        <span className="ml-auto">
          <KeyHelp isOpen={isHelpOpen} onOpen={() => setHelpOpen(true)} onClose={() => setHelpOpen(false)} />
        </span>
      </div>
      <dl className="grid gap-x-8 gap-y-3 sm:grid-cols-2 lg:grid-cols-4">
        {data.facts.map(({ label, text }) => (
          <div key={label}>
            <dt className="text-sm text-ink-soft">{label}</dt>
            <dd className="font-semibold">{text}</dd>
          </div>
        ))}
      </dl>
      {data.notices.map((notice) => (
        <Notice key={notice} tone="info" wide>
          <p>{notice}</p>
        </Notice>
      ))}
      {data.mergedInto === null ? null : (
        <Notice tone="info" wide>
          <p>
            <IntentLink href={`/reports/${data.mergedInto.id}`} className="text-link">
              {data.mergedInto.text}
            </IntentLink>
          </p>
        </Notice>
      )}
      {take.error === null ? null : <ErrorNotice title={t("errorTitle")} error={take.error} />}
      {/* On a phone the steps stand right behind what was reported; on a wide screen beside all of it. */}
      <div className="grid gap-x-10 gap-y-10 xl:grid-cols-[minmax(0,1fr)_22rem] xl:grid-rows-[auto_1fr]">
        {mayWork || data.reports.length > 0 ? (
          <div className="min-w-0 xl:col-start-1">
            <CaseReports caseId={caseId} page={data} onChanged={onChanged} />
          </div>
        ) : null}
        <div className="min-w-0 xl:col-start-2 xl:row-span-2 xl:row-start-1">
          <CaseSteps
            caseId={caseId}
            page={data}
            choices={choices}
            onChanged={onChanged}
            onGone={(id) => router.push(`/reports/${id}`)}
          />
        </div>
        <div className="min-w-0 space-y-10 xl:col-start-1">
          {mayWork ? <MeasuresPanel caseId={caseId} version={data.version} /> : null}
          <Escalations caseId={caseId} page={data} onChanged={onChanged} />
          <Timeline caseId={caseId} page={data} onChanged={onChanged} />
        </div>
      </div>
    </div>
  );
}
