// Sends a change of the frame: reason, one press, and what came of it. It stands around the summary, so that the answer
// stays when the server renders the page anew.
"use client";
import { Send } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState, useTransition, type ReactNode } from "react";
import { useStoredText } from "#components/change/use-stored-text.ts";
import { keepReason, readReason } from "#components/matrix/draft-store.ts";
import { FRAME_PATH, proposalPath } from "#components/shell/paths.ts";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { callAction } from "#components/ui/call-action.ts";
import { ErrorNotice, type ShownError } from "#components/ui/error-notice.tsx";
import { TextAreaField } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { REASON_LENGTH } from "#components/ui/reason-length.ts";
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
  const submit = useTranslations("client.submit");
  const [reason, setReason] = useStoredText({
    read: () => readReason(FRAME_REASON),
    keep: (text) => {
      keepReason(FRAME_REASON, text);
    },
  });
  const [tooShort, setTooShort] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const inFlight = useRef(false);

  useEffect(() => {
    // going on from a newer frame, the draft goes along
    keepFrameDraft(change);
  }, [change]);

  const send = async () => {
    const answer = await callAction(() => proposeFrame({ ...change, reason: reason.trim() }));
    inFlight.current = false;
    if (!answer.ok) {
      setError(answer.error);
      return;
    }
    dropFrameDraft();
    keepReason(FRAME_REASON, "");
    onDone(answer.value);
  };

  return (
    <form
      noValidate
      className="mt-8 space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        const isShort = reason.trim().length < REASON_LENGTH.least;
        setTooShort(isShort);
        // a second press before React has marked the first one as pending must not send twice
        if (isShort || inFlight.current) return;
        inFlight.current = true;
        setError(null);
        startTransition(send);
      }}
    >
      <TextAreaField
        label={submit("reason")}
        hint={t("reasonHint")}
        error={tooShort ? submit("tooShort") : null}
        value={reason}
        maxLength={REASON_LENGTH.most}
        disabled={isPending}
        onChange={setReason}
      />
      {error === null ? null : <ErrorNotice title={submit("errorTitle")} error={error} />}
      <Button type="submit" kind="primary" isPending={isPending} className="max-sm:w-full">
        <Send aria-hidden className="size-5" />
        {isPending ? submit("sending") : t("send")}
      </Button>
    </form>
  );
}
