// Keeps a case from deletion, and takes it out of the console as a file; both with a reason.
"use client";
import { Download } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId } from "react";
import { buttonClass } from "#components/ui/classes.ts";
import { Notice } from "#components/ui/notice.tsx";
import { CASE_TEXT } from "#lib/reports/limits.ts";
import { liftHold, setHold } from "#lib/reports/retention-actions.ts";
import type { ShownMeasures } from "./measures-state.ts";
import { StepForm } from "./step-form.tsx";

type KeepPanelProps = {
  readonly caseId: string;
  readonly version: number;
  readonly hold: ShownMeasures["hold"];
  readonly onChanged: () => void;
};

export function KeepPanel({ caseId, version, hold, onChanged }: KeepPanelProps) {
  const t = useTranslations("client.keep");
  const id = useId();
  return (
    <section aria-labelledby={`${id}-keep`} className="space-y-3 pt-4">
      <h2 id={`${id}-keep`} className="text-xl font-semibold tracking-tight">
        {t("title")}
      </h2>
      {hold === null ? (
        <StepForm
          id="hold"
          title={t("hold")}
          hint={t("holdHint")}
          label={t("holdLabel")}
          button={t("hold")}
          onSend={(reason) => setHold({ caseId, version, reason })}
          onDone={onChanged}
        />
      ) : (
        <>
          <Notice tone="info" wide>
            <p>{hold.sentence}</p>
            <p className="whitespace-pre-line">{hold.reason}</p>
          </Notice>
          <StepForm
            id="lift-hold"
            title={t("lift")}
            hint={t("liftHint")}
            label={null}
            button={t("lift")}
            onSend={() => liftHold({ caseId, version })}
            onDone={onChanged}
          />
        </>
      )}
      <details className="rounded-lg border border-line bg-surface">
        <summary className="flex min-h-11 items-center px-4 py-2 font-semibold">{t("export")}</summary>
        <form
          method="post"
          action={`/reports/${encodeURIComponent(caseId)}/export`}
          className="prose-width space-y-2 px-4 pt-1 pb-4"
        >
          <label htmlFor={`${id}-reason`} className="block font-semibold">
            {t("exportLabel")}
          </label>
          <p id={`${id}-hint`} className="text-ink-soft">
            {t("exportHint")}
          </p>
          <textarea
            id={`${id}-reason`}
            name="reason"
            required
            minLength={CASE_TEXT.leastReason}
            maxLength={CASE_TEXT.most}
            rows={3}
            aria-describedby={`${id}-hint`}
            className="block w-full rounded-md border border-control bg-surface p-3"
          />
          <button type="submit" className={buttonClass("secondary")}>
            <Download aria-hidden className="size-5" />
            {t("exportButton")}
          </button>
        </form>
      </details>
    </section>
  );
}
