// The overview: what is in effect, what waits for somebody, how far the set-up is.
import { Hourglass } from "lucide-react";
import type { Metadata } from "next";
import { getLocale, getTranslations } from "next-intl/server";
import { LiveLines, LiveOverview } from "#components/overview/live.tsx";
import { liveState } from "#components/overview/live-state.ts";
import { SchoolCard } from "#components/overview/school-card.tsx";
import { readOverview } from "#components/shell/read-schools.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("overview");
  return { title: t("title") };
}

export default async function OverviewPage() {
  const overview = await readOverview(await requirePrincipal());
  const t = await getTranslations();
  const locale = await getLocale();
  const initial = liveState(overview, { t, locale, now: new Date() });
  return (
    <div className="max-w-4xl">
      <PageTitle title={t("overview.title")} lead={t("overview.lead")} />
      {/* another language is another answer */}
      <LiveOverview key={locale} initial={initial}>
        <div className="space-y-6">
          {overview.schools.length === 0 ? <EmptyState icon={Hourglass}>{t("overview.empty")}</EmptyState> : null}
          {overview.schools.map((school) => (
            <SchoolCard key={school.school.id} overview={school} />
          ))}
          <section aria-labelledby="systems">
            <h2 id="systems" className="mb-3 text-xl font-semibold tracking-tight">
              {t("overview.systems")}
            </h2>
            <LiveLines />
          </section>
        </div>
      </LiveOverview>
    </div>
  );
}
