// The consequences of a change in sentences, riskiest first: on the summary and on the page of a request.
import { ArrowRight, CalendarClock, Minus, Plus, Shield } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { endText, keySentence, reachSentence } from "#components/matrix/sentences.ts";
import { Tag } from "#components/ui/tag.tsx";
import { describeDay } from "#lib/i18n/when.ts";
import type { SummaryItem } from "#lib/policy/types.ts";

/** Without numbers where a change is long past: they would be those of today. */
export type ListedChange = Pick<SummaryItem, "key" | "allowed" | "sensitive" | "endsOn"> &
  Partial<Pick<SummaryItem, "reach" | "formerEnd">>;

export function ChangeList({ items }: { readonly items: readonly ListedChange[] }) {
  return (
    <ul className="divide-y divide-line border-y border-line">
      {items.map((item) => (
        <ChangeItem key={item.key} item={item} />
      ))}
    </ul>
  );
}

function ChangeItem({ item }: { readonly item: ListedChange }) {
  const t = useTranslations();
  const locale = useLocale();
  const { reach, formerEnd = null } = item;
  const Mark = formerEnd ? CalendarClock : item.allowed ? Plus : Minus;
  const state = (allowed: boolean) => t(allowed ? "change.allowed" : "change.forbidden");
  const [before, after] = formerEnd
    ? [endText(t, locale, formerEnd.day), endText(t, locale, item.endsOn)]
    : [state(!item.allowed), state(item.allowed)];
  return (
    <li className="flex gap-4 py-4">
      <span
        aria-hidden
        className={`mt-0.5 flex size-7 flex-none items-center justify-center rounded-full ${formerEnd ? "bg-accent-soft text-accent" : item.allowed ? "bg-added-soft text-added" : "bg-removed-soft text-removed"}`}
      >
        <Mark className="size-4" strokeWidth={formerEnd ? 2 : 3} />
      </span>
      <div className="min-w-0 space-y-1">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="text-lg leading-snug font-semibold">{keySentence(t, item.key, item.allowed)}</span>
          {item.sensitive ? (
            <Tag tone="sensitive" icon={Shield}>
              {t("change.sensitive")}
            </Tag>
          ) : null}
        </p>
        {reach === undefined ? null : (
          <p className="prose-width tabular-nums">{reachSentence(t, { ...item, reach, formerEnd })}</p>
        )}
        <p className="flex flex-wrap items-center gap-x-2 text-ink-soft">
          <span>
            {t("change.before")} {before}
          </span>
          <ArrowRight aria-hidden className="size-4" />
          <span>
            {t("change.after")} {after}
          </span>
        </p>
        {item.endsOn === null || formerEnd ? null : (
          <p className="flex items-center gap-2 text-ink-soft">
            <CalendarClock aria-hidden className="size-4 flex-none" />
            {t("change.endsOn", { day: describeDay(item.endsOn, locale) })}
          </p>
        )}
      </div>
    </li>
  );
}
