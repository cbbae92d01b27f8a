// How much is open and how long it takes; for support and the state.
import { ChartColumn } from "lucide-react";
import type { Metadata } from "next";
import { getLocale, getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { NumberCharts } from "#components/reports/number-charts.tsx";
import { REPORTS_PATH } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { getCaseNumbers } from "#lib/reports/numbers.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("reports.numbers");
  return { title: t("title") };
}

export default async function NumbersPage() {
  const numbers = await getCaseNumbers(await requirePrincipal());
  if (!numbers) notFound();
  const t = await getTranslations("reports");
  const isEmpty = numbers.byMonth.length === 0 && numbers.bySeverity.length === 0;
  return (
    <div className="max-w-5xl">
      <PageTitle
        title={t("numbers.title")}
        lead={t("numbers.lead")}
        back={<BackLink href={REPORTS_PATH}>{t("title")}</BackLink>}
      />
      {isEmpty ? (
        <EmptyState icon={ChartColumn}>{t("numbers.empty")}</EmptyState>
      ) : (
        <NumberCharts numbers={numbers} locale={await getLocale()} />
      )}
    </div>
  );
}
