// One matter that support has handed to the school's management, and the answer to it.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { EscalationBody } from "#components/reports/escalation-detail.tsx";
import { escalationsPath, fromSegment } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { getEscalation } from "#lib/reports/escalation-queries.ts";

type EscalationPageProps = { readonly params: Promise<{ schoolId: string; escalationId: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("reports");
  return { title: t("caseMetaTitle") };
}

export default async function SchoolEscalationPage({ params }: EscalationPageProps) {
  const principal = await requirePrincipal();
  const path = await params;
  const schoolId = fromSegment(path.schoolId);
  const escalation = await getEscalation(principal, schoolId, fromSegment(path.escalationId));
  if (!escalation) notFound();
  const t = await getTranslations("reports");
  return (
    <div className="max-w-4xl">
      <PageTitle
        title={t("caseTitle", { number: String(escalation.caseNumber) })}
        back={<BackLink href={escalationsPath(schoolId)}>{t("escalated.title")}</BackLink>}
      />
      <EscalationBody escalation={escalation} />
    </div>
  );
}
