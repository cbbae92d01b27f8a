// A moment in the words of its reader: "heute, 14:05" now, and the full date with seconds on demand.
import { TIME_ZONE, type Locale } from "./locales.ts";

export type Nearness = "today" | "yesterday" | "thisYear" | "earlier";

export type Moment = {
  readonly nearness: Nearness;
  readonly time: string;
  /** Without the year in the year that runs. */
  readonly date: string;
  readonly full: string;
};

const DAY_MS = 86_400_000;

/** Midnight (UTC) of the calendar day that the schools' clocks show. */
function calendarDay(moment: Date): number {
  const [year, month, day] = new Intl.DateTimeFormat("en-CA", { timeZone: TIME_ZONE, dateStyle: "short" })
    .format(moment)
    .split("-")
    .map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day);
}

const REGIONS: Record<Locale, string> = { de: "de-DE", en: "en-GB" };

/** "31. Januar 2027" for "2027-01-31". */
export function describeDay(day: string, locale: Locale): string {
  const moment = new Date(`${day}T00:00:00Z`);
  return new Intl.DateTimeFormat(REGIONS[locale], { timeZone: "UTC", dateStyle: "long" }).format(moment);
}

export function describeMoment(moment: Date, now: Date, locale: Locale): Moment {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(REGIONS[locale], { timeZone: TIME_ZONE, ...options }).format(moment);
  const days = (calendarDay(now) - calendarDay(moment)) / DAY_MS;
  const sameYear = new Date(calendarDay(now)).getUTCFullYear() === new Date(calendarDay(moment)).getUTCFullYear();
  const nearness = days === 0 ? "today" : days === 1 ? "yesterday" : sameYear ? "thisYear" : "earlier";
  return {
    nearness,
    time: format({ hour: "2-digit", minute: "2-digit" }),
    date: format({ day: "numeric", month: "long", ...(sameYear ? {} : { year: "numeric" }) }),
    full: format({ dateStyle: "full", timeStyle: "medium" }),
  };
}
