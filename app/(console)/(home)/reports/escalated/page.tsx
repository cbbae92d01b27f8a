// What went to the state instead of a school's management, because a manager is a party.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { EscalationList } from "#components/reports/escalation-list.tsx";
import { REPORTS_PATH } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { listEscalations } from "#lib/reports/escalation-queries.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("reports.escalated");
  return { title: t("stateTitle") };
}

export default async function EscalatedToStatePage() {
  const escalations = await listEscalations(await requirePrincipal(), null);
  if (!escalations) notFound();
  const t = await getTranslations("reports");
  return (
    <div className="max-w-4xl">
      <PageTitle
        title={t("escalated.stateTitle")}
        lead={t("escalated.stateLead")}
        back={<BackLink href={REPORTS_PATH}>{t("title")}</BackLink>}
      />
      <EscalationList escalations={escalations} schoolId={null} />
    </div>
  );
}
