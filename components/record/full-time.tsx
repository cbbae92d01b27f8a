// A moment with date and seconds: on paper, "today" means nothing and a hint cannot be opened.
import { useLocale, useNow } from "next-intl";
import { describeMoment } from "#lib/i18n/when.ts";

export function FullTime({ at }: { readonly at: Date }) {
  const { full } = describeMoment(at, useNow(), useLocale());
  return (
    <time dateTime={at.toISOString()} className="tabular-nums">
      {full}
    </time>
  );
}
