// Records of all sources that could not be understood; everything else went on.
import { CircleCheck } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { recordProblem, recordType } from "#components/provisioning/problem-text.ts";
import { fromSegment, schoolPath } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { database } from "#lib/db/shared.ts";
import { findRecordProblems } from "#lib/directory/work-queries.ts";

type RecordsPageProps = { readonly params: Promise<{ schoolId: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("provisioning.records");
  return { title: t("title") };
}

export default async function RecordsPage({ params }: RecordsPageProps) {
  const principal = await requirePrincipal();
  const schoolId = fromSegment((await params).schoolId);
  const found = await findRecordProblems(database(), principal, schoolId);
  if (found === null) notFound();
  const { problems, strangers } = found;
  const t = await getTranslations();
  const head = t("provisioning.records.title");
  return (
    <div className="max-w-4xl">
      <PageTitle
        title={head}
        lead={t("provisioning.records.lead")}
        back={<BackLink href={schoolPath(schoolId, "provisioning")}>{t("provisioning.title")}</BackLink>}
      />
      {problems.length + strangers.length === 0 ? (
        <EmptyState icon={CircleCheck}>{t("provisioning.records.none")}</EmptyState>
      ) : (
        <div className="space-y-10">
          {problems.length === 0 ? null : (
            <ul className="divide-y divide-line border-y border-line">
              {problems.map(({ source, recordType: type, recordId, reason, at }) => (
                <li key={`${source} ${type} ${recordId} ${reason}`} className="space-y-1 py-3 break-words">
                  <p className="font-semibold">{recordProblem(t, reason)}</p>
                  <p className="text-ink-soft">
                    {t(`provisioning.records.source.${source}`)} · {recordType(t, type)}{" "}
                    <span className="break-all">{recordId === "" ? t("provisioning.records.noId") : recordId}</span>
                    {at === null ? null : (
                      <>
                        {" · "}
                        <Moment at={at} />
                      </>
                    )}
                  </p>
                </li>
              ))}
            </ul>
          )}
          {strangers.length === 0 ? null : (
            <section aria-labelledby="strangers" className="space-y-3">
              <h2 id="strangers" className="text-xl font-semibold tracking-tight">
                {t("provisioning.records.strangers")}
              </h2>
              <p className="prose-width text-ink-soft">{t("provisioning.records.strangersHint")}</p>
              <ul className="divide-y divide-line border-y border-line">
                {strangers.map(({ person, group }, index) => (
                  // two people may have the same name
                  <li key={index} className="py-2">
                    {t("provisioning.report.inGroup", { person, group })}
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
      )}
    </div>
  );
}
