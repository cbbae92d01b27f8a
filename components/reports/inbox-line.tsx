// One case in the inbox: a line on wide screens, a small card on a phone.
"use client";
import { AlarmClock, Clock, UserRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { IntentLink } from "#components/ui/intent-link.tsx";
import type { ShownCase } from "./inbox-state.ts";
import { SeverityTag, StateTag } from "./tags.tsx";
import { When } from "./when.tsx";

type InboxLineProps = {
  readonly row: ShownCase;
  readonly isChosen: boolean;
  /** Null for what cannot be closed together with others. */
  readonly onChoose: ((id: string) => void) | null;
};

const URGENCY = { late: "font-semibold text-danger", soon: "font-semibold text-sensitive", calm: "text-ink-soft" };

export function InboxLine({ row, isChosen, onChoose }: InboxLineProps) {
  const t = useTranslations("client.reports");
  const DueIcon = row.urgency === "late" ? AlarmClock : Clock;
  return (
    <li
      data-id={row.id}
      className="relative flex gap-x-2 py-2 focus-within:bg-accent-soft/60 hover:bg-sunken data-[chosen=true]:bg-accent-soft sm:px-2"
      data-chosen={isChosen}
    >
      <label className="relative z-10 flex size-11 flex-none items-center justify-center">
        {onChoose === null ? null : (
          <input
            type="checkbox"
            checked={isChosen}
            aria-label={t("choose", { title: row.title })}
            className="size-5"
            onChange={() => {
              onChoose(row.id);
            }}
          />
        )}
      </label>
      <div className="grid min-w-0 flex-1 gap-x-6 gap-y-1 py-1.5 lg:grid-cols-[minmax(0,1fr)_11rem_12rem_8rem] lg:items-start">
        <div className="min-w-0">
          <p className="flex items-baseline gap-x-2">
            {row.isUnread ? (
              <span className="size-2.5 flex-none rounded-full bg-accent">
                <span className="sr-only">{t("unread")}</span>
              </span>
            ) : null}
            <IntentLink
              href={`/reports/${row.id}`}
              data-case={row.id}
              className={`after:absolute after:inset-0 hover:underline ${row.isUnread ? "font-bold" : "font-semibold"}`}
            >
              {row.title}
            </IntentLink>
            {row.reports === null ? null : <span className="flex-none text-sm text-ink-soft">{row.reports}</span>}
          </p>
          <p className="truncate text-ink-soft">{row.about}</p>
          <p className="truncate text-sm text-ink-soft">
            {row.school} · <When at={row.last} />
          </p>
        </div>
        <p className="flex flex-wrap gap-2">
          <SeverityTag severity={row.severity} text={row.severityText} />
          <StateTag state={row.state} text={row.stateText} />
        </p>
        <p className={`flex items-start gap-1.5 ${URGENCY[row.urgency]}`}>
          <DueIcon aria-hidden className="mt-1 size-4 flex-none" />
          {row.due}
        </p>
        <p className={`flex min-w-0 items-start gap-1.5 ${row.isMine ? "font-semibold" : "text-ink-soft"}`}>
          <UserRound aria-hidden className="mt-1 size-4 flex-none" />
          <span className="truncate">{row.owner}</span>
        </p>
      </div>
    </li>
  );
}
