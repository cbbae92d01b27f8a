// What somebody of the state did themselves, at all schools.
import { ScrollText } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { AuditList } from "#components/audit/audit-list.tsx";
import { OWN_AUDIT_PATH, withFilter } from "#components/audit/audit-paths.ts";
import { FilterForm } from "#components/audit/filter-form.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { isFiltered, parseFilter, type Parameters } from "#lib/audit/filter.ts";
import { listOwnAuditEntries } from "#lib/audit/queries.ts";
import { requirePrincipal } from "#lib/auth/session.ts";

type OwnAuditPageProps = { readonly searchParams: Promise<Parameters> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("audit");
  return { title: t("ownTitle") };
}

export default async function OwnAuditPage({ searchParams }: OwnAuditPageProps) {
  const principal = await requirePrincipal();
  const parameters = await searchParams;
  const { filter, isBroken } = parseFilter(parameters);
  const asked = parameters["after"];
  const cursor = typeof asked === "string" ? asked : undefined;
  const page = await listOwnAuditEntries(principal, { cursor, filter });
  if (!page) notFound();
  const t = await getTranslations("audit");
  return (
    <div className="max-w-5xl">
      <PageTitle title={t("ownTitle")} lead={t("ownLead")} />
      <div className="space-y-6">
        {isBroken ? (
          <Notice tone="warning">
            <p>{t("brokenFilter")}</p>
          </Notice>
        ) : null}
        <FilterForm path={OWN_AUDIT_PATH} filter={filter} withPerson={false} />
        {page.entries.length === 0 ? (
          <EmptyState icon={ScrollText}>{t(isFiltered(filter) ? "emptyFiltered" : "ownEmpty")}</EmptyState>
        ) : (
          <AuditList entries={page.entries} acrossChains />
        )}
        <div className="flex flex-wrap gap-3">
          {page.nextCursor === null ? null : (
            <ButtonLink href={withFilter(OWN_AUDIT_PATH, filter, { after: page.nextCursor })}>{t("older")}</ButtonLink>
          )}
          {cursor === undefined ? null : (
            <ButtonLink href={withFilter(OWN_AUDIT_PATH, filter)} kind="quiet">
              {t("newest")}
            </ButtonLink>
          )}
        </div>
      </div>
    </div>
  );
}
