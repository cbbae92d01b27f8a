// What the person has switched but not sent, how to take it back, and the way on.
"use client";
import { ArrowRight, Redo2, Shield, Trash2, Undo2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { buttonClass } from "#components/ui/classes.ts";
import type { DraftStep } from "./draft.ts";
import { IntentLink } from "#components/ui/intent-link.tsx";

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
      <div className="flex gap-1">
        <Button
          kind="quiet"
          isDisabled={!canUndo}
          onPress={() => {
            onStep({ type: "undo" });
          }}
          className="px-3"
        >
          <Undo2 aria-hidden className="size-5" />
          <span className="max-2xl:sr-only">{t("undo")}</span>
        </Button>
        <Button
          kind="quiet"
          isDisabled={!canRedo}
          onPress={() => {
            onStep({ type: "redo" });
          }}
          className="px-3"
        >
          <Redo2 aria-hidden className="size-5" />
          <span className="max-2xl:sr-only">{t("redo")}</span>
        </Button>
        <Button
          kind="quiet"
          isDisabled={changes === 0}
          onPress={() => {
            onStep({ type: "discard" });
          }}
          className="px-3"
        >
          <Trash2 aria-hidden className="size-5" />
          <span className="max-2xl:sr-only">{t("discard")}</span>
        </Button>
      </div>
      {changes > 0 ? (
        <IntentLink href={summaryHref} className={buttonClass("primary", "max-sm:flex-1 max-sm:px-3 max-sm:text-sm")}>
          {t("summary")}
          <ArrowRight aria-hidden className="size-5 flex-none" />
        </IntentLink>
      ) : null}
    </section>
  );
}
