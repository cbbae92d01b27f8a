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

export function EndsForm({ schoolId, version, openings, possible }: EndsFormProps) {
  const t = useTranslations("client.ends");
  const id = useId();
  const router = useRouter();
  const [chosen, setChosen] = useState<ReadonlySet<CellKey>>(new Set());
  const [hasEnd, setHasEnd] = useState(true);
  const [day, setDay] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);

  const toggle = (key: CellKey) => {
    const next = new Set(chosen);
    if (!next.delete(key)) next.add(key);
    setChosen(next);
  };
  const goOn = () => {
    const isDayWrong = hasEnd && (day < possible.first || day > possible.last);
    const found = chosen.size === 0 ? "nothingChosen" : isDayWrong ? "dayWrong" : null;
    setProblem(found);
    if (found !== null) return;
    // in the matrix' order, so that the same change has the same address
    const keys = openings.map(({ key }) => key).filter((key) => chosen.has(key));
    router.push(endsPath(schoolId, version, { keys, endsOn: hasEnd ? day : null }));
  };

  return (
    <form
      noValidate
      className="space-y-8"
      onSubmit={(event) => {
        event.preventDefault();
        goOn();
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
                checked={chosen.has(key)}
                onChange={() => {
                  toggle(key);
                }}
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
        <Choice name={`${id}-end`} label={t("onDay")} checked={hasEnd} onChoose={() => setHasEnd(true)} />
        {hasEnd ? (
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
              value={day}
              min={possible.first}
              max={possible.last}
              aria-describedby={problem === "dayWrong" ? `${id}-hint ${id}-error` : `${id}-hint`}
              aria-invalid={problem === "dayWrong"}
              onChange={(event) => {
                setDay(event.target.value);
              }}
              className="block min-h-11 rounded-md border border-control bg-surface px-3 tabular-nums aria-invalid:border-danger"
            />
            <p id={`${id}-error`} role="alert" className="font-semibold text-danger">
              {problem === "dayWrong" ? t("dayWrong") : null}
            </p>
          </div>
        ) : null}
        <Choice name={`${id}-end`} label={t("never")} checked={!hasEnd} onChoose={() => setHasEnd(false)} />
      </fieldset>
      <Button type="submit" kind="primary" className="max-sm:w-full">
        {t("next")}
        <ArrowRight aria-hidden className="size-5" />
      </Button>
    </form>
  );
}

type ChoiceProps = {
  readonly name: string;
  readonly label: string;
  readonly checked: boolean;
  readonly onChoose: () => void;
};

function Choice({ name, label, checked, onChoose }: ChoiceProps) {
  return (
    <label className="flex min-h-11 cursor-pointer items-center gap-3 font-semibold">
      <input
        type="radio"
        name={name}
        checked={checked}
        onChange={onChoose}
        className="size-5 flex-none accent-accent"
      />
      {label}
    </label>
  );
}
