// Where the audit log tells of a request: numbers and checksums, so that the paper can be held against the log.
import { CircleAlert, CircleCheck } from "lucide-react";
import { useTranslations } from "next-intl";
import { actorWithRole } from "#components/audit/actor.ts";
import { EventSentence } from "#components/audit/event-sentence.tsx";
import type { RequestEntry } from "#lib/audit/request-entries.ts";
import { FullTime } from "./full-time.tsx";

export function RecordAudit({ entries }: { readonly entries: readonly RequestEntry[] }) {
  const t = useTranslations();
  if (entries.length === 0) return <p>{t("record.noEntries")}</p>;
  const verified = entries.every((entry) => entry.verified);
  const Icon = verified ? CircleCheck : CircleAlert;
  return (
    <>
      <p className="prose-width text-ink-soft">{t("record.auditText")}</p>
      <ol className="space-y-3">
        {entries.map((entry) => (
          <li key={entry.seq} className="break-inside-avoid">
            <p>
              <span className="font-semibold tabular-nums">
                {t("record.number")} {entry.seq}
              </span>{" "}
              · <FullTime at={entry.at} />
            </p>
            <p className="prose-width">
              <EventSentence event={entry.event} actor={actorWithRole(t, entry)} person={null} />
            </p>
            <p className="text-sm text-ink-soft">
              {t("record.hash")}: <span className="font-mono break-all">{entry.hash}</span>
            </p>
          </li>
        ))}
      </ol>
      <p className={`flex items-start gap-2 ${verified ? "text-added" : "font-semibold text-danger"}`}>
        <Icon aria-hidden className="mt-0.5 size-5 flex-none" />
        {t(verified ? "record.verified" : "record.broken")}
      </p>
    </>
  );
}
