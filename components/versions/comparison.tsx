// Two versions side by side: who made them, what differs, riskiest first, and the way back to each.
import { Equal } from "lucide-react";
import { useTranslations } from "next-intl";
import { ChangeList } from "#components/change/change-list.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Moment } from "#components/ui/moment.tsx";
import type { VersionComparison, VersionEntry } from "#lib/policy/types.ts";
import { VersionWho } from "./version-who.tsx";
import { WayBack } from "./way-back.tsx";

export function Comparison({ comparison }: { readonly comparison: VersionComparison }) {
  const t = useTranslations("versions");
  const { school, currentVersion, from, to, cells, waysBack } = comparison;
  return (
    <div className="space-y-8">
      <dl className="grid gap-4 sm:grid-cols-2">
        <Side title={t("compareFrom")} version={from} isCurrent={from.number === currentVersion} />
        <Side title={t("compareTo")} version={to} isCurrent={to.number === currentVersion} />
      </dl>
      <section aria-labelledby="differences" className="space-y-3">
        <h2 id="differences" className="text-xl font-semibold tracking-tight">
          {t("differences", { count: cells.length })}
        </h2>
        {cells.length === 0 ? <EmptyState icon={Equal}>{t("same")}</EmptyState> : <ChangeList items={cells} />}
      </section>
      {waysBack.map((way) => (
        <WayBack key={way.version} way={way} schoolId={school.id} currentVersion={currentVersion} />
      ))}
    </div>
  );
}

type SideProps = { readonly title: string; readonly version: VersionEntry; readonly isCurrent: boolean };

function Side({ title, version, isCurrent }: SideProps) {
  const t = useTranslations("versions");
  return (
    <div className="space-y-1 border-l-2 border-line pl-4">
      <dt className="text-ink-soft">{title}</dt>
      <dd className="space-y-1">
        <p className="text-lg font-semibold">
          {t("number", { number: version.number })}
          {isCurrent ? <span className="font-normal text-ink-soft"> · {t("inEffect")}</span> : null}
        </p>
        <p className="text-ink-soft">
          <Moment at={version.createdAt} />, <VersionWho version={version} />
        </p>
        {version.reason === "" ? null : (
          <p className="prose-width whitespace-pre-line text-ink-soft">„{version.reason}“</p>
        )}
      </dd>
    </div>
  );
}
