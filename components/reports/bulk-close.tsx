// Closes the chosen cases with one outcome and one reason; what somebody else has changed meanwhile stays open.
"use client";
import { CircleCheck } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState, useTransition } from "react";
import { Button } from "#components/ui/button.tsx";
import { callAction } from "#components/ui/call-action.ts";
import { ErrorNotice, type ShownError } from "#components/ui/error-notice.tsx";
import { TextAreaField } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { closeCases } from "#lib/reports/actions.ts";
import type { CaseOutcome } from "#lib/reports/case-life.ts";
import { CASE_TEXT } from "#lib/reports/limits.ts";
import type { ShownCase } from "./inbox-state.ts";
import { OutcomeField } from "./outcome-field.tsx";

type BulkCloseProps = {
  readonly cases: readonly ShownCase[];
  readonly isOpen: boolean;
  readonly onOpen: (isOpen: boolean) => void;
  readonly onDone: () => void;
};

export function BulkClose({ cases, isOpen, onOpen, onDone }: BulkCloseProps) {
  const t = useTranslations("client.reports.bulk");
  const reports = useTranslations("client.reports");
  const [outcome, setOutcome] = useState<CaseOutcome>("noViolation");
  const [text, setText] = useState("");
  const [isShort, setShort] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  const [skipped, setSkipped] = useState(0);
  const [isPending, startTransition] = useTransition();
  const inFlight = useRef(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (isOpen) form.current?.querySelector("select")?.focus();
  }, [isOpen]);

  if (!isOpen) {
    return (
      <div className="flex flex-wrap items-center gap-3">
        <Button kind="primary" onPress={() => onOpen(true)}>
          <CircleCheck aria-hidden className="size-5" />
          {t("open", { count: cases.length })}
        </Button>
      </div>
    );
  }
  const send = async () => {
    const chosen = cases.map(({ id, version }) => ({ caseId: id, version }));
    const answer = await callAction(() => closeCases({ cases: chosen, outcome, text: text.trim() }));
    inFlight.current = false;
    if (!answer.ok) setError(answer.error);
    else if (answer.value.skipped > 0) setSkipped(answer.value.skipped);
    else onDone();
  };
  return (
    <form
      ref={form}
      noValidate
      aria-label={t("title", { count: cases.length })}
      className="space-y-4 rounded-lg border border-line bg-surface p-4"
      onSubmit={(event) => {
        event.preventDefault();
        const tooShort = text.trim().length < CASE_TEXT.leastReason;
        setShort(tooShort);
        // a second press before React has marked the first one as pending must not close twice
        if (tooShort || inFlight.current || cases.length === 0) return;
        inFlight.current = true;
        setError(null);
        startTransition(send);
      }}
    >
      <h2 className="text-lg font-semibold">{t("title", { count: cases.length })}</h2>
      <OutcomeField value={outcome} onChange={setOutcome} />
      <TextAreaField
        label={reports("reason")}
        hint={t("hint")}
        error={isShort ? reports("tooShort") : null}
        value={text}
        maxLength={CASE_TEXT.most}
        disabled={isPending}
        onChange={setText}
      />
      {error === null ? null : <ErrorNotice title={reports("errorTitle")} error={error} />}
      {skipped === 0 ? null : (
        <Notice tone="warning" live>
          <p>{t("skipped", { count: skipped })}</p>
        </Notice>
      )}
      <div className="flex flex-wrap gap-3">
        {skipped === 0 ? (
          <Button type="submit" kind="primary" isPending={isPending} isDisabled={cases.length === 0}>
            {isPending ? reports("sending") : t("send", { count: cases.length })}
          </Button>
        ) : null}
        <Button kind="quiet" onPress={skipped === 0 ? () => onOpen(false) : onDone}>
          {reports(skipped === 0 ? "cancel" : "done")}
        </Button>
      </div>
    </form>
  );
}
