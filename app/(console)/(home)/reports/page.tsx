// The inbox of abuse reports of all schools, for support; the state's administrators hand out work without content.
import { Bell, ChartColumn, School, Trash2 } from "lucide-react";
import type { Metadata } from "next";
import { getLocale, getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { InboxFilterForm } from "#components/reports/inbox-filter-form.tsx";
import { inboxState } from "#components/reports/inbox-state.ts";
import { Inbox } from "#components/reports/inbox.tsx";
import { Views } from "#components/reports/views.tsx";
import { escalationsPath } from "#components/shell/paths.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { inboxQuery, parseInboxFilter } from "#lib/reports/inbox-filter.ts";
import { readInboxContent } from "#lib/reports/pages.ts";

type ReportsPageProps = { readonly searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("reports");
  return { title: t("title") };
}

export default async function ReportsPage({ searchParams }: ReportsPageProps) {
  const principal = await requirePrincipal();
  const parameters = await searchParams;
  const filter = parseInboxFilter(parameters);
  const cursor = typeof parameters["after"] === "string" ? parameters["after"] : null;
  const content = await readInboxContent(principal, filter, cursor);
  if (!content) notFound();
  const { page, unreadable, choices, toState, openToState } = content;
  const t = await getTranslations();
  const locale = await getLocale();
  const query = inboxQuery(filter);
  const writer = { t, locale, now: new Date() };
  return (
    <div>
      <PageTitle
        title={t("reports.title")}
        lead={t(page.sight === "content" ? "reports.lead" : "reports.leadAssignment")}
      />
      <div className="space-y-5">
        <div className="flex flex-wrap items-start justify-between gap-3">
          <Views views={choices.views} query={query} />
          <div className="flex flex-wrap gap-2">
            {toState === null ? null : (
              <ButtonLink href={escalationsPath(null)} kind="quiet">
                <School aria-hidden className="size-5" />
                {t("reports.escalated.toStateLink", { count: openToState })}
              </ButtonLink>
            )}
            <ButtonLink href="/reports/numbers" kind="quiet">
              <ChartColumn aria-hidden className="size-5" />
              {t("reports.numbers.title")}
            </ButtonLink>
            <ButtonLink href="/reports/retention" kind="quiet">
              <Trash2 aria-hidden className="size-5" />
              {t("retention.title")}
            </ButtonLink>
            {page.sight === "content" ? (
              <ButtonLink href="/reports/notices" kind="quiet">
                <Bell aria-hidden className="size-5" />
                {t("caseNotices.title")}
              </ButtonLink>
            ) : null}
          </div>
        </div>
        {/* another address is another choice */}
        <InboxFilterForm key={query} filter={filter} choices={choices} />
        <Inbox
          key={`${locale} ${query} ${cursor ?? ""}`}
          initial={inboxState(page, unreadable, writer, principal.personId)}
          query={query}
          cursor={cursor}
          isFiltered={query !== ""}
        />
      </div>
    </div>
  );
}
