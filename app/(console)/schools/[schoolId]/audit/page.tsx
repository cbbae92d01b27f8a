// What happened at a school, newest first, with the word of the hash chain.
import { ScrollText, ShieldCheck } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { AuditList } from "#components/audit/audit-list.tsx";
import { parseBefore } from "#components/audit/before.ts";
import { readSchools } from "#components/shell/read-schools.ts";
import { fromSegment, schoolPath } from "#components/shell/paths.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { listAuditEntries } from "#lib/audit/queries.ts";
import { requirePrincipal } from "#lib/auth/session.ts";

type AuditPageProps = {
  readonly params: Promise<{ schoolId: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("audit");
  return { title: t("title") };
}

export default async function AuditPage({ params, searchParams }: AuditPageProps) {
  const principal = await requirePrincipal();
  const schoolId = fromSegment((await params).schoolId);
  const asked = (await searchParams)["before"];
  const before = parseBefore(asked);
  const page = await listAuditEntries(principal, schoolId, { before });
  const listed = (await readSchools(principal)).find(({ school }) => school.id === schoolId);
  if (!page) notFound();
  const t = await getTranslations("audit");
  return (
    <div className="max-w-5xl">
      <PageTitle title={t("title")} lead={t("lead", { school: listed?.school.name ?? schoolId, id: schoolId })} />
      <div className="space-y-6">
        {asked !== undefined && before === undefined ? (
          <Notice tone="warning">
            <p>{t("brokenAddress")}</p>
          </Notice>
        ) : null}
        {page.entries.length === 0 ? (
          <EmptyState icon={ScrollText}>{t("empty")}</EmptyState>
        ) : (
          <>
            {page.chainVerified ? (
              <p className="flex items-center gap-2 text-ink-soft">
                <ShieldCheck aria-hidden className="size-5 flex-none text-added" />
                {t("verified")}
              </p>
            ) : (
              <Notice tone="danger">
                <p>{t("broken")}</p>
              </Notice>
            )}
            <AuditList entries={page.entries} schoolId={schoolId} />
          </>
        )}
        <div className="flex flex-wrap gap-3">
          {page.nextBefore === null ? null : (
            <ButtonLink href={`${schoolPath(schoolId, "audit")}?before=${String(page.nextBefore)}`}>
              {t("older")}
            </ButtonLink>
          )}
          {before === undefined ? null : (
            <ButtonLink href={schoolPath(schoolId, "audit")} kind="quiet">
              {t("newest")}
            </ButtonLink>
          )}
        </div>
      </div>
    </div>
  );
}
