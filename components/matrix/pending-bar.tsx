// What the person has switched but not sent, how to take it back, and the way on.
"use client";
import { ArrowRight, Shield } from "lucide-react";
import { useTranslations } from "next-intl";
import { buttonClass } from "#components/ui/classes.ts";
import { IntentLink } from "#components/ui/intent-link.tsx";
import type { DraftStep } from "./draft.ts";
import { HistoryButtons } from "./history-buttons.tsx";

type PendingBarProps = {
  readonly changes: number;
  readonly needApproval: number;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly summaryHref: string;
  readonly onStep: (step: DraftStep) => void;
};

export function PendingBar({ changes, needApproval, canUndo, canRedo, summaryHref, onStep }: PendingBarProps) {
  const t = useTranslations("client.matrix");
  return (
    <section
      aria-label={t("bar")}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line px-3 py-2 first:border-t-0 sm:px-4 sm:py-3"
    >
      <p className="min-w-0 flex-1 basis-full sm:basis-56">
        <span className="font-semibold tabular-nums">{t("changes", { count: changes })}</span>
        {needApproval > 0 ? (
          <span className="text-sensitive">
            {" · "}
            <Shield aria-hidden className="inline size-4 align-[-2px]" /> {t("needApproval", { count: needApproval })}
          </span>
        ) : null}
      </p>
      <HistoryButtons
        undo={canUndo}
        redo={canRedo}
        discard={changes > 0}
        onStep={(type) => {
          onStep({ type });
        }}
      />
      {changes > 0 ? (
        <IntentLink href={summaryHref} className={buttonClass("primary", "max-sm:flex-1 max-sm:px-3 max-sm:text-sm")}>
          {t("summary")}
          <ArrowRight aria-hidden className="size-5 flex-none" />
        </IntentLink>
      ) : null}
    </section>
  );
}
