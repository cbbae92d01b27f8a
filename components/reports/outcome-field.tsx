// With what result a case is closed.
"use client";
import { useTranslations } from "next-intl";
import type { CaseOutcome } from "#lib/reports/case-life.ts";
import { SelectField } from "./select-field.tsx";

const OUTCOMES: readonly CaseOutcome[] = [
  "measuresTaken",
  "handledBySchool",
  "noViolation",
  "notVerifiable",
  "duplicate",
];

type OutcomeFieldProps = { readonly value: CaseOutcome; readonly onChange: (value: CaseOutcome) => void };

export function OutcomeField({ value, onChange }: OutcomeFieldProps) {
  const t = useTranslations("client.reports");
  return (
    <SelectField
      label={t("outcome")}
      value={value}
      options={OUTCOMES.map((one) => ({ value: one, label: t(`outcomes.${one}`) }))}
      onChange={onChange}
    />
  );
}
