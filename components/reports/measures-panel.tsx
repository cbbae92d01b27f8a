// What can be done in the chat because of a case: every effect is read before anything happens, heavy measures name the
// second person that they need, and what became of each stands below.
"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Ban, CircleCheck, CircleX, Clock, Undo2, UserCheck, type LucideIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useStep } from "#components/ui/use-step.ts";
import { Button } from "#components/ui/button.tsx";
import { ErrorNotice } from "#components/ui/error-notice.tsx";
import { TextAreaField } from "#components/ui/field.tsx";
import { Tag, type TagTone } from "#components/ui/tag.tsx";
import { confirmMeasure, requestMeasure, retryMeasure, takeMeasureBack } from "#lib/reports/measure-actions.ts";
import type { MeasureState } from "#lib/reports/measure-rules.ts";
import { fetchState } from "./decode.ts";
import { KeepPanel } from "./keep-panel.tsx";
import type { ShownMeasure, ShownMeasures, ShownOption } from "./measures-state.ts";
import { SelectField } from "./select-field.tsx";

const INTERVAL_MS = 3_000;
const LEAST_TEXT = 10;
const MOST_TEXT = 2_000;

function isShownMeasures(value: unknown): value is ShownMeasures {
  return (
    typeof value === "object" &&
    value !== null &&
    "options" in value &&
    Array.isArray(value.options) &&
    "measures" in value &&
    Array.isArray(value.measures)
  );
}

type MeasuresPanelProps = { readonly caseId: string; readonly version: number };

/** Inside a QueryClientProvider, which the page of the case has. */
export function MeasuresPanel({ caseId, version }: MeasuresPanelProps) {
  const t = useTranslations("client.measures");
  const client = useQueryClient();
  const queryKey = ["measures", caseId];
  const { data } = useQuery({
    queryKey,
    queryFn: ({ signal }) => fetchState(`/api/reports/${encodeURIComponent(caseId)}/measures`, isShownMeasures, signal),
    refetchInterval: INTERVAL_MS,
    retry: 2,
  });
  const onChanged = () => {
    void client.invalidateQueries({ queryKey });
    void client.invalidateQueries({ queryKey: ["case", caseId] });
  };
  if (data === undefined) return null;
  return (
    <section aria-labelledby="measures" className="space-y-4">
      <h2 id="measures" className="text-xl font-semibold tracking-tight">
        {t("title")}
      </h2>
      {data.options.length === 0 ? null : (
        <MeasureForm caseId={caseId} version={version} options={data.options} onChanged={onChanged} />
      )}
      {data.measures.length === 0 ? (
        <p className="text-ink-soft">{t("none")}</p>
      ) : (
        <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
          {data.measures.map((measure) => (
            <Measure key={measure.id} measure={measure} onChanged={onChanged} />
          ))}
        </ul>
      )}
      <KeepPanel caseId={caseId} version={version} hold={data.hold} onChanged={onChanged} />
    </section>
  );
}

type MeasureFormProps = MeasuresPanelProps & {
  readonly options: readonly ShownOption[];
  readonly onChanged: () => void;
};

function MeasureForm({ caseId, version, options, onChanged }: MeasureFormProps) {
  const t = useTranslations("client.measures");
  const [kind, setKind] = useState("");
  const [text, setText] = useState("");
  const [isShort, setShort] = useState(false);
  const step = useStep(() => {
    setKind("");
    setText("");
    onChanged();
  });
  const chosen = options.find((option) => option.kind === kind);
  const isPossible = chosen?.blocked === null;
  return (
    <form
      noValidate
      aria-label={t("take")}
      className="space-y-4 rounded-lg border border-line bg-surface p-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!chosen || !isPossible) return;
        const tooShort = chosen.needsText && text.trim().length < LEAST_TEXT;
        setShort(tooShort);
        const { kind: wanted, targets } = chosen;
        if (!tooShort) {
          step.run(() => requestMeasure({ caseId, version, kind: wanted, targets: [...targets], text: text.trim() }));
        }
      }}
    >
      <SelectField
        label={t("choose")}
        value={kind}
        options={[{ value: "", label: t("nothing") }, ...options.map((one) => ({ value: one.kind, label: one.title }))]}
        onChange={(wanted) => {
          setKind(wanted);
          setShort(false);
        }}
      />
      {chosen === undefined ? null : chosen.blocked === null ? (
        <div aria-live="polite" className="space-y-2">
          <p className="font-semibold">{t("effects")}</p>
          <ul className="list-disc space-y-1 pl-5">
            {chosen.effects.map((effect) => (
              <li key={effect}>{effect}</li>
            ))}
          </ul>
        </div>
      ) : (
        <p aria-live="polite">{chosen.blocked}</p>
      )}
      {isPossible && chosen.needsText ? (
        <TextAreaField
          label={t("message")}
          hint={t("messageHint")}
          error={isShort ? t("tooShort") : null}
          value={text}
          maxLength={MOST_TEXT}
          disabled={step.isPending}
          onChange={setText}
        />
      ) : null}
      {step.error === null ? null : <ErrorNotice title={t("errorTitle")} error={step.error} />}
      {isPossible ? (
        <Button type="submit" kind={chosen.isHeavy ? "danger" : "primary"} isPending={step.isPending}>
          {step.isPending ? t("sending") : chosen.title}
        </Button>
      ) : null}
    </form>
  );
}

const TONES: Readonly<Record<MeasureState, readonly [TagTone, LucideIcon]>> = {
  queued: ["waiting", Clock],
  done: ["added", CircleCheck],
  confirmed: ["added", UserCheck],
  failed: ["danger", CircleX],
  reverting: ["waiting", Undo2],
  reverted: ["neutral", Ban],
};

function Measure({ measure, onChanged }: { readonly measure: ShownMeasure; readonly onChanged: () => void }) {
  const t = useTranslations("client.measures");
  const step = useStep(onChanged);
  const [tone, icon] = TONES[measure.state];
  const choice = { measureId: measure.id };
  const actions = { confirm: confirmMeasure, takeBack: takeMeasureBack, retry: retryMeasure };
  return (
    <li className="space-y-2 p-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-semibold">{measure.title}</span>
        <Tag tone={tone} icon={icon}>
          {measure.stateText}
        </Tag>
        <time dateTime={measure.at.iso} title={measure.at.full} className="text-sm text-ink-soft">
          {measure.at.text}
        </time>
      </div>
      <p className="text-ink-soft">{measure.sentences.join(" ")}</p>
      {measure.text === null ? null : <p className="prose-width whitespace-pre-line">{measure.text}</p>}
      {step.error === null ? null : <ErrorNotice title={t("errorTitle")} error={step.error} />}
      {measure.may.length === 0 ? null : (
        <div className="flex flex-wrap gap-2">
          {measure.may.map((what) => (
            <Button
              key={what}
              kind={what === "confirm" ? "primary" : "secondary"}
              isPending={step.isPending}
              onPress={() => {
                step.run(() => actions[what](choice));
              }}
            >
              {t(what)}
            </Button>
          ))}
        </div>
      )}
    </li>
  );
}
