// A proposal to loosen the frame: what it does, who wants it and why, and the decision of a second person.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { MailReach } from "#components/approvals/mail-reach.tsx";
import { RequestStatusTag } from "#components/approvals/request-status.tsx";
import { ItemList, PlainItemList } from "#components/frame/item-list.tsx";
import { ProposalDecision } from "#components/frame/proposal-decision.tsx";
import { SchoolEffect } from "#components/frame/school-effect.tsx";
import { FRAME_PATH, fromSegment } from "#components/shell/paths.ts";
import { BackLink } from "#components/ui/back-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { getFrameProposal } from "#lib/policy/frame-queries.ts";

type ProposalPageProps = { readonly params: Promise<{ proposalId: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("frame");
  return { title: t("proposalTitle") };
}

export default async function ProposalPage({ params }: ProposalPageProps) {
  const principal = await requirePrincipal();
  const proposal = await getFrameProposal(principal, fromSegment((await params).proposalId));
  if (!proposal) notFound();
  const t = await getTranslations("frame");
  const { head, items } = proposal;
  const isPending = head.status === "pending";
  return (
    <div className="max-w-3xl">
      <ProposalDecision
        proposalId={head.id}
        contentHash={proposal.contentHash}
        isPending={isPending}
        isAuthor={proposal.isAuthor}
        isTooYoung={proposal.isTooYoung}
      >
        <PageTitle
          title={t("proposalTitle")}
          lead={t("proposalLead")}
          back={<BackLink href={FRAME_PATH}>{t("back")}</BackLink>}
        />
        <div className="space-y-8">
          <MailReach reach={proposal.mail} />
          <div className="space-y-2">
            <p className="flex flex-wrap items-center gap-x-4 gap-y-2 text-ink-soft">
              <RequestStatusTag status={head.status} />
              <span>
                <Moment at={head.createdAt} /> {t("by", { author: head.authorName })}
              </span>
              {isPending ? (
                <span>
                  {t("expires")} <Moment at={head.expiresAt} />
                </span>
              ) : null}
            </p>
            <blockquote className="prose-width whitespace-pre-line">„{head.reason}“</blockquote>
          </div>
          {head.decidedAt === null ? null : (
            <Notice tone={head.status === "approved" ? "success" : "info"}>
              <p>
                {head.deciderName === null ? null : t("decidedBy", { name: head.deciderName })}{" "}
                <Moment at={head.decidedAt} />
              </p>
              {head.decisionReason === null ? null : <p>„{head.decisionReason}“</p>}
            </Notice>
          )}
          {isPending ? (
            <>
              <ItemList items={items} />
              <SchoolEffect effect={proposal.effect} />
            </>
          ) : (
            <PlainItemList items={items.map(({ item }) => item)} />
          )}
        </div>
      </ProposalDecision>
    </div>
  );
}
