// How many open cases somebody of support should look at. Apart from the notices' texts, which the console's pages must
// not bring along.
import { z } from "zod";
import type { Reader } from "#lib/db/client.ts";
import type { CaseCounts } from "#lib/notify/mail-text.ts";
import { isOverdue } from "./overdue.ts";

const counted = z.tuple([z.object({ open: z.number(), severe: z.number(), overdue: z.number() })]);

/** Open cases that the person may see: of the ones where they are a party there is not even a number. */
export async function countCases(reader: Reader, personId: string, now: Date): Promise<CaseCounts> {
  const rows: unknown = await reader.$queryRaw`
    SELECT count(*)::int AS open, count(*) FILTER (WHERE severity IN ('high', 'critical'))::int AS severe,
      count(*) FILTER (WHERE ${isOverdue(now)})::int AS overdue
    FROM report_case c
    WHERE state <> 'resolved' AND NOT EXISTS (SELECT FROM case_party p WHERE p.case_id = c.id AND p.person_id = ${personId})`;
  const [counts] = counted.parse(rows);
  return counts;
}
