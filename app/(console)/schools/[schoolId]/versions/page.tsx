// What was in effect at a school, since when, by whom and why.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { fromSegment, schoolPath } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { CompareForm } from "#components/versions/compare-form.tsx";
import { parseVersion } from "#components/versions/query.ts";
import { VersionList } from "#components/versions/version-list.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { listVersions } from "#lib/policy/version-queries.ts";
import { History } from "lucide-react";

type VersionsPageProps = {
  readonly params: Promise<{ schoolId: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("versions");
  return { title: t("title") };
}

export default async function VersionsPage({ params, searchParams }: VersionsPageProps) {
  const principal = await requirePrincipal();
  const schoolId = fromSegment((await params).schoolId);
  const asked = (await searchParams)["before"];
  const before = parseVersion(asked);
  const list = await listVersions(principal, schoolId, { before });
  if (!list) notFound();
  const t = await getTranslations("versions");
  const place = { school: list.school.name, id: schoolId };
  return (
    <div className="max-w-4xl">
      <PageTitle
        title={t("title")}
        lead={t("lead", place)}
        back={<BackLink href={schoolPath(schoolId, "matrix")}>{t("toMatrix")}</BackLink>}
      />
      <div className="space-y-6">
        {asked !== undefined && before === undefined ? (
          <Notice tone="warning">
            <p>{t("brokenBefore")}</p>
          </Notice>
        ) : null}
        {list.currentVersion > 1 ? <CompareForm schoolId={schoolId} currentVersion={list.currentVersion} /> : null}
        {list.versions.length === 0 ? <EmptyState icon={History}>{t("empty")}</EmptyState> : <VersionList {...list} />}
        <div className="flex flex-wrap gap-3">
          {list.nextBefore === null ? null : (
            <ButtonLink href={`${schoolPath(schoolId, "versions")}?before=${String(list.nextBefore)}`}>
              {t("older")}
            </ButtonLink>
          )}
          {before === undefined ? null : (
            <ButtonLink href={schoolPath(schoolId, "versions")} kind="quiet">
              {t("newest")}
            </ButtonLink>
          )}
        </div>
      </div>
    </div>
  );
}
