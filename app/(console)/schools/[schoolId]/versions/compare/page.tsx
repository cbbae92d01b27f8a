// Any two versions of a school beside each other, and the way back to one of them.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { fromSegment, schoolPath } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { CompareForm } from "#components/versions/compare-form.tsx";
import { Comparison } from "#components/versions/comparison.tsx";
import { parseVersion } from "#components/versions/query.ts";
import { requirePrincipal } from "#lib/auth/session.ts";
import { compareVersions, listVersions } from "#lib/policy/version-queries.ts";

type ComparePageProps = {
  readonly params: Promise<{ schoolId: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("versions");
  return { title: t("compareTitle") };
}

export default async function ComparePage({ params, searchParams }: ComparePageProps) {
  const principal = await requirePrincipal();
  const schoolId = fromSegment((await params).schoolId);
  const query = await searchParams;
  const [from, to] = [parseVersion(query["from"]), parseVersion(query["to"])];
  const list = await listVersions(principal, schoolId);
  if (!list) notFound();
  const comparison =
    from === undefined || to === undefined ? null : await compareVersions(principal, schoolId, from, to);
  const t = await getTranslations("versions");
  return (
    <div className="max-w-3xl">
      <PageTitle
        title={t("compareTitle")}
        lead={t("compareLead", { school: list.school.name, id: schoolId })}
        back={<BackLink href={schoolPath(schoolId, "versions")}>{t("all")}</BackLink>}
      />
      <div className="space-y-8">
        <CompareForm
          key={`${String(from)} ${String(to)}`}
          {...{ schoolId, from, to }}
          currentVersion={list.currentVersion}
        />
        {comparison === null ? (
          <Notice tone="warning" title={t("missingTitle")}>
            <p>{t("missingText", { current: list.currentVersion })}</p>
          </Notice>
        ) : (
          <Comparison comparison={comparison} />
        )}
      </div>
    </div>
  );
}
