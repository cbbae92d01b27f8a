// Turns what the database says about cases into words, on the server: the browser needs neither our texts nor our types.
import type { Translator } from "#components/ui/translator.ts";
import type { Locale } from "#lib/i18n/locales.ts";
import { describeMoment } from "#lib/i18n/when.ts";
import type { ReportedPerson } from "#lib/reports/people.ts";

export type Writer = { readonly t: Translator; readonly locale: Locale; readonly now: Date };
/** A moment in the reader's words, with the full date and the one for machines. */
export type ShownMoment = { readonly text: string; readonly full: string; readonly iso: string };

export function moment({ t, locale, now }: Writer, at: Date): ShownMoment {
  const { nearness, time, date, full } = describeMoment(at, now, locale);
  return { text: t(`when.${nearness}`, { time, date }), full, iso: at.toISOString() };
}

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

/** "3 Stunden"; nobody needs minutes of a matter of days. */
export function duration({ t }: Writer, milliseconds: number): string {
  const minutes = Math.max(Math.round(Math.abs(milliseconds) / MINUTE_MS), 1);
  if (minutes < HOUR_MINUTES) return t("reports.duration.minutes", { count: minutes });
  if (minutes < 2 * DAY_MINUTES) return t("reports.duration.hours", { count: Math.round(minutes / HOUR_MINUTES) });
  return t("reports.duration.days", { count: Math.round(minutes / DAY_MINUTES) });
}

export type Urgency = "late" | "soon" | "calm";
type Dates = {
  readonly state: string;
  readonly dueAt: Date;
  readonly firstActionAt: Date | null;
  readonly closedAt: Date | null;
  readonly waitingUntil: Date | null;
};
const SOON_MS = 4 * HOUR_MINUTES * MINUTE_MS;

/** What the case waits for, and until when; late is what the inbox calls overdue. */
export function due(writer: Writer, dates: Dates): { readonly text: string; readonly urgency: Urgency } {
  const { t, now } = writer;
  const { dueAt, firstActionAt, closedAt, waitingUntil } = dates;
  if (closedAt !== null)
    return { text: t("reports.due.closed", { when: moment(writer, closedAt).text }), urgency: "calm" };
  if (waitingUntil !== null) {
    const left = waitingUntil.getTime() - now.getTime();
    return left < 0
      ? { text: t("reports.due.waited", { for: duration(writer, left) }), urgency: "late" }
      : { text: t("reports.due.waiting", { for: duration(writer, left) }), urgency: "calm" };
  }
  const left = dueAt.getTime() - now.getTime();
  if (left <= 0) return { text: t("reports.due.late", { for: duration(writer, left) }), urgency: "late" };
  return firstActionAt !== null
    ? { text: t("reports.due.acted", { when: moment(writer, firstActionAt).text }), urgency: "calm" }
    : { text: t("reports.due.left", { for: duration(writer, left) }), urgency: left < SOON_MS ? "soon" : "calm" };
}

export function personName({ t }: Writer, person: ReportedPerson | null): string {
  return person === null ? t("reports.unknownPerson") : (person.name ?? person.userId);
}

/** "Schüler:in, Realschule plus Musterstadt, 7b"; what the directory says now. */
export function personRoles({ t }: Writer, { roles, groups, personId, hasLeft }: ReportedPerson): string {
  if (personId === null) return t("reports.notInDirectory");
  const held = roles.map(({ role, schoolName }) =>
    t("reports.roleAt", { role: t(`roles.one.${role}`), school: schoolName }),
  );
  return [...held, ...groups, ...(hasLeft ? [t("reports.hasLeft")] : [])].join(" · ");
}
