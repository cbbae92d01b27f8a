// The audit log as sentences, newest first.
import { Ban, CircleCheck } from "lucide-react";
import { useTranslations } from "next-intl";
import { Moment } from "#components/ui/moment.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { AuditView } from "#lib/audit/queries.ts";
import { EventDetails } from "./event-details.tsx";
import { EventSentence } from "./event-sentence.tsx";

const KNOWN_ROLES = [
  "teacher",
  "student",
  "guardian",
  "schoolManagement",
  "secretariat",
  "socialWork",
  "parentsCouncil",
  "orgAdmin",
  "support",
  "landAdmin",
] as const;

type AuditListProps = { readonly entries: readonly AuditView[]; readonly schoolId: string };

export function AuditList({ entries, schoolId }: AuditListProps) {
  return (
    <ol className="divide-y divide-line border-y border-line">
      {entries.map((entry) => (
        <AuditItem key={entry.seq} entry={entry} schoolId={schoolId} />
      ))}
    </ol>
  );
}

function AuditItem({ entry, schoolId }: { readonly entry: AuditView; readonly schoolId: string }) {
  const t = useTranslations();
  const { seq, at, actorName, actorRole, event, outcome, correlationId } = entry;
  const role = KNOWN_ROLES.find((known) => known === actorRole);
  const name = actorName ?? t(actorRole === "system" ? "audit.system" : "audit.unknown");
  const actor = role === undefined ? name : `${name} (${t(`roles.one.${role}`)})`;
  return (
    <li id={`entry-${String(seq)}`} className="grid gap-x-8 gap-y-1 py-4 md:grid-cols-[11rem_1fr_auto]">
      <p className="text-ink-soft md:py-0.5">
        <Moment at={at} />
      </p>
      <div className="min-w-0">
        <p className="prose-width">
          {event === null ? t("audit.erased") : <EventSentence event={event} actor={actor} />}
        </p>
        {event === null ? null : <EventDetails event={event} schoolId={schoolId} />}
      </div>
      <p className="flex flex-wrap items-start gap-x-3 gap-y-1 md:flex-col md:items-end">
        {outcome === "refused" ? (
          <Tag tone="danger" icon={Ban}>
            {t("audit.refused")}
          </Tag>
        ) : (
          <Tag tone="neutral" icon={CircleCheck}>
            {t("audit.done")}
          </Tag>
        )}
        <span className="text-sm text-ink-soft tabular-nums">{t("audit.id", { id: correlationId })}</span>
      </p>
    </li>
  );
}
