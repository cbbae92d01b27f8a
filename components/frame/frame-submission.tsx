// Sends a change of the frame: reason, one press, and what came of it. It stands around the summary, so that the answer
// stays when the server renders the page anew.
"use client";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useEffect, useState, type ReactNode } from "react";
import { ReasonForm } from "#components/change/reason-form.tsx";
import { keepReason, readReason } from "#components/matrix/draft-store.ts";
import { FRAME_PATH, proposalPath } from "#components/shell/paths.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { proposeFrame, type FrameSubmitted } from "#lib/policy/frame-actions.ts";
import type { FrameChange } from "./edits-address.ts";
import { dropFrameDraft, FRAME_REASON, keepFrameDraft } from "./frame-draft.ts";
import { Done } from "./done.tsx";

type FrameSubmissionProps = {
  readonly change: FrameChange;
  readonly maySend: boolean;
  readonly children: ReactNode;
};

export function FrameSubmission({ change, maySend, children }: FrameSubmissionProps) {
  const t = useTranslations("client.frame");
  const [done, setDone] = useState<FrameSubmitted | null>(null);
  const router = useRouter();
  if (done) {
    return (
      <Done title={t("sentTitle")}>
        {done.frameVersion === null ? null : (
          <Notice tone="success" live>
            <p>{t("effective", { frame: done.frameVersion })}</p>
          </Notice>
        )}
        {done.proposalId === null ? null : (
          <Notice tone="waiting" live>
            <p>{t("waits")}</p>
          </Notice>
        )}
        <div className="flex flex-wrap gap-3">
          {done.proposalId === null ? null : (
            <ButtonLink href={proposalPath(done.proposalId)} kind="primary">
              {t("toProposal")}
            </ButtonLink>
          )}
          <ButtonLink href={FRAME_PATH}>{t("toFrame")}</ButtonLink>
        </div>
      </Done>
    );
  }
  return (
    <>
      {children}
      {maySend ? (
        <Form
          change={change}
          onDone={(submitted) => {
            setDone(submitted);
            router.refresh();
          }}
        />
      ) : null}
    </>
  );
}

type FormProps = { readonly change: FrameChange; readonly onDone: (submitted: FrameSubmitted) => void };

function Form({ change, onDone }: FormProps) {
  const t = useTranslations("client.frame");
  useEffect(() => {
    // going on from a newer frame, the draft goes along
    keepFrameDraft(change);
  }, [change]);
  return (
    <ReasonForm
      hint={t("reasonHint")}
      sendLabel={t("send")}
      stored={{
        read: () => readReason(FRAME_REASON),
        keep: (text) => {
          keepReason(FRAME_REASON, text);
        },
      }}
      send={(reason) => proposeFrame({ ...change, reason })}
      onDone={(submitted) => {
        dropFrameDraft();
        keepReason(FRAME_REASON, "");
        onDone(submitted);
      }}
    />
  );
}
