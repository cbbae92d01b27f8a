// For the state: every school and how far it is, problems first; the last runs over all; the health of the queues.
import { Search } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { LiveWork, WorkStatus } from "#components/provisioning/live-work.tsx";
import { readStateWork } from "#components/provisioning/read-work.ts";
import { STATE_PROVISIONING_PATH } from "#components/shell/paths.ts";
import { QueueList } from "#components/state-provisioning/queue-list.tsx";
import { SchoolLines } from "#components/state-provisioning/school-lines.tsx";
import { parseStateFilter, stateFilterPath } from "#components/state-provisioning/state-filter.ts";
import { StateRuns } from "#components/state-provisioning/state-runs.tsx";
import { StateSync } from "#components/state-provisioning/state-sync.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageLinks } from "#components/ui/page-links.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { SearchForm } from "#components/ui/search-form.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { database } from "#lib/db/shared.ts";
import { findStateSchools } from "#lib/provisioning/state-queries.ts";

type StateProvisioningPageProps = { readonly searchParams: Promise<Record<string, string | string[] | undefined>> };

const SHOWN_RUNS = 5;

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("stateProvisioning");
  return { title: t("title") };
}

export default async function StateProvisioningPage({ searchParams }: StateProvisioningPageProps) {
  const principal = await requirePrincipal();
  const { text, page: wanted, onlyTroubled } = parseStateFilter(await searchParams);
  const db = database();
  const [found, now] = await Promise.all([
    findStateSchools(db, principal, { text, page: wanted, onlyTroubled }),
    readStateWork(db, principal, SHOWN_RUNS),
  ]);
  if (found === null || now === null) notFound();
  const { schools, total, troubled, page, pages } = found;
  const t = await getTranslations("stateProvisioning");
  const pageText = { previous: t("previous"), next: t("next"), page: t("page", { page, pages }) };
  const pageOf = (to: number) => stateFilterPath({ text, onlyTroubled, page: to });
  return (
    <div className="max-w-4xl">
      <PageTitle title={t("title")} lead={t("lead")} />
      <LiveWork initial={now.work}>
        <div className="space-y-10">
          <section aria-labelledby="schools" className="space-y-4">
            <h2 id="schools" className="text-xl font-semibold tracking-tight">
              {t("schools")}
            </h2>
            <SearchForm
              id="find"
              action={STATE_PROVISIONING_PATH}
              name="q"
              text={text}
              maxLength={100}
              label={t("search")}
              hint={t("searchHint")}
              button={t("find")}
              kind="secondary"
            >
              {onlyTroubled ? <input type="hidden" name="only" value="troubled" /> : null}
            </SearchForm>
            <div className="flex flex-wrap items-center justify-between gap-3">
              <p role="status" className="text-ink-soft tabular-nums">
                {t("count", { total, troubled })}
              </p>
              <ButtonLink href={stateFilterPath({ text, onlyTroubled: !onlyTroubled })} kind="quiet">
                {t(onlyTroubled ? "showAll" : "showTroubled")}
              </ButtonLink>
            </div>
            {schools.length === 0 ? (
              <EmptyState icon={Search}>{t(onlyTroubled ? "noneTroubled" : "none")}</EmptyState>
            ) : (
              <SchoolLines schools={schools} />
            )}
            <PageLinks page={page} pages={pages} pathOf={pageOf} text={pageText} />
          </section>
          <section aria-labelledby="runs" className="space-y-4">
            <h2 id="runs" className="text-xl font-semibold tracking-tight">
              {t("runs.title")}
            </h2>
            <WorkStatus of="sync" isQuiet />
            <WorkStatus of="dryRun" />
            <StateRuns runs={now.runs} />
            <StateSync />
          </section>
          <section aria-labelledby="queues" className="space-y-4">
            <h2 id="queues" className="text-xl font-semibold tracking-tight">
              {t("queues.title")}
            </h2>
            <p className="prose-width text-ink-soft">{t("queues.hint")}</p>
            <QueueList health={now.health} />
          </section>
        </div>
      </LiveWork>
    </div>
  );
}
