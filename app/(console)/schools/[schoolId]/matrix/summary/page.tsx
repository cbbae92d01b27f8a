// The consequences of a change, in sentences, before it is sent. The change itself stands in the address.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { Submission } from "#components/change/submission.tsx";
import { Summary, isOutdated } from "#components/change/summary.tsx";
import { parseChangeQuery } from "#components/matrix/edits-query.ts";
import { fromSegment, schoolPath } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { mayEditSchool } from "#lib/auth/principal.ts";
import { requirePrincipal } from "#lib/auth/session.ts";
import { possibleEnds } from "#lib/policy/end-date.ts";
import { getChangeSummary } from "#lib/policy/queries.ts";
import { cellKey } from "#lib/policy/roles.ts";

type SummaryPageProps = {
  readonly params: Promise<{ schoolId: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("summary");
  return { title: t("title") };
}

export default async function SummaryPage({ params, searchParams }: SummaryPageProps) {
  const principal = await requirePrincipal();
  const schoolId = fromSegment((await params).schoolId);
  const t = await getTranslations("summary");
  const back = <BackLink href={schoolPath(schoolId, "matrix")}>{t("back")}</BackLink>;
  const change = parseChangeQuery(await searchParams);
  if (!change) {
    return (
      <div className="max-w-3xl">
        <PageTitle title={t("title")} back={back} />
        <Notice tone="warning" title={t("brokenTitle")}>
          <p>{t("brokenText")}</p>
          <ButtonLink href={schoolPath(schoolId, "matrix")} className="mt-2">
            {t("back")}
          </ButtonLink>
        </Notice>
      </div>
    );
  }
  const summary = await getChangeSummary(principal, schoolId, change.baseVersion, change.edits);
  if (!summary) notFound();
  const edits = Object.fromEntries(change.edits.map(({ cell, allowed }) => [cellKey(cell), allowed]));
  const mayEdit = mayEditSchool(principal, schoolId);
  const maySend = mayEdit && !isOutdated(summary) && summary.locked.length === 0 && summary.items.length > 0;
  const ends = summary.items.some(({ allowed }) => allowed) ? possibleEnds(new Date()) : null;
  return (
    <div className="max-w-3xl">
      <Submission {...{ schoolId, edits, maySend, ends }} baseVersion={change.baseVersion}>
        <PageTitle
          title={t("title")}
          lead={t("lead", { school: summary.school.name, id: summary.school.id })}
          back={back}
        />
        {mayEdit ? null : (
          <div className="mb-6">
            <Notice tone="info">
              <p>{t("readOnly")}</p>
            </Notice>
          </div>
        )}
        <Summary summary={summary} edits={edits} />
      </Submission>
    </div>
  );
}
