// What support has handed to a school's management.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { EscalationList } from "#components/reports/escalation-list.tsx";
import { fromSegment } from "#components/shell/paths.ts";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { listEscalations } from "#lib/reports/escalation-queries.ts";

type SchoolReportsPageProps = { readonly params: Promise<{ schoolId: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("reports.escalated");
  return { title: t("title") };
}

export default async function SchoolReportsPage({ params }: SchoolReportsPageProps) {
  const principal = await requirePrincipal();
  const schoolId = fromSegment((await params).schoolId);
  const escalations = await listEscalations(principal, schoolId);
  if (!escalations) notFound();
  const t = await getTranslations("reports.escalated");
  return (
    <div className="max-w-4xl">
      <PageTitle title={t("title")} lead={t("lead")} />
      <EscalationList escalations={escalations} schoolId={schoolId} />
    </div>
  );
}
