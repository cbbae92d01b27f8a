// The end of every summary: a reason, one press that is never sent twice, and what went wrong if something did.
"use client";
import { Send } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRef, useState, useTransition, type ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { callAction } from "#components/ui/call-action.ts";
import { ErrorNotice, type ShownError } from "#components/ui/error-notice.tsx";
import { TextAreaField } from "#components/ui/field.tsx";
import { REASON_LENGTH } from "#lib/action/reason-length.ts";
import type { ActionResult } from "#lib/action/result.ts";
import { useStoredText, type StoredText } from "./use-stored-text.ts";

type ReasonFormProps<T> = {
  readonly hint: string;
  readonly sendLabel: string;
  /** Where the reason stands while it is typed. */
  readonly stored: StoredText;
  /** Looks at the fields between reason and button, and marks what is wrong. */
  readonly areOthersValid?: () => boolean;
  readonly send: (reason: string) => Promise<ActionResult<T>>;
  readonly onDone: (value: T) => void;
  readonly children?: (isPending: boolean) => ReactNode;
};

export function ReasonForm<T>(props: ReasonFormProps<T>) {
  const { hint, sendLabel, stored, areOthersValid = () => true, send, onDone, children } = props;
  const t = useTranslations("client.submit");
  const [reason, setReason] = useStoredText(stored);
  const [tooShort, setTooShort] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const inFlight = useRef(false);
  return (
    <form
      noValidate
      className="mt-8 space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        const isShort = reason.trim().length < REASON_LENGTH.least;
        setTooShort(isShort);
        const isWrong = !areOthersValid();
        // a second press before React has marked the first one as pending must not send twice
        if (isShort || isWrong || inFlight.current) return;
        inFlight.current = true;
        setError(null);
        startTransition(async () => {
          const answer = await callAction(() => send(reason.trim()));
          inFlight.current = false;
          if (answer.ok) onDone(answer.value);
          else setError(answer.error);
        });
      }}
    >
      <TextAreaField
        label={t("reason")}
        hint={hint}
        error={tooShort ? t("tooShort") : null}
        value={reason}
        maxLength={REASON_LENGTH.most}
        disabled={isPending}
        onChange={(value) => {
          setReason(value);
          if (value.trim().length >= REASON_LENGTH.least) setTooShort(false);
        }}
      />
      {children?.(isPending)}
      {error === null ? null : <ErrorNotice title={t("errorTitle")} error={error} />}
      <Button type="submit" kind="primary" isPending={isPending} className="max-sm:w-full">
        <Send aria-hidden className="size-5" />
        {isPending ? t("sending") : sendLabel}
      </Button>
    </form>
  );
}
