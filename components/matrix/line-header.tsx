// The box in the head of a row or column that switches all of it: on, off or in between.
"use client";
import { Check, Minus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId } from "react";
import { lineState } from "./lines.ts";
import type { ShownCell } from "./view.ts";

type LineHeaderProps = {
  readonly kind: "row" | "column";
  /** Of the role or target. */
  readonly name: string;
  readonly cells: readonly ShownCell[];
  /** The grid's one tab stop; always one where there is no grid around. */
  readonly isStop: boolean;
  readonly onToggle: () => void;
  readonly onFocus?: () => void;
};

export function LineHeader({ kind, name, cells, isStop, onToggle, onFocus }: LineHeaderProps) {
  const t = useTranslations("client.matrix");
  const id = useId();
  const { checked, allowed, total, fixed } = lineState(cells);
  const isFixed = fixed === total;
  const Mark = checked === "mixed" ? Minus : Check;
  return (
    <>
      <button
        type="button"
        role="checkbox"
        aria-checked={checked}
        aria-disabled={isFixed}
        aria-label={t(kind === "row" ? "lineRow" : "lineColumn", { name, allowed, total })}
        aria-describedby={fixed > 0 ? id : undefined}
        tabIndex={isStop ? 0 : -1}
        onFocus={onFocus}
        onClick={() => {
          if (!isFixed) onToggle();
        }}
        className={`hit-area inline-flex size-6 flex-none items-center justify-center rounded-md border-2 ${
          isFixed
            ? "cursor-help border-dashed border-control text-ink-soft"
            : "cursor-pointer border-control text-accent"
        } ${checked === false ? "" : "bg-accent-soft"}`}
      >
        {checked === false ? null : <Mark aria-hidden className="size-4" strokeWidth={3} />}
      </button>
      {fixed > 0 ? (
        <span id={id} hidden>
          {t("lineFixed", { count: fixed })}
        </span>
      ) : null}
    </>
  );
}
