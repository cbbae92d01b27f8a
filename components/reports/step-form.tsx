// One step with a case, folded until somebody reaches for it: a text, what else it takes, and what it will do.
"use client";
import { useTranslations } from "next-intl";
import { useRef, useState, type ReactNode } from "react";
import { useStep } from "#components/ui/use-step.ts";
import { Button } from "#components/ui/button.tsx";
import type { ButtonKind } from "#components/ui/classes.ts";
import { ErrorNotice } from "#components/ui/error-notice.tsx";
import { TextAreaField } from "#components/ui/field.tsx";
import type { ActionResult } from "#lib/action/result.ts";
import { CASE_TEXT } from "#lib/reports/limits.ts";

type StepFormProps<T> = {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  /** Of the text; null for a step that takes none. */
  readonly label: string | null;
  readonly least?: number;
  readonly button: string;
  readonly kind?: ButtonKind;
  readonly children?: ReactNode;
  readonly onSend: (text: string) => Promise<ActionResult<T>>;
  readonly onDone: () => void;
};

export function StepForm<T>(props: StepFormProps<T>) {
  const {
    id,
    title,
    hint,
    label,
    least = CASE_TEXT.leastReason,
    button,
    kind = "primary",
    children,
    onSend,
    onDone,
  } = props;
  const t = useTranslations("client.reports");
  const [text, setText] = useState("");
  const [isShort, setShort] = useState(false);
  const details = useRef<HTMLDetailsElement>(null);
  const step = useStep(() => {
    setText("");
    if (details.current) details.current.open = false;
    onDone();
  });
  return (
    <details ref={details} className="rounded-lg border border-line bg-surface">
      <summary className="flex min-h-11 items-center px-4 py-2 font-semibold">{title}</summary>
      <form
        id={id}
        noValidate
        aria-label={title}
        className="space-y-4 px-4 pt-1 pb-4"
        onSubmit={(event) => {
          event.preventDefault();
          const tooShort = label !== null && text.trim().length < least;
          setShort(tooShort);
          if (!tooShort) step.run(() => onSend(text.trim()));
        }}
      >
        {label === null ? <p className="text-ink-soft">{hint}</p> : null}
        {children}
        {label === null ? null : (
          <TextAreaField
            label={label}
            hint={hint}
            error={isShort ? t(least > 1 ? "tooShort" : "missing") : null}
            value={text}
            maxLength={CASE_TEXT.most}
            disabled={step.isPending}
            onChange={setText}
          />
        )}
        {step.error === null ? null : <ErrorNotice title={t("errorTitle")} error={step.error} />}
        <Button type="submit" kind={kind} isPending={step.isPending}>
          {step.isPending ? t("sending") : button}
        </Button>
      </form>
    </details>
  );
}
