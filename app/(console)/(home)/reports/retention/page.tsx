// What of the reports is deleted when, and what is kept from deletion.
import { ShieldCheck, Trash2 } from "lucide-react";
import type { Metadata } from "next";
import { getLocale, getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { RetentionLists } from "#components/reports/retention-lists.tsx";
import { REPORTS_PATH } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { getRetention } from "#lib/reports/retention-queries.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("retention");
  return { title: t("title") };
}

export default async function RetentionPage() {
  const principal = await requirePrincipal();
  const now = new Date();
  const view = await getRetention(principal, now);
  if (!view) notFound();
  const t = await getTranslations();
  const writer = { t, locale: await getLocale(), now };
  return (
    <div className="max-w-5xl space-y-8">
      <PageTitle
        title={t("retention.title")}
        lead={t("retention.lead")}
        back={<BackLink href={REPORTS_PATH}>{t("reports.title")}</BackLink>}
      />
      <p>{t("retention.numbers", { waiting: view.waiting, soon: view.thisMonth, erased: view.erased })}</p>
      <section aria-labelledby="periods" className="space-y-3">
        <h2 id="periods" className="text-xl font-semibold tracking-tight">
          {t("retention.periods")}
        </h2>
        <p className="text-ink-soft">{t("retention.periodsHint")}</p>
        <dl className="grid gap-x-8 gap-y-3 sm:grid-cols-3">
          {view.periods.map(({ category, days }) => (
            <div key={category}>
              <dt className="text-sm text-ink-soft">{t(`reports.category.${category}`)}</dt>
              <dd className="font-semibold">{t("retention.days", { days })}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section aria-labelledby="held" className="space-y-3">
        <h2 id="held" className="text-xl font-semibold tracking-tight">
          {t("retention.held")}
        </h2>
        {view.held.length === 0 ? (
          <EmptyState icon={ShieldCheck}>{t("retention.heldEmpty")}</EmptyState>
        ) : (
          <RetentionLists rows={view.held} writer={writer} labelledBy="held" />
        )}
      </section>
      <section aria-labelledby="next" className="space-y-3">
        <h2 id="next" className="text-xl font-semibold tracking-tight">
          {t("retention.next")}
        </h2>
        {view.next.length === 0 ? (
          <EmptyState icon={Trash2}>{t("retention.nextEmpty")}</EmptyState>
        ) : (
          <RetentionLists rows={view.next} writer={writer} labelledBy="next" />
        )}
      </section>
    </div>
  );
}
