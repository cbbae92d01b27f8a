// What a sync of the school would do, found out without doing it.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { LiveWork, WorkStatus } from "#components/provisioning/live-work.tsx";
import { missingSwitches } from "#components/provisioning/off-notice.tsx";
import { readReport } from "#components/provisioning/read-report.ts";
import { readWork } from "#components/provisioning/read-work.ts";
import { RunSummary } from "#components/provisioning/run-summary.tsx";
import { StepButton } from "#components/provisioning/step-button.tsx";
import { fromSegment, schoolPath } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { database } from "#lib/db/shared.ts";
import { findSchoolRuns } from "#lib/directory/queries.ts";
import { findSchoolProvisioning } from "#lib/provisioning/queries.ts";

type DryRunPageProps = { readonly params: Promise<{ schoolId: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("provisioning.dryRun");
  return { title: t("title") };
}

export default async function DryRunPage({ params }: DryRunPageProps) {
  const principal = await requirePrincipal();
  const schoolId = fromSegment((await params).schoolId);
  const db = database();
  const [provisioning, work] = await Promise.all([
    findSchoolProvisioning(db, principal, schoolId),
    readWork(db, principal, schoolId),
  ]);
  if (provisioning === null || work === null) notFound();
  const [runs, runsOfLdap] = await Promise.all([
    findSchoolRuns(db, principal, schoolId, { limit: 1, kinds: ["dryRun"] }),
    findSchoolRuns(db, principal, schoolId, { limit: 1, kinds: ["dryRun"], source: "ldap" }),
  ]);
  const latest = runs.find(({ outcome }) => outcome !== "running");
  const latestOfLdap = runsOfLdap.find(({ outcome }) => outcome !== "running");
  const isServed = missingSwitches(provisioning.switches).length === 0;
  const t = await getTranslations("provisioning");
  return (
    <div className="max-w-4xl">
      <PageTitle
        title={t("dryRun.title")}
        lead={t("dryRun.lead", { school: provisioning.name })}
        back={<BackLink href={schoolPath(schoolId, "provisioning")}>{t("title")}</BackLink>}
      />
      <LiveWork key={schoolId} schoolId={schoolId} initial={work}>
        <div className="space-y-8">
          {isServed ? null : (
            <Notice tone="info">
              <p>{t("dryRun.asServed")}</p>
            </Notice>
          )}
          <WorkStatus of="dryRun" />
          <StepButton
            schoolId={schoolId}
            step={{ kind: "dryRun", asServed: !isServed }}
            look={latest === undefined ? "primary" : "secondary"}
          />
          <section aria-labelledby="result" aria-live="polite" className="space-y-4">
            <h2 id="result" className="text-xl font-semibold tracking-tight">
              {t("dryRun.result")}
            </h2>
            {latest === undefined ? (
              <p className="text-ink-soft">{t("dryRun.none")}</p>
            ) : (
              <>
                <RunSummary run={latest} lines={await readReport(db, latest)} />
                {latest.report === null || latest.report.jobs === 0 ? null : (
                  <p className="text-ink-soft">{t("dryRun.jobs", { count: latest.report.jobs })}</p>
                )}
              </>
            )}
          </section>
          {latestOfLdap === undefined ? null : (
            <section aria-labelledby="ldap" aria-live="polite" className="space-y-4">
              <h2 id="ldap" className="text-xl font-semibold tracking-tight">
                {t("dryRun.resultOfLdap")}
              </h2>
              <RunSummary run={latestOfLdap} lines={await readReport(db, latestOfLdap)} />
            </section>
          )}
        </div>
      </LiveWork>
    </div>
  );
}
