// Chooses openings and the last day that they shall have, and goes on to the summary. Nothing leaves the browser here.
"use client";
import { ArrowRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useId, useState } from "react";
import { endsPath } from "#components/matrix/edits-url.ts";
import { Button } from "#components/ui/button.tsx";
import type { CellKey } from "#lib/policy/roles.ts";

export type Opening = { readonly key: CellKey; readonly sentence: string; readonly end: string };

type EndsFormProps = {
  readonly schoolId: string;
  readonly version: number;
  readonly openings: readonly Opening[];
  readonly possible: { readonly first: string; readonly last: string };
};

type Problem = "nothingChosen" | "dayWrong";
const ON_DAY = "day";
const NEVER = "never";

export function EndsForm({ schoolId, version, openings, possible }: EndsFormProps) {
  const t = useTranslations("client.ends");
  const id = useId();
  const router = useRouter();
  const [isDayShown, setIsDayShown] = useState(true);
  const [problem, setProblem] = useState<Problem | null>(null);

  const goOn = (form: HTMLFormElement) => {
    const { ticked, endsOn } = readForm(form);
    const isDayWrong = endsOn !== null && (endsOn < possible.first || endsOn > possible.last);
    const found = ticked.size === 0 ? "nothingChosen" : isDayWrong ? "dayWrong" : null;
    setProblem(found);
    if (found !== null) return;
    // in the matrix' order, so that the same change has the same address
    const keys = openings.map(({ key }) => key).filter((key) => ticked.has(key));
    router.push(endsPath(schoolId, version, { keys, endsOn }));
  };

  return (
    <form
      noValidate
      className="space-y-8"
      onSubmit={(event) => {
        event.preventDefault();
        goOn(event.currentTarget);
      }}
    >
      <fieldset className="space-y-2" aria-describedby={problem === "nothingChosen" ? `${id}-which` : undefined}>
        <legend className="text-xl font-semibold tracking-tight">{t("which")}</legend>
        <ul className="divide-y divide-line border-y border-line">
          {openings.map(({ key, sentence, end }) => (
            <li key={key} className="flex min-h-11 items-start gap-3 py-3">
              <input
                id={`${id}-${key}`}
                type="checkbox"
                name="opening"
                value={key}
                className="mt-1 size-5 flex-none accent-accent"
              />
              <label htmlFor={`${id}-${key}`} className="min-w-0 flex-1 cursor-pointer">
                <span className="font-semibold">{sentence}</span>
                <span className="block text-ink-soft">{t("now", { end })}</span>
              </label>
            </li>
          ))}
        </ul>
        <p id={`${id}-which`} role="alert" className="font-semibold text-danger">
          {problem === "nothingChosen" ? t("nothingChosen") : null}
        </p>
      </fieldset>
      <fieldset className="space-y-2">
        <legend className="text-xl font-semibold tracking-tight">{t("when")}</legend>
        <Choice value={ON_DAY} label={t("onDay")} isFirst onChoose={() => setIsDayShown(true)} />
        {isDayShown ? (
          <div className="space-y-1 pl-8">
            <label htmlFor={`${id}-day`} className="block font-semibold">
              {t("day")}
            </label>
            <p id={`${id}-hint`} className="text-ink-soft">
              {t("dayHint")}
            </p>
            <input
              id={`${id}-day`}
              type="date"
              name="day"
              min={possible.first}
              max={possible.last}
              aria-describedby={problem === "dayWrong" ? `${id}-hint ${id}-error` : `${id}-hint`}
              aria-invalid={problem === "dayWrong"}
              className="block min-h-11 rounded-md border border-control bg-surface px-3 tabular-nums aria-invalid:border-danger"
            />
            <p id={`${id}-error`} role="alert" className="font-semibold text-danger">
              {problem === "dayWrong" ? t("dayWrong") : null}
            </p>
          </div>
        ) : null}
        <Choice value={NEVER} label={t("never")} onChoose={() => setIsDayShown(false)} />
      </fieldset>
      <Button type="submit" kind="primary" className="max-sm:w-full">
        {t("next")}
        <ArrowRight aria-hidden className="size-5" />
      </Button>
    </form>
  );
}

/**
 * The browser keeps what is ticked, not our state: a tick from before the script has come is kept.
 * `endsOn` is null without an end, and empty if no day is entered.
 */
function readForm(form: HTMLFormElement): { readonly ticked: ReadonlySet<string>; readonly endsOn: string | null } {
  const data = new FormData(form);
  const texts = (name: string) => data.getAll(name).filter((value) => typeof value === "string");
  const [until] = texts("until");
  const [day = ""] = texts("day");
  return { ticked: new Set(texts("opening")), endsOn: until === NEVER ? null : day };
}

type ChoiceProps = {
  readonly value: string;
  readonly label: string;
  readonly isFirst?: boolean;
  readonly onChoose: () => void;
};

function Choice({ value, label, isFirst = false, onChoose }: ChoiceProps) {
  return (
    <label className="flex min-h-11 cursor-pointer items-center gap-3 font-semibold">
      <input
        type="radio"
        name="until"
        value={value}
        defaultChecked={isFirst}
        onChange={onChoose}
        className="size-5 flex-none accent-accent"
      />
      {label}
    </label>
  );
}
