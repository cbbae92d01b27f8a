// One case: what was reported, what was done, and what can be done now.
import type { Metadata } from "next";
import { getLocale, getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { casePage } from "#components/reports/case-state.ts";
import { CaseView } from "#components/reports/case-view.tsx";
import { fromSegment, REPORTS_PATH } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { readCaseContent } from "#lib/reports/pages.ts";
import { pageOfReports } from "#lib/reports/report-pages.ts";

type CasePageProps = {
  readonly params: Promise<{ caseId: string }>;
  readonly searchParams: Promise<{ reports?: string | string[] }>;
};

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("reports");
  return { title: t("caseMetaTitle") };
}

export default async function CasePage({ params, searchParams }: CasePageProps) {
  const principal = await requirePrincipal();
  const reports = pageOfReports((await searchParams).reports);
  const content = await readCaseContent(principal, fromSegment((await params).caseId), reports);
  if (!content) notFound();
  const { view, choices } = content;
  const t = await getTranslations();
  const locale = await getLocale();
  const page = casePage(view, { t, locale, now: new Date() }, principal.personId);
  return (
    <div className="max-w-6xl">
      <PageTitle title={page.title} back={<BackLink href={REPORTS_PATH}>{t("reports.title")}</BackLink>} />
      <CaseView
        key={`${locale} ${view.id} ${reports ?? ""}`}
        caseId={view.id}
        initial={page}
        reports={reports ?? ""}
        choices={{ people: choices.people, teams: choices.teams }}
      />
    </div>
  );
}
