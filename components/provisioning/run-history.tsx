// Earlier runs of a school's sync, in one line each.
import { CircleAlert, CircleCheck, LoaderCircle } from "lucide-react";
import { useTranslations } from "next-intl";
import { Moment } from "#components/ui/moment.tsx";
import type { SchoolRun } from "#lib/directory/queries.ts";
import { REPORT_PARTS } from "./report-lines.ts";
import { runFailure } from "./problem-text.ts";

const LOOKS = {
  succeeded: { icon: CircleCheck, colour: "text-added" },
  failed: { icon: CircleAlert, colour: "text-danger" },
  running: { icon: LoaderCircle, colour: "text-accent" },
} as const;

/** What a run has done, and not held back. */
const MADE = REPORT_PARTS.filter((part) => part !== "held");

export function RunHistory({ runs }: { readonly runs: readonly SchoolRun[] }) {
  const t = useTranslations("provisioning.history");
  if (runs.length === 0) return null;
  return (
    <section aria-labelledby="history" className="space-y-3">
      <h2 id="history" className="text-xl font-semibold tracking-tight">
        {t("title")}
      </h2>
      <ul className="divide-y divide-line border-y border-line">
        {runs.map((run) => (
          <HistoryItem key={run.id} run={run} />
        ))}
      </ul>
    </section>
  );
}

function HistoryItem({ run }: { readonly run: SchoolRun }) {
  const { outcome, failure, report, source, kind, startedAt, finishedAt } = run;
  const t = useTranslations();
  const { icon: Icon, colour } = LOOKS[outcome];
  const changes = report === null ? 0 : MADE.reduce((sum, part) => sum + report[part].count, 0);
  const held = report?.held.count ?? 0;
  const text =
    outcome === "failed"
      ? runFailure(t, source, failure)
      : outcome === "running"
        ? t("provisioning.history.running")
        : t("provisioning.history.changes", { count: changes, held });
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
      <span className="flex min-w-0 flex-1 gap-2.5">
        <Icon aria-hidden className={`mt-0.5 size-5 flex-none ${colour}`} />
        <span className="min-w-0">{text}</span>
      </span>
      <span className="text-ink-soft">
        {source === "ldap" ? `${t("provisioning.history.ofLdap")}, ` : ""}
        {t(`provisioning.history.kind.${kind}`)}, <Moment at={finishedAt ?? startedAt} />
      </span>
    </li>
  );
}
