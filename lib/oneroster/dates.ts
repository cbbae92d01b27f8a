// Dates as servers write them: with any number of fractional digits, with any time zone or none, or as a day alone.
const FORM = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?\s*(Z|[+-]\d\d:?\d\d)?)?$/i;

/** A time without a zone, and a day, count as UTC. @returns undefined for what is no date */
export function parseDate(text: string): Date | undefined {
  const match = FORM.exec(text.trim());
  if (match === null) return undefined;
  const [, day = "", time = "00:00", fraction = "", zone = "Z"] = match;
  const seconds = time.length === 5 ? `${time}:00` : time;
  const offset = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const parsed = new Date(`${day}T${seconds}.${fraction.padEnd(3, "0").slice(0, 3)}${offset}`);
  if (Number.isNaN(parsed.getTime())) return undefined;
  // Date reads February 30 as March 2; a million records have a date, and few of them a late one
  const isReal = Number(day.slice(8)) <= 28 || new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
  return isReal ? parsed : undefined;
}
