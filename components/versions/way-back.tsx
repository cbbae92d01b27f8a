// Going back to a version: an ordinary change that the summary shows first. What is locked stays, and is named.
import { History, Lock } from "lucide-react";
import { useTranslations } from "next-intl";
import { summaryPath } from "#components/matrix/edits-url.ts";
import { keySentence } from "#components/matrix/sentences.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { VersionComparison } from "#lib/policy/types.ts";

type WayBackProps = {
  readonly way: VersionComparison["waysBack"][number];
  readonly schoolId: string;
  readonly currentVersion: number;
};

export function WayBack({ way: { version, edits, skipped }, schoolId, currentVersion }: WayBackProps) {
  const t = useTranslations();
  const id = `back-${String(version)}`;
  const wanted = Object.fromEntries(edits.map(({ key, allowed }) => [key, allowed]));
  return (
    <section aria-labelledby={id} className="space-y-3">
      <h2 id={id} className="text-xl font-semibold tracking-tight">
        {t("versions.back.title", { version })}
      </h2>
      <p className="prose-width text-ink-soft">
        {t(edits.length === 0 ? "versions.back.nothing" : "versions.back.hint", { current: currentVersion })}
      </p>
      {skipped.length === 0 ? null : (
        <Notice tone="info" title={t("versions.back.locked", { count: skipped.length })}>
          <ul className="space-y-1">
            {skipped.map(({ key, allowed }) => (
              <li key={key} className="flex gap-2">
                <Lock aria-hidden className="mt-1 size-4 flex-none text-ink-soft" />
                {keySentence(t, key, allowed)}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {edits.length === 0 ? null : (
        <ButtonLink href={summaryPath(schoolId, currentVersion, wanted)}>
          <History aria-hidden className="size-5" />
          {t("versions.back.action", { version })}
        </ButtonLink>
      )}
    </section>
  );
}
