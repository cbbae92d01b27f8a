// What changed while a request waited, and whether approving it would still do what it asks for.
import { Minus, Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { keySentence, keySentences } from "#components/matrix/sentences.ts";
import { Notice } from "#components/ui/notice.tsx";
import type { SinceWritten as Since } from "#lib/policy/types.ts";

export function SinceWritten({ since }: { readonly since: Since }) {
  const t = useTranslations();
  const { baseVersion, currentVersion, changes, overtaken } = since;
  const versions = { base: baseVersion, current: currentVersion };
  return (
    <section aria-labelledby="since" className="space-y-3">
      <h2 id="since" className="text-xl font-semibold tracking-tight">
        {t("request.since.title")}
      </h2>
      <p className="prose-width text-ink-soft">
        {t(changes.length === 0 ? "request.since.none" : "request.since.some", versions)}
      </p>
      {changes.length === 0 ? null : (
        <ul className="space-y-1">
          {changes.map(({ key, allowed }) => {
            const Mark = allowed ? Plus : Minus;
            return (
              <li key={key} className="flex gap-2">
                <Mark aria-hidden className={`mt-1 size-4 flex-none ${allowed ? "text-added" : "text-removed"}`} />
                {keySentence(t, key, allowed)}
              </li>
            );
          })}
        </ul>
      )}
      {overtaken.length > 0 ? (
        <Notice tone="warning" title={t("request.since.voidTitle")}>
          <p>{t("request.since.voidText")}</p>
          <ul className="list-disc pl-5">
            {keySentences(t, overtaken).map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
          <p>{t("request.since.voidThen")}</p>
        </Notice>
      ) : changes.length > 0 ? (
        <p className="prose-width">{t("request.since.still")}</p>
      ) : null}
    </section>
  );
}
