// What has arrived in the chat from the directory: the last sync, what waits, what failed, and what needs somebody.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { HelpList } from "#components/provisioning/help-list.tsx";
import { LiveWork, WorkStatus } from "#components/provisioning/live-work.tsx";
import { NoticeList } from "#components/provisioning/notice-list.tsx";
import { OffNotice } from "#components/provisioning/off-notice.tsx";
import { readReport } from "#components/provisioning/read-report.ts";
import { readWork } from "#components/provisioning/read-work.ts";
import { RunHistory } from "#components/provisioning/run-history.tsx";
import { RunSummary } from "#components/provisioning/run-summary.tsx";
import { StateCounts } from "#components/provisioning/state-counts.tsx";
import { StepButton } from "#components/provisioning/step-button.tsx";
import { fromSegment, schoolPath } from "#components/shell/paths.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { database } from "#lib/db/shared.ts";
import { countHeldChanges, findSchoolRuns } from "#lib/directory/queries.ts";
import { findRecordProblems } from "#lib/directory/work-queries.ts";
import { findSchoolNotices, findSchoolProvisioning, type RoomLine } from "#lib/provisioning/queries.ts";

type ProvisioningPageProps = { readonly params: Promise<{ schoolId: string }> };

const SHOWN_RUNS = 10;

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("provisioning");
  return { title: t("title") };
}

function countRooms(rooms: readonly RoomLine[]) {
  const counts = { asWanted: 0, waiting: 0, failed: 0 };
  for (const { state } of rooms) if (state !== "closed") counts[state] += 1;
  return counts;
}

export default async function ProvisioningPage({ params }: ProvisioningPageProps) {
  const principal = await requirePrincipal();
  const schoolId = fromSegment((await params).schoolId);
  const db = database();
  const [provisioning, work] = await Promise.all([
    findSchoolProvisioning(db, principal, schoolId),
    readWork(db, principal, schoolId),
  ]);
  if (provisioning === null || work === null) notFound();
  const [runs, runsOfLdap, held, records, notices] = await Promise.all([
    findSchoolRuns(db, principal, schoolId, { limit: SHOWN_RUNS }),
    findSchoolRuns(db, principal, schoolId, { limit: SHOWN_RUNS, source: "ldap" }),
    countHeldChanges(db, principal, schoolId),
    findRecordProblems(db, principal, schoolId),
    findSchoolNotices(db, principal, schoolId),
  ]);
  const [latest, ...earlier] = runs;
  const [latestOfLdap, ...earlierOfLdap] = runsOfLdap;
  const history = [...earlier, ...earlierOfLdap].toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
  const rooms = countRooms(provisioning.rooms);
  const t = await getTranslations("provisioning");
  return (
    <div className="max-w-4xl">
      <PageTitle title={t("title")} lead={t("lead", { school: provisioning.name, id: schoolId })} />
      <LiveWork key={schoolId} schoolId={schoolId} initial={work}>
        <div className="space-y-10">
          <OffNotice schoolId={schoolId} provisioning={provisioning} />
          <section aria-labelledby="now" className="space-y-3">
            <h2 id="now" className="text-xl font-semibold tracking-tight">
              {t("now")}
            </h2>
            <WorkStatus of="sync" />
          </section>
          <HelpList
            schoolId={schoolId}
            counts={{
              held,
              people: provisioning.people.failed,
              rooms: rooms.failed,
              records: (records?.problems.length ?? 0) + (records?.strangers.length ?? 0),
            }}
          />
          <NoticeList notices={notices ?? []} />
          <section aria-labelledby="counts" className="space-y-4">
            <h2 id="counts" className="text-xl font-semibold tracking-tight">
              {t("countsTitle")}
            </h2>
            <div className="grid gap-x-12 gap-y-6 sm:grid-cols-2">
              <StateCounts schoolId={schoolId} of="people" counts={provisioning.people} />
              <StateCounts schoolId={schoolId} of="rooms" counts={rooms} />
            </div>
          </section>
          <section aria-labelledby="latest" className="space-y-4">
            <h2 id="latest" className="text-xl font-semibold tracking-tight">
              {t("latestTitle")}
            </h2>
            {latest === undefined ? (
              <p className="text-ink-soft">{t("run.none")}</p>
            ) : (
              <RunSummary run={latest} lines={await readReport(db, latest)} />
            )}
            <div className="flex flex-wrap items-start gap-3">
              <StepButton schoolId={schoolId} step={{ kind: "sync" }} />
              <ButtonLink href={schoolPath(schoolId, "provisioning/dry-run")} kind="quiet">
                {t("toDryRun")}
              </ButtonLink>
            </div>
          </section>
          {latestOfLdap === undefined ? null : (
            <section aria-labelledby="ldap" className="space-y-4">
              <h2 id="ldap" className="text-xl font-semibold tracking-tight">
                {t("latestOfLdap")}
              </h2>
              <RunSummary run={latestOfLdap} lines={await readReport(db, latestOfLdap)} />
            </section>
          )}
          <RunHistory runs={history} />
        </div>
      </LiveWork>
    </div>
  );
}
