// The overview: what needs the reader first, what is in effect, how far the set-up is.
import { Hourglass } from "lucide-react";
import type { Metadata } from "next";
import { getLocale, getTranslations } from "next-intl/server";
import { AttentionList } from "#components/overview/attention-list.tsx";
import { LiveLines, LiveOverview } from "#components/overview/live.tsx";
import { liveState } from "#components/overview/live-state.ts";
import { SchoolCard } from "#components/overview/school-card.tsx";
import { SchoolFinder, SchoolPages } from "#components/overview/school-finder.tsx";
import { parseSearch, searchQuery } from "#components/overview/school-search.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { attentionOf } from "#lib/overview/attention.ts";
import { getOverview } from "#lib/overview/queries.ts";

type OverviewPageProps = { readonly searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("overview");
  return { title: t("title") };
}

export default async function OverviewPage({ searchParams }: OverviewPageProps) {
  const principal = await requirePrincipal();
  const single = Object.entries(await searchParams).filter((entry): entry is [string, string] => {
    return typeof entry[1] === "string";
  });
  const overview = await getOverview(principal, parseSearch(new URLSearchParams(single)));
  const { schools, search } = overview;
  const t = await getTranslations();
  const locale = await getLocale();
  const now = new Date();
  const query = search === null ? "" : searchQuery(search);
  const empty =
    search !== null && search.text !== "" ? t("overview.search.empty", { text: search.text }) : t("overview.empty");
  return (
    <div className="max-w-4xl">
      <PageTitle title={t("overview.title")} lead={t(search === null ? "overview.lead" : "overview.leadState")} />
      {/* another language is another answer */}
      <LiveOverview key={`${locale} ${query}`} initial={liveState(overview, { t, locale, now })} search={query}>
        <div className="space-y-8">
          <AttentionList items={attentionOf(overview, now)} />
          {search === null ? null : <SchoolFinder search={search} />}
          {schools.length === 0 ? <EmptyState icon={Hourglass}>{empty}</EmptyState> : null}
          {schools.map((school) => (
            <SchoolCard key={school.school.id} overview={school} />
          ))}
          {search === null ? null : <SchoolPages search={search} />}
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
