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
  const summary = await getChangeSummary(principal, schoolId, change.baseVersion, change.edits, change.ends);
  if (!summary) notFound();
  const edits = Object.fromEntries(change.edits.map(({ cell, allowed }) => [cellKey(cell), allowed]));
  const { cells, endsOn } = change.ends;
  const ends = cells.length === 0 ? null : { keys: cells.map(cellKey), endsOn };
  const mayEdit = mayEditSchool(principal, schoolId);
  const isWhole = summary.locked.length === 0 && summary.notOpen.length === 0;
  const maySend = mayEdit && !isOutdated(summary) && isWhole && summary.items.length > 0;
  const mayEnd = ends === null && summary.items.some(({ allowed }) => allowed);
  const sent = { schoolId, baseVersion: change.baseVersion, edits, ends, maySend };
  return (
    <div className="max-w-3xl">
      <Submission {...sent} possibleEnds={mayEnd ? possibleEnds(new Date()) : null}>
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
        <Summary {...{ summary, edits, ends }} />
      </Submission>
    </div>
  );
}
