// The last day of an opening (design §4.7): a calendar day by the schools' clock, in effect until its midnight. Pure.
import { TIME_ZONE } from "#lib/i18n/locales.ts";

/** "2027-01-31". Such texts compare as the days do. */
export type Day = `${number}-${number}-${number}`;

/** Nobody remembers an opening for longer than a school year; the database holds the same number. */
const LONGEST_OPENING_DAYS = 400;

const DAY_MS = 86_400_000;
const BERLIN_DAY = new Intl.DateTimeFormat("en-CA", { timeZone: TIME_ZONE, dateStyle: "short" });

/** Undefined for anything that is no day of the calendar, the 30th of February included. */
export function parseDay(text: string): Day | undefined {
  if (!isDayText(text)) return undefined;
  const moment = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text) ? text : undefined;
}

function isDayText(text: string): text is Day {
  return /^\d{4}-\d{2}-\d{2}$/.test(text);
}

/** The day that the schools' clocks show. */
export function schoolDay(moment: Date): Day {
  return toDay(new Date(`${BERLIN_DAY.format(moment)}T00:00:00Z`));
}

export function addDays(day: Day, days: number): Day {
  return toDay(new Date(fromDay(day).getTime() + days * DAY_MS));
}

/** The days that may be chosen, both included: from tomorrow on. */
export function possibleEnds(now: Date): { readonly first: Day; readonly last: Day } {
  const today = schoolDay(now);
  return { first: addDays(today, 1), last: addDays(today, LONGEST_OPENING_DAYS) };
}

export function isPossibleEnd(day: Day, now: Date): boolean {
  const { first, last } = possibleEnds(now);
  return day >= first && day <= last;
}

export function hasEnded(day: Day, now: Date): boolean {
  return schoolDay(now) > day;
}

/** A column of type date arrives as midnight UTC of its day. */
export function toDay(column: Date): Day {
  const day = column.toISOString().slice(0, 10);
  if (!isDayText(day)) throw new RangeError(`not a day: ${day}`);
  return day;
}

export function fromDay(day: Day): Date {
  return new Date(`${day}T00:00:00Z`);
}
