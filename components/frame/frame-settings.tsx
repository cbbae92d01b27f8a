// The frame's settings besides the cells: approval for every opening, and the periods.
"use client";
import { UsersRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId } from "react";
import {
  PERIOD_BOUNDS,
  PERIODS,
  type FrameProblem,
  type FrameSettings,
  type PeriodName,
} from "#lib/policy/frame-change.ts";
import { Property } from "./rule-editor.tsx";

type FrameSettingsFormProps = {
  readonly wanted: FrameSettings;
  readonly problems: readonly FrameProblem[];
  /** `typing` names the field, if it was typed. */
  readonly onChange: (settings: FrameSettings, typing?: string) => void;
};

export function FrameSettingsForm({ wanted, problems, onChange }: FrameSettingsFormProps) {
  const t = useTranslations("client.frame");
  return (
    <section aria-labelledby="frame-settings" className="space-y-4">
      <h2 id="frame-settings" className="text-xl font-semibold tracking-tight">
        {t("settings")}
      </h2>
      <Property
        icon={UsersRound}
        label={t("setting.approvalForEveryChange")}
        hint={t("settingHint.approvalForEveryChange")}
        checked={wanted.approvalForEveryChange}
        onChange={(approvalForEveryChange) => {
          onChange({ ...wanted, approvalForEveryChange });
        }}
      />
      <div className="grid gap-4 md:grid-cols-3">
        {PERIODS.map((name) => (
          <Period
            key={name}
            name={name}
            value={wanted[name]}
            isWrong={problems.some((problem) => problem.kind === "period" && problem.name === name)}
            onChange={(days) => {
              onChange({ ...wanted, [name]: days }, name);
            }}
          />
        ))}
      </div>
    </section>
  );
}

type PeriodProps = {
  readonly name: PeriodName;
  readonly value: number;
  readonly isWrong: boolean;
  readonly onChange: (days: number) => void;
};

function Period({ name, value, isWrong, onChange }: PeriodProps) {
  const t = useTranslations("client.frame");
  const id = useId();
  const bounds = PERIOD_BOUNDS[name];
  return (
    <div className="space-y-1">
      <label htmlFor={id} className="block font-semibold">
        {t(`setting.${name}`)}
      </label>
      <p id={`${id}-hint`} className="text-ink-soft">
        {t(`settingHint.${name}`)} {t("bounds", bounds)}
      </p>
      <input
        id={id}
        type="number"
        inputMode="numeric"
        min={bounds.least}
        max={bounds.most}
        value={value}
        aria-describedby={`${id}-hint`}
        aria-invalid={isWrong}
        onChange={(event) => {
          // an empty field is no number; 0 is out of every bound and says so
          onChange(Number.isNaN(event.target.valueAsNumber) ? 0 : event.target.valueAsNumber);
        }}
        className="block min-h-11 w-28 rounded-md border border-control bg-surface px-3 tabular-nums aria-invalid:border-danger"
      />
      <p role="alert" className="font-semibold text-danger">
        {isWrong ? t("problem.period", bounds) : null}
      </p>
    </div>
  );
}
