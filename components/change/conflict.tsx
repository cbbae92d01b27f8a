// Somebody else was faster: what they changed, what overlaps, and the way on. Nothing is overwritten silently.
import { GitMerge } from "lucide-react";
import { useTranslations } from "next-intl";
import { endsPath, summaryPath, type Ends } from "#components/matrix/edits-url.ts";
import { keySentence } from "#components/matrix/sentences.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { Edits } from "#components/matrix/draft.ts";
import { VersionWho } from "#components/versions/version-who.tsx";
import type { ChangeSummary } from "#lib/policy/types.ts";

type ConflictProps = { readonly summary: ChangeSummary; readonly edits: Edits; readonly ends: Ends | null };

export function Conflict({ summary, edits, ends }: ConflictProps) {
  const t = useTranslations();
  const { school, baseVersion, currentVersion, conflicts, changedMeanwhile } = summary;
  const overlapping = new Set(conflicts);
  const href = ends ? endsPath(school.id, currentVersion, ends) : summaryPath(school.id, currentVersion, edits);
  return (
    <Notice tone="warning" title={t("conflict.title")}>
      <p>
        {t("conflict.text", {
          count: ends ? ends.keys.length : Object.keys(edits).length,
          base: baseVersion,
          current: currentVersion,
        })}
      </p>
      {changedMeanwhile.length === 0 ? (
        <p>{t("conflict.none")}</p>
      ) : (
        <>
          <p className="pt-2 font-semibold">{t("conflict.changed")}</p>
          <ul className="list-disc space-y-1 pl-5">
            {changedMeanwhile.map(({ key, allowed, by }) => (
              <li key={key}>
                {keySentence(t, key, allowed)}:{" "}
                <span className="text-ink-soft">
                  {t(allowed ? "conflict.opened" : "conflict.closed")} <VersionWho version={by} />,{" "}
                  <Moment at={by.createdAt} /> ({t("versions.number", { number: by.number })})
                </span>
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
      <ButtonLink href={href} kind="primary" className="mt-2">
        {t("conflict.continue", { current: currentVersion })}
      </ButtonLink>
    </Notice>
  );
}
