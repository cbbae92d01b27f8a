// Somebody else was faster: what they changed, what overlaps, and the way on. Nothing is overwritten silently.
import { GitMerge } from "lucide-react";
import { useTranslations } from "next-intl";
import { summaryPath } from "#components/matrix/edits-url.ts";
import { keySentence } from "#components/matrix/sentences.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { Edits } from "#components/matrix/draft.ts";
import type { ChangeSummary } from "#lib/policy/types.ts";

export function Conflict({ summary, edits }: { readonly summary: ChangeSummary; readonly edits: Edits }) {
  const t = useTranslations();
  const { school, baseVersion, currentVersion, conflicts, changedMeanwhile } = summary;
  const overlapping = new Set(conflicts);
  return (
    <Notice tone="warning" title={t("conflict.title")}>
      <p>{t("conflict.text", { count: Object.keys(edits).length, base: baseVersion, current: currentVersion })}</p>
      {changedMeanwhile.length === 0 ? (
        <p>{t("conflict.none")}</p>
      ) : (
        <>
          <p className="pt-2 font-semibold">{t("conflict.changed")}</p>
          <ul className="list-disc space-y-1 pl-5">
            {changedMeanwhile.map((key) => (
              <li key={key}>
                {keySentence(t, key)}
                {overlapping.has(key) ? (
                  <span className="ml-2">
                    <Tag tone="danger" icon={GitMerge}>
                      {t("conflict.overlap")}
                    </Tag>
                  </span>
                ) : null}
              </li>
            ))}
          </ul>
        </>
      )}
      <p className="pt-2">{t("conflict.continueHint")}</p>
      <ButtonLink href={summaryPath(school.id, currentVersion, edits)} kind="primary" className="mt-2">
        {t("conflict.continue", { current: currentVersion })}
      </ButtonLink>
    </Notice>
  );
}
