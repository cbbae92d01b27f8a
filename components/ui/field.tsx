// A text area with label, hint and error, tied together for screen readers.
"use client";
import { useId } from "react";

type TextAreaFieldProps = {
  readonly label: string;
  readonly hint: string;
  readonly error: string | null;
  readonly value: string;
  readonly maxLength: number;
  readonly disabled?: boolean;
  readonly onChange: (value: string) => void;
};

export function TextAreaField({ label, hint, error, value, maxLength, disabled, onChange }: TextAreaFieldProps) {
  const id = useId();
  return (
    <div className="prose-width space-y-1">
      <label htmlFor={id} className="block font-semibold">
        {label}
      </label>
      <p id={`${id}-hint`} className="text-ink-soft">
        {hint}
      </p>
      <textarea
        id={id}
        value={value}
        required
        maxLength={maxLength}
        readOnly={disabled}
        rows={4}
        aria-describedby={error === null ? `${id}-hint` : `${id}-hint ${id}-error`}
        aria-invalid={error !== null}
        onChange={(event) => {
          onChange(event.target.value);
        }}
        className="block w-full rounded-md border border-control bg-surface p-3 aria-invalid:border-danger"
      />
      <p id={`${id}-error`} role="alert" className="font-semibold text-danger">
        {error}
      </p>
    </div>
  );
}
