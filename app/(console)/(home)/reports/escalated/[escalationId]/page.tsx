// One matter that the state answers instead of a school's management.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { EscalationBody } from "#components/reports/escalation-detail.tsx";
import { escalationsPath, fromSegment } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { getEscalation } from "#lib/reports/escalation-queries.ts";

type EscalationPageProps = { readonly params: Promise<{ escalationId: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("reports");
  return { title: t("caseMetaTitle") };
}

export default async function StateEscalationPage({ params }: EscalationPageProps) {
  const principal = await requirePrincipal();
  const escalation = await getEscalation(principal, null, fromSegment((await params).escalationId));
  if (!escalation) notFound();
  const t = await getTranslations("reports");
  return (
    <div className="max-w-4xl">
      <PageTitle
        title={t("caseTitle", { number: String(escalation.caseNumber) })}
        lead={escalation.schoolName}
        back={<BackLink href={escalationsPath(null)}>{t("escalated.stateTitle")}</BackLink>}
      />
      <EscalationBody escalation={escalation} />
    </div>
  );
}
