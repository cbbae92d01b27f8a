// One run over all schools: what it changed at each, or would change, and which records it could not use.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { readReport } from "#components/provisioning/read-report.ts";
import { fromSegment, STATE_PROVISIONING_PATH, stateRunPath } from "#components/shell/paths.ts";
import { RunProblems } from "#components/state-provisioning/run-problems.tsx";
import { RunSchools } from "#components/state-provisioning/run-schools.tsx";
import { parseStateFilter } from "#components/state-provisioning/state-filter.ts";
import { StateRuns } from "#components/state-provisioning/state-runs.tsx";
import { BackLink } from "#components/ui/back-link.tsx";
import { PageLinks } from "#components/ui/page-links.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { database } from "#lib/db/shared.ts";
import { findStateRun } from "#lib/directory/state-run-queries.ts";

type StateRunPageProps = {
  readonly params: Promise<{ runId: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("stateProvisioning.run");
  return { title: t("metaTitle") };
}

export default async function StateRunPage({ params, searchParams }: StateRunPageProps) {
  const principal = await requirePrincipal();
  const { page: wanted } = parseStateFilter(await searchParams);
  const db = database();
  const found = await findStateRun(db, principal, fromSegment((await params).runId), wanted);
  if (found === null) notFound();
  const { run, problems, changes, total, page, pages } = found;
  const schools = await Promise.all(
    changes.map(async ({ schoolId, name, report }) => ({
      ...{ schoolId, name },
      lines: await readReport(db, { report, kind: run.kind }),
    })),
  );
  const t = await getTranslations("stateProvisioning");
  const pageText = { previous: t("previous"), next: t("next"), page: t("page", { page, pages }) };
  const isDry = run.kind === "dryRun";
  return (
    <div className="max-w-4xl">
      <PageTitle
        title={t(isDry ? "run.dryTitle" : "run.title")}
        lead={t(isDry ? "run.dryLead" : "run.lead")}
        back={<BackLink href={STATE_PROVISIONING_PATH}>{t("title")}</BackLink>}
      />
      <div className="space-y-10">
        <StateRuns runs={[run]} isAlone />
        <section aria-labelledby="schools" className="space-y-4">
          <h2 id="schools" className="text-xl font-semibold tracking-tight">
            {t(isDry ? "run.drySchools" : "run.schools", { count: total })}
          </h2>
          {schools.length === 0 ? null : <RunSchools schools={schools} />}
          <PageLinks page={page} pages={pages} pathOf={(to) => stateRunPath(run.id, to)} text={pageText} />
        </section>
        {problems.length === 0 ? null : (
          <section aria-labelledby="problems" className="space-y-4">
            <h2 id="problems" className="text-xl font-semibold tracking-tight">
              {t("run.problems", { count: run.counts.problems })}
            </h2>
            <RunProblems problems={problems} total={run.counts.problems} />
          </section>
        )}
      </div>
    </div>
  );
}
