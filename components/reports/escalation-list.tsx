// What was handed to a school's management, or to the state: what waits for an answer first.
import { Inbox } from "lucide-react";
import { useTranslations } from "next-intl";
import { CircleCheck, Clock } from "lucide-react";
import { escalationPath } from "#components/shell/paths.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { ListedEscalation } from "#lib/reports/escalation-queries.ts";
import { SeverityTag } from "./tags.tsx";

type EscalationListProps = {
  readonly escalations: readonly ListedEscalation[];
  /** Null for what went to the state. */
  readonly schoolId: string | null;
};

export function EscalationList({ escalations, schoolId }: EscalationListProps) {
  const t = useTranslations("reports");
  if (escalations.length === 0) return <EmptyState icon={Inbox}>{t("escalated.empty")}</EmptyState>;
  return (
    <ul className="divide-y divide-line border-y border-line">
      {escalations.map((one) => (
        <li key={one.id} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-4">
          <div className="min-w-0">
            <IntentLink href={escalationPath(schoolId, one.id)} className="text-link hit-area font-semibold">
              {t("rowTitle", { number: String(one.caseNumber), category: t(`category.${one.category}`) })}
            </IntentLink>
            <p className="text-ink-soft">
              {schoolId === null ? `${one.schoolName} · ` : null}
              {t("escalated.since")} <Moment at={one.createdAt} />
            </p>
          </div>
          <p className="flex flex-wrap gap-2">
            <SeverityTag severity={one.severity} text={t(`severity.${one.severity}`)} />
            <EscalationTag one={one} />
          </p>
        </li>
      ))}
    </ul>
  );
}

export function EscalationTag({ one }: { readonly one: ListedEscalation }) {
  const t = useTranslations("reports.escalated");
  if (one.isOpen) {
    return (
      <Tag tone="waiting" icon={Clock}>
        {t("open")}
      </Tag>
    );
  }
  return (
    <Tag tone="added" icon={CircleCheck}>
      {t(one.answeredAt === null ? "closed" : "answered")}
    </Tag>
  );
}
