// The audit log as sentences, newest first.
import { Ban, CircleCheck } from "lucide-react";
import { useTranslations } from "next-intl";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { STATE_SCOPE } from "#lib/audit/events.ts";
import type { AuditView } from "#lib/audit/queries.ts";
import { actorWithRole } from "./actor.ts";
import { auditEntryPath } from "./audit-paths.ts";
import { EventDetails } from "./event-details.tsx";
import { EventSentence } from "./event-sentence.tsx";

type AuditListProps = {
  readonly entries: readonly AuditView[];
  /** Of all chains: says where, and leads to no entry, because the reader may not see the rest of the chain. */
  readonly acrossChains?: boolean;
};

export function AuditList({ entries, acrossChains = false }: AuditListProps) {
  return (
    <ol className="divide-y divide-line border-y border-line">
      {entries.map((entry) => (
        <AuditItem key={`${entry.scope} ${String(entry.seq)}`} entry={entry} acrossChains={acrossChains} />
      ))}
    </ol>
  );
}

function AuditItem({ entry, acrossChains }: { readonly entry: AuditView; readonly acrossChains: boolean }) {
  const t = useTranslations();
  const { scope, seq, at, event, outcome, correlationId } = entry;
  return (
    <li id={`entry-${String(seq)}`} className="grid gap-x-8 gap-y-1 py-4 md:grid-cols-[11rem_1fr_auto]">
      <p className="text-ink-soft md:py-0.5">
        <Moment at={at} />
        {acrossChains ? (
          <span className="block text-sm tabular-nums">
            {t("audit.at", { scope: scope === STATE_SCOPE ? t("audit.stateScope") : scope })}
          </span>
        ) : null}
      </p>
      <div className="min-w-0">
        <p className="prose-width">
          <EntrySentence entry={entry} />
        </p>
        {event === null ? null : <EventDetails event={event} schoolId={scope} />}
      </div>
      <p className="flex flex-wrap items-start gap-x-3 gap-y-1 md:flex-col md:items-end">
        <OutcomeTag outcome={outcome} />
        <span className="text-sm text-ink-soft tabular-nums">{t("audit.id", { id: correlationId })}</span>
        {acrossChains ? null : (
          <IntentLink
            href={auditEntryPath(scope, seq)}
            aria-label={`${t("audit.toEntry")} ${String(seq)}`}
            className="text-link hit-area text-sm"
          >
            {t("audit.toEntry")}
          </IntentLink>
        )}
      </p>
    </li>
  );
}

export function EntrySentence({ entry }: { readonly entry: AuditView }) {
  const t = useTranslations();
  const { event, isErased, personName } = entry;
  if (event === null) return t(isErased ? "audit.erased" : "audit.unreadable");
  return <EventSentence event={event} actor={actorWithRole(t, entry)} person={personName} />;
}

export function OutcomeTag({ outcome }: Pick<AuditView, "outcome">) {
  const t = useTranslations("audit");
  return outcome === "refused" ? (
    <Tag tone="danger" icon={Ban}>
      {t("refused")}
    </Tag>
  ) : (
    <Tag tone="neutral" icon={CircleCheck}>
      {t("done")}
    </Tag>
  );
}
