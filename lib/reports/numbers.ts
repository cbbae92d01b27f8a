// How much is open and how long it takes, by severity, age, school and month; never by staff member.
import { z } from "zod";
import type { Principal } from "#lib/auth/principal.ts";
import { database } from "#lib/db/shared.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { CaseSeverity } from "#prisma/generated/enums.ts";
import { caseSight, noParty } from "./access.ts";
import { isOverdue } from "./overdue.ts";

export const AGES = ["day", "week", "month", "older"] as const;
export type Age = (typeof AGES)[number];

const whole = z.coerce.number().int();
const hours = z.coerce.number().nullable();
const severityRow = z.object({ severity: z.enum(CaseSeverity), open: whole, late: whole });
const ageRow = z.object({ age: z.enum(AGES), open: whole });
const timesRow = { received: whole, closed: whole, firstActionHours: hours, closingHours: hours };
/** `month` as "2026-11". */
const monthRow = z.object({ month: z.string(), ...timesRow });
const schoolRow = z.object({
  schoolId: z.string().nullable(),
  schoolName: z.string().nullable(),
  open: whole,
  ...timesRow,
});

export type CaseNumbers = {
  readonly bySeverity: readonly z.infer<typeof severityRow>[];
  readonly byAge: readonly z.infer<typeof ageRow>[];
  /** Oldest first. */
  readonly byMonth: readonly z.infer<typeof monthRow>[];
  /** Most reports first. */
  readonly bySchool: readonly z.infer<typeof schoolRow>[];
};

export const MONTHS = 12;
const LISTED_SCHOOLS = 30;

const median = (from: string, to: string) =>
  Prisma.raw(
    `percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ${to} - ${from}) / 3600) FILTER (WHERE ${to} IS NOT NULL)`,
  );

/** Null for whoever has no business with cases. */
export async function getCaseNumbers(principal: Principal, now = new Date()): Promise<CaseNumbers | null> {
  if (caseSight(principal) === null) return null;
  const db = database();
  const visible = Prisma.sql`c.merged_into_id IS NULL AND ${noParty(principal)}`;
  const [severities, ages, months, schools]: unknown[] = await Promise.all([
    db.$queryRaw`
      SELECT c.severity, count(*) AS open, count(*) FILTER (WHERE ${isOverdue(now)}) AS late
      FROM report_case c WHERE c.state <> 'resolved' AND ${visible} GROUP BY c.severity ORDER BY c.severity DESC`,
    db.$queryRaw`
      SELECT age, count(*) AS open FROM (
        SELECT CASE WHEN c.created_at > ${now}::timestamptz - interval '1 day' THEN 'day'
          WHEN c.created_at > ${now}::timestamptz - interval '7 days' THEN 'week'
          WHEN c.created_at > ${now}::timestamptz - interval '30 days' THEN 'month' ELSE 'older' END AS age
        FROM report_case c WHERE c.state <> 'resolved' AND ${visible}) AS open_case GROUP BY age`,
    db.$queryRaw`
      SELECT to_char(c.created_at AT TIME ZONE 'Europe/Berlin', 'YYYY-MM') AS month, count(*) AS received,
        count(c.closed_at) AS closed, ${median("c.created_at", "c.first_action_at")} AS "firstActionHours",
        ${median("c.created_at", "c.closed_at")} AS "closingHours"
      FROM report_case c WHERE c.created_at > ${now}::timestamptz - ${MONTHS} * interval '1 month' AND ${visible}
      GROUP BY 1 ORDER BY 1`,
    db.$queryRaw`
      SELECT c.school_id AS "schoolId", s.name AS "schoolName", count(*) FILTER (WHERE c.state <> 'resolved') AS open,
        count(*) AS received, count(c.closed_at) AS closed,
        ${median("c.created_at", "c.first_action_at")} AS "firstActionHours",
        ${median("c.created_at", "c.closed_at")} AS "closingHours"
      FROM report_case c LEFT JOIN school s ON s.id = c.school_id
      WHERE c.created_at > ${now}::timestamptz - ${MONTHS} * interval '1 month' AND ${visible}
      GROUP BY c.school_id, s.name ORDER BY received DESC, s.name LIMIT ${LISTED_SCHOOLS}`,
  ]);
  return {
    bySeverity: z.array(severityRow).parse(severities),
    byAge: z.array(ageRow).parse(ages),
    byMonth: z.array(monthRow).parse(months),
    bySchool: z.array(schoolRow).parse(schools),
  };
}
