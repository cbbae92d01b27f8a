// The optional last day of the openings of a change.
"use client";
import { useTranslations } from "next-intl";
import { useId } from "react";

/** First and last day that may be chosen, as the server's calendar has them. */
export type EndDates = { readonly first: string; readonly last: string };

type EndDateFieldProps = {
  readonly ends: EndDates;
  readonly value: string;
  readonly isWrong: boolean;
  readonly disabled: boolean;
  readonly onChange: (value: string) => void;
};

export function EndDateField({ ends, value, isWrong, disabled, onChange }: EndDateFieldProps) {
  const t = useTranslations("client.submit");
  const id = useId();
  return (
    <div className="prose-width space-y-1">
      <label htmlFor={id} className="block font-semibold">
        {t("endDate")}
      </label>
      <p id={`${id}-hint`} className="text-ink-soft">
        {t("endDateHint")}
      </p>
      <input
        id={id}
        type="date"
        value={value}
        min={ends.first}
        max={ends.last}
        readOnly={disabled}
        aria-describedby={isWrong ? `${id}-hint ${id}-error` : `${id}-hint`}
        aria-invalid={isWrong}
        onChange={(event) => {
          onChange(event.target.value);
        }}
        className="block min-h-11 rounded-md border border-control bg-surface px-3 tabular-nums aria-invalid:border-danger"
      />
      <p id={`${id}-error`} role="alert" className="font-semibold text-danger">
        {isWrong ? t("endDateWrong") : null}
      </p>
    </div>
  );
}
