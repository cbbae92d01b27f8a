// One entry of the audit log: the sentence, what was before and after, and the raw facts for whoever wants to recompute.
import { ArrowRight, ShieldCheck } from "lucide-react";
import { useTranslations } from "next-intl";
import { keySentence } from "#components/matrix/sentences.ts";
import { IntentLink } from "#components/ui/intent-link.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { AuditEntryView } from "#lib/audit/queries.ts";
import { parseCells } from "#lib/policy/cells.ts";
import { differingCells } from "#lib/policy/change.ts";
import { cellKey, type CellKey } from "#lib/policy/roles.ts";
import { EntrySentence, OutcomeTag } from "./audit-list.tsx";
import { auditPath, withFilter } from "./audit-paths.ts";
import { EventDetails } from "./event-details.tsx";

type Difference = { readonly key: CellKey; readonly allowed: boolean };

const MATRIX = /^[DdSsLl]{72}$/;

/** The cells that differ between the matrices before and after an event; empty for events without. */
export function differences(event: AuditEntryView["event"]): Difference[] {
  if (!event || !("before" in event) || !("after" in event)) return [];
  const { before, after } = event;
  if (!MATRIX.test(before) || !MATRIX.test(after)) return [];
  return differingCells(parseCells(before), parseCells(after)).map(({ cell, allowed }) => ({
    key: cellKey(cell),
    allowed,
  }));
}

export function AuditEntry({ entry }: { readonly entry: AuditEntryView }) {
  const t = useTranslations("audit");
  const { scope, event, correlationId, isVerified } = entry;
  const changes = differences(event);
  return (
    <div className="space-y-8">
      <div className="space-y-3">
        <p className="flex flex-wrap items-center gap-x-4 gap-y-2 text-ink-soft">
          <Moment at={entry.at} />
          <OutcomeTag outcome={entry.outcome} />
        </p>
        <p className="prose-width text-lg">
          <EntrySentence entry={entry} />
        </p>
        {event === null ? null : <EventDetails event={event} schoolId={scope} />}
        <IntentLink
          href={withFilter(auditPath(scope), { id: correlationId })}
          className="text-link inline-flex min-h-11 items-center"
        >
          {t("entry.related", { id: correlationId })}
        </IntentLink>
      </div>
      {changes.length === 0 ? null : <BeforeAfter changes={changes} />}
      {isVerified ? (
        <p className="flex items-center gap-2 text-ink-soft">
          <ShieldCheck aria-hidden className="size-5 flex-none text-added" />
          {t("entry.verified")}
        </p>
      ) : (
        <Notice tone="danger">
          <p>{t("entry.broken")}</p>
        </Notice>
      )}
      <RawFacts entry={entry} />
    </div>
  );
}

function BeforeAfter({ changes }: { readonly changes: readonly Difference[] }) {
  const t = useTranslations();
  return (
    <section aria-labelledby="changes" className="space-y-3">
      <h2 id="changes" className="text-xl font-semibold tracking-tight">
        {t("audit.entry.changes")}
      </h2>
      <ul className="divide-y divide-line border-y border-line">
        {changes.map(({ key, allowed }) => (
          <li key={key} className="grid gap-x-4 gap-y-1 py-3 sm:grid-cols-[1fr_auto_1fr] sm:items-center">
            <p className="text-ink-soft">
              <span className="block text-sm">{t("audit.entry.before")}</span>
              {keySentence(t, key, !allowed)}
            </p>
            <ArrowRight aria-hidden className="size-5 text-ink-soft max-sm:hidden" />
            <p>
              <span className="block text-sm text-ink-soft">{t("audit.entry.after")}</span>
              {keySentence(t, key, allowed)}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function RawFacts({ entry }: { readonly entry: AuditEntryView }) {
  const t = useTranslations("audit.entry");
  const facts = [
    [t("scope"), entry.scope],
    [t("seq"), String(entry.seq)],
    [t("at"), entry.at.toISOString()],
    [t("type"), entry.type],
    [t("actor"), entry.actorId ?? "–"],
    [t("role"), entry.actorRole],
    [t("id"), entry.correlationId],
    [t("commitment"), entry.commitment],
    [t("previousHash"), entry.previousHash === "" ? "–" : entry.previousHash],
    [t("hash"), entry.hash],
    [t("payload"), entry.payload ?? "–"],
  ] as const;
  return (
    <section aria-labelledby="facts" className="space-y-3">
      <h2 id="facts" className="text-xl font-semibold tracking-tight">
        {t("facts")}
      </h2>
      <p className="prose-width text-ink-soft">{t("factsHint")}</p>
      <dl className="divide-y divide-line border-y border-line">
        {facts.map(([name, value]) => (
          <div key={name} className="grid gap-x-6 py-2 sm:grid-cols-[16rem_1fr]">
            <dt className="text-ink-soft">{name}</dt>
            <dd className="min-w-0 font-mono text-sm break-all">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
