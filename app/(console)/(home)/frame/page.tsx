// The state's frame: what holds at all schools unless they decide otherwise, and what they cannot decide.
import { History } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { FrameEditor } from "#components/frame/frame-editor.tsx";
import { frameTable } from "#components/frame/frame-table.ts";
import { FRAME_PATH, proposalPath } from "#components/shell/paths.ts";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { requirePrincipal } from "#lib/auth/session.ts";
import { getFrame } from "#lib/policy/frame-queries.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("frame");
  return { title: t("title") };
}

export default async function FramePage() {
  const frame = await getFrame(await requirePrincipal());
  if (!frame) notFound();
  const t = await getTranslations();
  const { head, openProposalId } = frame;
  return (
    <>
      <PageTitle title={t("frame.title")} lead={t("frame.lead")} />
      <div className="mb-6 space-y-3">
        {openProposalId === null ? null : (
          <Notice tone="waiting" wide>
            <p>
              {t("frame.openProposal")}{" "}
              <IntentLink href={proposalPath(openProposalId)} className="text-link hit-area font-semibold">
                {t("frame.openProposalLink")}
              </IntentLink>
            </p>
          </Notice>
        )}
        <Notice tone="info" wide>
          <p>{t("frame.twoPersons")}</p>
        </Notice>
        <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-ink-soft">
          <span>
            {t("frame.version", { frame: head.version })} <Moment at={head.createdAt} />
            {head.authorName === null ? null : <>, {t("frame.by", { author: head.authorName })}</>}
            {head.approverName === null ? null : <>, {t("frame.approvedBy", { approver: head.approverName })}</>}.
          </span>
          <IntentLink href={`${FRAME_PATH}/history`} className="text-link inline-flex min-h-11 items-center gap-2">
            <History aria-hidden className="size-5" />
            {t("frame.history")}
          </IntentLink>
        </p>
      </div>
      <FrameEditor key={head.version} table={frameTable(frame, t)} />
    </>
  );
}
