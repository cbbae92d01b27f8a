// What a change of the frame does at the schools, before it is sent. The change itself stands in the address.
import { UsersRound, Zap } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { parseFrameChange, summaryPath } from "#components/frame/edits-address.ts";
import { FrameSubmission } from "#components/frame/frame-submission.tsx";
import { ItemList, PlainItemList } from "#components/frame/item-list.tsx";
import { itemTitle } from "#components/frame/item-sentences.ts";
import { SchoolEffect } from "#components/frame/school-effect.tsx";
import { keySentence } from "#components/matrix/sentences.ts";
import { FRAME_PATH, proposalPath } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { isLandAdmin } from "#lib/auth/principal.ts";
import { PERIOD_BOUNDS } from "#lib/policy/frame-change.ts";
import { getFrameSummary } from "#lib/policy/frame-queries.ts";

type SummaryPageProps = { readonly searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("frame");
  return { title: t("summaryTitle") };
}

export default async function FrameSummaryPage({ searchParams }: SummaryPageProps) {
  const principal = await requirePrincipal();
  if (!isLandAdmin(principal)) notFound();
  const t = await getTranslations();
  const back = <BackLink href={FRAME_PATH}>{t("frame.back")}</BackLink>;
  const change = parseFrameChange(await searchParams);
  const summary = change && (await getFrameSummary(principal, change.baseVersion, change.edits));
  if (!summary) {
    return (
      <div className="max-w-3xl">
        <PageTitle title={t("frame.summaryTitle")} back={back} />
        <Notice tone="warning" title={t("summary.brokenTitle")}>
          <p>{t("frame.brokenText")}</p>
          <ButtonLink href={FRAME_PATH} className="mt-2">
            {t("frame.back")}
          </ButtonLink>
        </Notice>
      </div>
    );
  }
  const { immediate, waiting, problems, openProposalId, currentVersion, changedMeanwhile } = summary;
  const isOutdated = summary.baseVersion !== currentVersion;
  const isBlocked = openProposalId !== null && waiting.length > 0;
  const isEmpty = immediate.length === 0 && waiting.length === 0;
  const onwards = summaryPath(currentVersion, change.edits);
  return (
    <div className="max-w-3xl">
      <FrameSubmission change={change} maySend={!isOutdated && !isBlocked && !isEmpty && problems.length === 0}>
        <PageTitle title={t("frame.summaryTitle")} lead={t("frame.summaryLead")} back={back} />
        <div className="space-y-8">
          {isOutdated ? (
            <Notice tone="warning" title={t("frame.conflictTitle", { frame: currentVersion })}>
              <PlainItemList items={changedMeanwhile} />
              {onwards === undefined ? null : (
                <ButtonLink href={onwards} kind="primary" className="mt-2">
                  {t("frame.conflictContinue", { frame: currentVersion })}
                </ButtonLink>
              )}
            </Notice>
          ) : null}
          {problems.length === 0 ? null : (
            <Notice tone="danger" title={t("frame.problemsTitle")}>
              <ul className="list-disc pl-5">
                {problems.map((problem) =>
                  problem.kind === "period" ? (
                    <li key={problem.name}>
                      {t(`client.frame.setting.${problem.name}`)}:{" "}
                      {t("client.frame.problem.period", PERIOD_BOUNDS[problem.name])}
                    </li>
                  ) : (
                    <li key={problem.kind + problem.key}>
                      {keySentence(t, problem.key)}: {t(`client.frame.problem.${problem.kind}`)}
                    </li>
                  ),
                )}
              </ul>
            </Notice>
          )}
          {isEmpty ? <Notice tone="info" title={t("summary.nothingTitle")} /> : null}
          {openProposalId === null ? null : (
            <Notice tone={isBlocked ? "warning" : "waiting"}>
              <p>{t(isBlocked ? "frame.blocked" : "frame.voids")}</p>
              <ButtonLink href={proposalPath(openProposalId)} className="mt-2">
                {t("frame.openProposalLink")}
              </ButtonLink>
              {isBlocked ? (
                <ul className="list-disc pl-5">
                  {waiting.map(({ item }) => (
                    <li key={item.kind === "cell" ? item.key : item.name}>{itemTitle(t, item)}</li>
                  ))}
                </ul>
              ) : null}
            </Notice>
          )}
          {waiting.length === 0 ? null : (
            <section aria-labelledby="waiting" className="space-y-3">
              <h2 id="waiting" className="flex items-center gap-2 text-xl font-semibold tracking-tight">
                <UsersRound aria-hidden className="size-5 flex-none text-waiting" />
                {t("frame.waiting")}
              </h2>
              <p className="prose-width text-ink-soft">{t("frame.waitingHint")}</p>
              <ItemList items={waiting} />
            </section>
          )}
          {immediate.length === 0 ? null : (
            <section aria-labelledby="immediate" className="space-y-3">
              <h2 id="immediate" className="flex items-center gap-2 text-xl font-semibold tracking-tight">
                <Zap aria-hidden className="size-5 flex-none text-accent" />
                {t("frame.immediate")}
              </h2>
              <p className="prose-width text-ink-soft">{t("frame.immediateHint")}</p>
              <ItemList items={immediate} />
            </section>
          )}
          <SchoolEffect effect={summary.effect} />
        </div>
      </FrameSubmission>
    </div>
  );
}
