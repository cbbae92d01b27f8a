// Undo, redo and discard, in the bar of a draft.
"use client";
import { Redo2, Trash2, Undo2, type LucideIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";

export type HistoryStep = "undo" | "redo" | "discard";
type HistoryButtonsProps = Readonly<Record<HistoryStep, boolean>> & { readonly onStep: (step: HistoryStep) => void };

const STEPS: readonly (readonly [HistoryStep, LucideIcon])[] = [
  ["undo", Undo2],
  ["redo", Redo2],
  ["discard", Trash2],
];

/** Each of the three is true if it is possible now. */
export function HistoryButtons({ onStep, ...possible }: HistoryButtonsProps) {
  const t = useTranslations("client.matrix");
  return (
    <div className="flex gap-1">
      {STEPS.map(([step, Icon]) => (
        <Button
          key={step}
          kind="quiet"
          isDisabled={!possible[step]}
          onPress={() => {
            onStep(step);
          }}
          className="px-3"
        >
          <Icon aria-hidden className="size-5" />
          <span className="max-2xl:sr-only">{t(step)}</span>
        </Button>
      ))}
    </div>
  );
}
