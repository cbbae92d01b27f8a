// The summary of a change: sentences, numbers, conflicts, locks; the form that sends it stands around.
import { TrendingDown, TrendingUp } from "lucide-react";
import { useTranslations } from "next-intl";
import { ApprovabilityNotice } from "#components/approvals/approvability-notice.tsx";
import type { Edits } from "#components/matrix/draft.ts";
import type { Ends } from "#components/matrix/edits-url.ts";
import { keySentences } from "#components/matrix/sentences.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { schoolPath } from "#components/shell/paths.ts";
import type { ChangeSummary } from "#lib/policy/types.ts";
import { ChangeSection } from "./change-section.tsx";
import { Conflict } from "./conflict.tsx";

type SummaryProps = { readonly summary: ChangeSummary; readonly edits: Edits; readonly ends: Ends | null };

export function isOutdated({ baseVersion, currentVersion }: ChangeSummary): boolean {
  return baseVersion !== currentVersion;
}

export function Summary({ summary, edits, ends }: SummaryProps) {
  const t = useTranslations();
  const { items, locked, notOpen } = summary;
  return (
    <div className="space-y-8">
      {isOutdated(summary) ? <Conflict {...{ summary, edits, ends }} /> : null}
      {locked.length > 0 ? (
        <Notice tone="warning" title={t("summary.lockedTitle")}>
          <p>{t("summary.lockedText")}</p>
          <ul className="list-disc pl-5">
            {keySentences(t, locked).map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </Notice>
      ) : null}
      {notOpen.length > 0 ? (
        <Notice tone="warning" title={t("summary.notOpenTitle")}>
          <p>{t("summary.notOpenText")}</p>
          <ul className="list-disc pl-5">
            {keySentences(t, notOpen).map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </Notice>
      ) : null}
      {items.length === 0 ? (
        <Notice tone="info" title={t("summary.nothingTitle")}>
          <p>{t("summary.nothingText")}</p>
          <ButtonLink href={schoolPath(summary.school.id, "matrix")} className="mt-2">
            {t("summary.back")}
          </ButtonLink>
        </Notice>
      ) : null}
      <ApprovabilityNotice approvability={summary.approvability} />
      <ChangeSection
        kind="waiting"
        title={t("summary.waiting")}
        hint={t(
          items.some(({ waits, sensitive }) => waits && !sensitive)
            ? "summary.waitingEveryHint"
            : "summary.waitingHint",
        )}
        items={items.filter(({ waits }) => waits)}
      />
      <ChangeSection
        kind="immediate"
        title={t("summary.immediate")}
        hint={t("summary.immediateHint")}
        items={items.filter(({ waits }) => !waits)}
      />
      {items.length > 0 ? <Totals summary={summary} /> : null}
    </div>
  );
}

function Totals({ summary: { gaining, losing } }: { readonly summary: ChangeSummary }) {
  const t = useTranslations("summary");
  if (gaining.people === 0 && losing.people === 0) return null;
  return (
    <div className="space-y-1 tabular-nums">
      {gaining.people > 0 ? (
        <p className="flex items-center gap-2">
          <TrendingUp aria-hidden className="size-5 flex-none text-added" />
          {t("gaining", { count: gaining.people })}
        </p>
      ) : null}
      {losing.people > 0 ? (
        <p className="flex items-center gap-2">
          <TrendingDown aria-hidden className="size-5 flex-none text-removed" />
          {t("losing", { count: losing.people })}
        </p>
      ) : null}
      <p className="text-ink-soft">{t("gainingFoot")}</p>
    </div>
  );
}
