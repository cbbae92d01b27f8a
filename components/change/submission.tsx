// Sends a change: reason, one press, and what came of it. It stands around the summary, so that the answer stays on the
// page when the server renders it anew for the version that has just come into effect.
"use client";
import { Send } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState, useTransition, type ReactNode } from "react";
import { editList, type Ends } from "#components/matrix/edits-url.ts";
import {
  clearDraft,
  keepEndDate,
  keepReason,
  readEndDate,
  readReason,
  rebaseDraft,
} from "#components/matrix/draft-store.ts";
import type { Edits } from "#components/matrix/draft.ts";
import { Button } from "#components/ui/button.tsx";
import { callAction } from "#components/ui/call-action.ts";
import { ErrorNotice, type ShownError } from "#components/ui/error-notice.tsx";
import { TextAreaField } from "#components/ui/field.tsx";
import { REASON_LENGTH } from "#components/ui/reason-length.ts";
import { submitChange, type Submitted } from "#lib/policy/actions.ts";
import { EndDateField, type EndDates } from "./end-date-field.tsx";
import { SubmissionDone } from "./submission-done.tsx";
import { useStoredText } from "./use-stored-text.ts";

type SubmissionProps = {
  readonly schoolId: string;
  readonly baseVersion: number;
  readonly edits: Edits;
  /** False while a newer version must be looked at first, or something is locked. */
  readonly maySend: boolean;
  /** Openings that go on until another day, if it is such a change. */
  readonly ends: Ends | null;
  /** The days on which its openings may end; null if it opens nothing, or the day is chosen already. */
  readonly possibleEnds: EndDates | null;
  readonly children: ReactNode;
};

export function Submission({ maySend, children, ...change }: SubmissionProps) {
  const { schoolId, edits } = change;
  const [done, setDone] = useState<Submitted | null>(null);
  const router = useRouter();
  const onDone = (submitted: Submitted) => {
    setDone(submitted);
    // the frame's mark of an open request, and every page kept in memory, are out of date now
    router.refresh();
  };
  if (done) {
    const closes = Object.values(edits).includes(false);
    return <SubmissionDone schoolId={schoolId} submitted={done} closes={closes} />;
  }
  return (
    <>
      {children}
      {maySend ? <SubmissionForm {...change} onDone={onDone} /> : null}
    </>
  );
}

type SubmissionFormProps = Omit<SubmissionProps, "maySend" | "children"> & {
  readonly onDone: (submitted: Submitted) => void;
};

function SubmissionForm({ schoolId, baseVersion, edits, ends, possibleEnds, onDone }: SubmissionFormProps) {
  const t = useTranslations("client.submit");
  const [reason, setReason] = useStoredText({
    read: () => readReason(schoolId),
    keep: (text) => {
      keepReason(schoolId, text);
    },
  });
  const [endDate, setEndDate] = useStoredText({
    read: () => readEndDate(schoolId),
    keep: (day) => {
      keepEndDate(schoolId, day);
    },
  });
  const [badDate, setBadDate] = useState(false);
  const [tooShort, setTooShort] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const inFlight = useRef(false);

  useEffect(() => {
    rebaseDraft(schoolId, baseVersion, edits);
  }, [schoolId, baseVersion, edits]);

  const send = async () => {
    const answer = await callAction(() =>
      submitChange({
        schoolId,
        baseVersion,
        edits: editList(edits),
        ends: ends?.keys ?? [],
        reason: reason.trim(),
        endsOn: ends ? ends.endsOn : possibleEnds === null || endDate === "" ? null : endDate,
      }),
    );
    inFlight.current = false;
    if (!answer.ok) {
      setError(answer.error);
      return;
    }
    clearDraft(schoolId, edits);
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
        const isBad =
          possibleEnds !== null && endDate !== "" && (endDate < possibleEnds.first || endDate > possibleEnds.last);
        setBadDate(isBad);
        // a second press before React has marked the first one as pending must not send twice
        if (isShort || isBad || inFlight.current) return;
        inFlight.current = true;
        setError(null);
        startTransition(send);
      }}
    >
      <TextAreaField
        label={t("reason")}
        hint={t("reasonHint")}
        error={tooShort ? t("tooShort") : null}
        value={reason}
        maxLength={REASON_LENGTH.most}
        disabled={isPending}
        onChange={(value) => {
          setReason(value);
          if (value.trim().length >= REASON_LENGTH.least) setTooShort(false);
        }}
      />
      {possibleEnds === null ? null : (
        <EndDateField
          ends={possibleEnds}
          value={endDate}
          isWrong={badDate}
          disabled={isPending}
          onChange={(value) => {
            setEndDate(value);
            setBadDate(false);
          }}
        />
      )}
      {error === null ? null : <ErrorNotice title={t("errorTitle")} error={error} />}
      <Button type="submit" kind="primary" isPending={isPending} className="max-sm:w-full">
        <Send aria-hidden className="size-5" />
        {isPending ? t("sending") : t("send")}
      </Button>
    </form>
  );
}
