// Every frame that was in effect, what it changed, by whom and why; and what was proposed.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { RequestStatusTag } from "#components/approvals/request-status.tsx";
import { PlainItemList } from "#components/frame/item-list.tsx";
import { FRAME_PATH, proposalPath } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { getFrameHistory } from "#lib/policy/frame-queries.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("frame");
  return { title: t("history") };
}

export default async function FrameHistoryPage() {
  const history = await getFrameHistory(await requirePrincipal());
  if (!history) notFound();
  const t = await getTranslations("frame");
  return (
    <div className="max-w-4xl">
      <PageTitle
        title={t("history")}
        lead={t("historyLead")}
        back={<BackLink href={FRAME_PATH}>{t("back")}</BackLink>}
      />
      <div className="space-y-10">
        <ol className="divide-y divide-line border-y border-line">
          {history.frames.map(({ head, items }) => (
            <li key={head.version} className="space-y-1 py-4">
              <h2 className="text-lg font-semibold">{t("frameNumber", { frame: head.version })}</h2>
              <p className="text-ink-soft">
                <Moment at={head.createdAt} />
                {head.authorName === null ? null : <>, {t("by", { author: head.authorName })}</>}
                {head.approverName === null ? null : <>, {t("approvedBy", { approver: head.approverName })}</>}
              </p>
              <p className="prose-width whitespace-pre-line">„{head.reason}“</p>
              {items.length === 0 ? null : (
                <details>
                  <summary className="text-link inline-flex min-h-11 items-center">
                    {t("changes", { count: items.length })}
                  </summary>
                  <PlainItemList items={items} />
                </details>
              )}
            </li>
          ))}
        </ol>
        <section aria-labelledby="proposals" className="space-y-3">
          <h2 id="proposals" className="text-xl font-semibold tracking-tight">
            {t("proposals")}
          </h2>
          {history.proposals.length === 0 ? (
            <p className="text-ink-soft">{t("noProposals")}</p>
          ) : (
            <ul className="divide-y divide-line border-y border-line">
              {history.proposals.map((proposal) => (
                <li key={proposal.id} className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 py-4">
                  <div className="min-w-0">
                    <IntentLink href={proposalPath(proposal.id)} className="text-link hit-area font-semibold">
                      {proposal.reason}
                    </IntentLink>
                    <p className="text-ink-soft">
                      <Moment at={proposal.createdAt} /> {t("by", { author: proposal.authorName })}
                    </p>
                  </div>
                  <RequestStatusTag status={proposal.status} />
                </li>
              ))}
            </ul>
          )}
        </section>
      </div>
    </div>
  );
}
