// A moment as "heute, 14:05"; pointer, keyboard and touch bring up the full date with seconds.
import { useId } from "react";
import { useLocale, useNow, useTranslations } from "next-intl";
import { describeMoment } from "#lib/i18n/when.ts";

export function Moment({ at }: { readonly at: Date }) {
  const id = useId();
  const t = useTranslations("when");
  const { nearness, time, date, full } = describeMoment(at, useNow(), useLocale());
  return (
    <span className="moment relative inline-block">
      <button
        type="button"
        aria-describedby={id}
        className="hit-area cursor-help decoration-dotted underline-offset-4 hover:underline"
      >
        <time dateTime={at.toISOString()} className="tabular-nums">
          {t(nearness, { time, date })}
        </time>
      </button>
      <span id={id} role="tooltip" className="moment-full">
        {full}
      </span>
    </span>
  );
}
