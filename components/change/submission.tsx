// Sends a change: reason, one press, and what came of it. It stands around the summary, so that the answer stays on the
// page when the server renders it anew for the version that has just come into effect.
"use client";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useEffect, useState, type ReactNode } from "react";
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
import { submitChange, type Submitted } from "#lib/policy/actions.ts";
import { EndDateField, type EndDates } from "./end-date-field.tsx";
import { ReasonForm } from "./reason-form.tsx";
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
  const [endDate, setEndDate] = useStoredText({
    read: () => readEndDate(schoolId),
    keep: (day) => {
      keepEndDate(schoolId, day);
    },
  });
  const [badDate, setBadDate] = useState(false);

  useEffect(() => {
    rebaseDraft(schoolId, baseVersion, edits);
  }, [schoolId, baseVersion, edits]);

  return (
    <ReasonForm
      hint={t("reasonHint")}
      sendLabel={t("send")}
      stored={{
        read: () => readReason(schoolId),
        keep: (text) => {
          keepReason(schoolId, text);
        },
      }}
      areOthersValid={() => {
        const isBad =
          possibleEnds !== null && endDate !== "" && (endDate < possibleEnds.first || endDate > possibleEnds.last);
        setBadDate(isBad);
        return !isBad;
      }}
      send={(reason) =>
        submitChange({
          schoolId,
          baseVersion,
          edits: editList(edits),
          ends: ends?.keys ?? [],
          reason,
          endsOn: ends ? ends.endsOn : possibleEnds === null || endDate === "" ? null : endDate,
        })
      }
      onDone={(submitted) => {
        clearDraft(schoolId, edits);
        onDone(submitted);
      }}
    >
      {(isPending) =>
        possibleEnds === null ? null : (
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
        )
      }
    </ReasonForm>
  );
}
