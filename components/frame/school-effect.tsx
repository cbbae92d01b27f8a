// At how many schools a change of the frame is noticed, and at which first.
import { School } from "lucide-react";
import { useTranslations } from "next-intl";
import { keySentence } from "#components/matrix/sentences.ts";
import type { FrameEffect } from "#lib/policy/frame-effect.ts";
import { cellKey } from "#lib/policy/roles.ts";

export function SchoolEffect({ effect }: { readonly effect: FrameEffect }) {
  const t = useTranslations();
  const { schools, concerned, first } = effect;
  return (
    <section aria-labelledby="frame-effect" className="space-y-3">
      <h2 id="frame-effect" className="flex items-center gap-2 text-xl font-semibold tracking-tight">
        <School aria-hidden className="size-5 flex-none text-accent" />
        {t("frame.effectTitle")}
      </h2>
      <p className="prose-width tabular-nums">{t("frame.effect", { concerned, schools })}</p>
      {first.length === 0 ? null : (
        <details>
          <summary className="text-link inline-flex min-h-11 items-center">
            {t("frame.firstSchools", { count: first.length })}
          </summary>
          <ul className="divide-y divide-line border-y border-line">
            {first.map(({ id, name, changes }) => (
              <li key={id} className="py-3">
                <p className="font-semibold">
                  {name} <span className="font-normal text-ink-soft">{id}</span>
                </p>
                <ul className="list-disc pl-5">
                  {changes.map(({ cell, allowed }) => (
                    <li key={cellKey(cell)}>{keySentence(t, cellKey(cell), allowed)}</li>
                  ))}
                </ul>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
