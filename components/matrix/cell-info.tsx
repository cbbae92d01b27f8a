// The fixed place that tells what the cell under focus or pointer means; without one, how to read the matrix.
"use client";
import { Check, Clock, Lock, Minus, Plus, Shield } from "lucide-react";
import { useTranslations } from "next-intl";
import { cellNotes, stateText } from "./cell-notes.ts";
import type { LineState } from "./lines.ts";
import type { ShownCell } from "./view.ts";

type CellInfoProps = {
  readonly cell: ShownCell | undefined;
  /** What is to be said of a row or column under focus. */
  readonly line: { readonly name: string; readonly kind: "row" | "column"; readonly state: LineState } | undefined;
};

export function CellInfo({ cell, line }: CellInfoProps) {
  const t = useTranslations("client.matrix");
  return (
    <div className="hidden min-h-18 items-center px-4 py-2 md:flex">
      {line !== undefined ? (
        <LineExplanation {...line} />
      ) : cell === undefined ? (
        <Legend />
      ) : (
        <Explanation cell={cell} state={stateText(t, cell)} notes={cellNotes(t, cell)} />
      )}
    </div>
  );
}

type ExplanationProps = { readonly cell: ShownCell; readonly state: string; readonly notes: readonly string[] };

function Explanation({ cell, state, notes }: ExplanationProps) {
  const Icon = cell.changed
    ? cell.wanted
      ? Plus
      : Minus
    : cell.lockReason !== null
      ? Lock
      : cell.wanted
        ? Check
        : null;
  return (
    <div className="space-y-0.5">
      <p>
        <span className="font-semibold">{cell.sentence}</span>
        <span className="ml-3 inline-flex items-center gap-1 text-ink-soft">
          {Icon === null ? null : <Icon aria-hidden className="size-4" />}
          {state}
        </span>
      </p>
      {notes.map((note) => (
        <p key={note} className="flex items-center gap-2 text-ink-soft">
          {cell.waiting ? <Clock aria-hidden className="size-4 flex-none text-waiting" /> : null}
          {cell.sensitive && !cell.waiting && cell.lockReason === null ? (
            <Shield aria-hidden className="size-4 flex-none fill-sensitive-soft text-sensitive" />
          ) : null}
          {note}
        </p>
      ))}
    </div>
  );
}

function LineExplanation({ name, kind, state: { allowed, total, fixed } }: NonNullable<CellInfoProps["line"]>) {
  const t = useTranslations("client.matrix");
  return (
    <div className="space-y-0.5">
      <p className="font-semibold">{t(kind === "row" ? "lineRow" : "lineColumn", { name, allowed, total })}</p>
      <p className="text-ink-soft">
        {fixed < total ? t("lineHint") : null} {fixed > 0 ? t("lineFixed", { count: fixed }) : null}
      </p>
    </div>
  );
}

function Legend() {
  const t = useTranslations("client.matrix");
  return (
    <div className="text-ink-soft">
      <p className="font-semibold text-ink">{t("legendTitle")}</p>
      <ul className="flex flex-wrap gap-x-6 gap-y-1">
        <li className="flex items-center gap-2">
          <span className="flex size-5 items-center justify-center rounded-sm bg-accent text-on-accent">
            <Check aria-hidden className="size-4" strokeWidth={3} />
          </span>
          {t("legendAllowed")}
        </li>
        <li className="flex items-center gap-2">
          <span className="size-5 rounded-sm border-2 border-control bg-surface" />
          {t("legendForbidden")}
        </li>
        <li className="flex items-center gap-2">
          <Shield aria-hidden className="size-4 fill-sensitive-soft text-sensitive" />
          {t("legendSensitive")}
        </li>
        <li className="flex items-center gap-2">
          <Lock aria-hidden className="size-4" />
          {t("legendLocked")}
        </li>
        <li className="flex items-center gap-2">
          <Clock aria-hidden className="size-4 text-waiting" />
          {t("legendWaiting")}
        </li>
      </ul>
    </div>
  );
}
