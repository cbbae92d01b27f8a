// Which entries of the audit log somebody wants to see, as it stands in the address. Pure.
import { z } from "zod";
import { TIME_ZONE } from "#lib/i18n/locales.ts";
import { AUDIT_EVENT_TYPES, type AuditEventType } from "./events.ts";

export type AuditFilter = {
  readonly type?: AuditEventType;
  /** Words of the actor's name. */
  readonly person?: string;
  readonly outcome?: "done" | "refused";
  /** Calendar days of the schools' clocks, both included: "2026-11-21". */
  readonly from?: string;
  readonly to?: string;
  /** Correlation id. */
  readonly id?: string;
};

const LARGEST_SEQ = 2_147_483_647;
const day = z.iso.date();
const fields = {
  type: z.enum(AUDIT_EVENT_TYPES),
  person: z.string().trim().min(1).max(80),
  outcome: z.enum(["done", "refused"]),
  from: day,
  to: day,
  // people read it out on the telephone and type it in as they like
  id: z.string().trim().toUpperCase().min(1).max(40),
};
export const FILTER_FIELDS = ["type", "person", "outcome", "from", "to", "id"] as const;

const sequence = z
  .string()
  .regex(/^[1-9]\d*$/)
  .transform(Number)
  .pipe(z.number().max(LARGEST_SEQ));

export type Parameters = Readonly<Record<string, string | string[] | undefined>>;

/** Number of an entry; undefined for nothing and for nonsense alike. */
export function parseSequence(parameter: string | string[] | undefined): number | undefined {
  return sequence.safeParse(parameter).data;
}

/** An empty field is no wish. What cannot be read is left out, and said. */
export function parseFilter(parameters: Parameters): { readonly filter: AuditFilter; readonly isBroken: boolean } {
  const read = <T>(name: (typeof FILTER_FIELDS)[number], schema: z.ZodType<T>): { ok: boolean; value?: T } => {
    const parameter = parameters[name];
    if (parameter === undefined || parameter === "") return { ok: true };
    const parsed = schema.safeParse(parameter);
    return parsed.success ? { ok: true, value: parsed.data } : { ok: false };
  };
  const [type, person, outcome] = [
    read("type", fields.type),
    read("person", fields.person),
    read("outcome", fields.outcome),
  ];
  const [from, to, id] = [read("from", fields.from), read("to", fields.to), read("id", fields.id)];
  const filter: AuditFilter = {
    ...(type.value !== undefined && { type: type.value }),
    ...(person.value !== undefined && { person: person.value }),
    ...(outcome.value !== undefined && { outcome: outcome.value }),
    ...(from.value !== undefined && { from: from.value }),
    ...(to.value !== undefined && { to: to.value }),
    ...(id.value !== undefined && { id: id.value }),
  };
  return { filter, isBroken: [type, person, outcome, from, to, id].some(({ ok }) => !ok) };
}

export function isFiltered(filter: AuditFilter): boolean {
  return FILTER_FIELDS.some((name) => filter[name] !== undefined);
}

/** "type=…&from=…", always in the same order; empty without a filter. */
export function filterQuery(filter: AuditFilter): string {
  const query = new URLSearchParams();
  for (const name of FILTER_FIELDS) {
    const value = filter[name];
    if (value !== undefined) query.set(name, value);
  }
  return query.toString();
}

/** Midnight of the schools' clocks. The clock changes at 01:00 UTC, so that the day's offset holds at its beginning. */
function midnight(year: number, month: number, date: number): Date {
  const utc = new Date(Date.UTC(year, month - 1, date));
  const offset = new Intl.DateTimeFormat("en", { timeZone: TIME_ZONE, timeZoneName: "longOffset" })
    .formatToParts(utc)
    .find(({ type }) => type === "timeZoneName")?.value;
  const [, sign = "+", hours = "0", minutes = "0"] = /GMT([+-])(\d+):(\d+)/.exec(offset ?? "") ?? [];
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return new Date(utc.getTime() - (sign === "-" ? -offsetMs : offsetMs));
}

/** @param plusDays 1: the end of that day */
function instant(dayText: string, plusDays: 0 | 1): Date {
  const [year = 0, month = 1, date = 1] = dayText.split("-").map(Number);
  return midnight(year, month, date + plusDays);
}

/** The instants between which an entry must lie: from inclusive, before exclusive. */
export function periodOf({ from, to }: AuditFilter): { readonly from?: Date; readonly before?: Date } {
  return {
    ...(from !== undefined && { from: instant(from, 0) }),
    ...(to !== undefined && { before: instant(to, 1) }),
  };
}
