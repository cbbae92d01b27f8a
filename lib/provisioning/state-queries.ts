// All schools of the state with how far each is, for the state: those where something is wrong first.
import { z } from "zod";
import { isLandAdmin, type Principal } from "#lib/auth/principal.ts";
import type { Reader } from "#lib/db/client.ts";

const schoolRow = z.object({
  id: z.string(),
  name: z.string(),
  serviceOn: z.boolean(),
  stateOn: z.boolean(),
  schoolOn: z.boolean(),
  firstSyncedAt: z.date().nullable(),
  failedPeople: z.number(),
  failedRooms: z.number(),
  /** Changes that the guard holds back. */
  held: z.number(),
  /** Records that could not be understood. */
  records: z.number(),
});
export type SchoolLine = z.infer<typeof schoolRow>;
const pageRow = schoolRow.extend({ total: z.number(), troubled: z.number() });

export type StateSchools = {
  readonly schools: readonly SchoolLine[];
  /** Of all that were searched for. */
  readonly total: number;
  /** Among these: with something failed, held back or not understood. */
  readonly troubled: number;
  /** From 1. */
  readonly page: number;
  readonly pages: number;
};

export type StateSearch = { readonly text?: string; readonly page?: number; readonly onlyTroubled?: boolean };

const PAGE_SIZE = 50;

/** Null for everybody but the state. */
export async function findStateSchools(
  reader: Reader,
  principal: Principal,
  { text = "", page = 1, onlyTroubled = false }: StateSearch = {},
): Promise<StateSchools | null> {
  if (!isLandAdmin(principal)) return null;
  const words = text.split(/\s+/).filter((word) => word !== "");
  const patterns = words.map((word) => `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`);
  const [first, ...others] = await readPage(reader, patterns, page, onlyTroubled);
  // beyond the end: somebody has repaired something meanwhile
  if (first === undefined && page > 1)
    return await findStateSchools(reader, principal, { text, page: 1, onlyTroubled });
  if (first === undefined) return { schools: [], total: 0, troubled: 0, page: 1, pages: 1 };
  const { total, troubled } = first;
  const pages = Math.max(1, Math.ceil((onlyTroubled ? troubled : total) / PAGE_SIZE));
  return { schools: [first, ...others], total, troubled, page, pages };
}

/** Counts of what is wrong come from small sets; only the schools themselves are listed whole. */
async function readPage(reader: Reader, patterns: readonly string[], page: number, onlyTroubled: boolean) {
  const rows: unknown = await reader.$queryRaw`
    WITH people AS (
      SELECT school_id, count(*)::int AS n FROM (
        SELECT a.school_id, a.person_id FROM person p JOIN affiliation a ON a.person_id = p.id WHERE p.account_problem IS NOT NULL
        UNION SELECT s.school_id, s.person_id FROM person p JOIN person_source s ON s.person_id = p.id
          WHERE p.account_problem IS NOT NULL AND p.source = 'amqp'
        UNION SELECT school_id, person_id FROM school_departure WHERE settled_at IS NULL AND problem IS NOT NULL
      ) failed GROUP BY school_id
    ), rooms AS (
      SELECT school_id, count(*)::int AS n FROM managed_room WHERE problem IS NOT NULL GROUP BY school_id
    ), held AS (
      SELECT school_id, count(*)::int AS n FROM sync_hold WHERE status = 'open' GROUP BY school_id
    ), records AS (
      SELECT school_id, count(*)::int AS n FROM (
        SELECT school_id FROM intake_problem
        UNION ALL SELECT school_id FROM sync_problem WHERE school_id IS NOT NULL AND run_id IN (
          SELECT DISTINCT ON (source) id FROM sync_run WHERE kind = 'full' AND school_id IS NULL AND outcome <> 'running'
          ORDER BY source, started_at DESC)
      ) all_sources GROUP BY school_id
    ), line AS (
      SELECT s.id, s.name, s.service_enabled AS "serviceOn", s.state_enabled AS "stateOn", s.school_enabled AS "schoolOn",
        s.first_synced_at AS "firstSyncedAt", coalesce(people.n, 0) AS "failedPeople", coalesce(rooms.n, 0) AS "failedRooms",
        coalesce(held.n, 0) AS held, coalesce(records.n, 0) AS records
      FROM school s
      LEFT JOIN people ON people.school_id = s.id LEFT JOIN rooms ON rooms.school_id = s.id
      LEFT JOIN held ON held.school_id = s.id LEFT JOIN records ON records.school_id = s.id
      WHERE s.left_at IS NULL AND NOT EXISTS (
        SELECT FROM unnest(${patterns}::text[]) AS word
        WHERE NOT (s.name ILIKE word OR s.id ILIKE word OR s.identifier ILIKE word))
    ), counted AS (
      SELECT *, "failedPeople" + "failedRooms" + held + records > 0 AS is_troubled, count(*) OVER ()::int AS total,
        (count(*) FILTER (WHERE "failedPeople" + "failedRooms" + held + records > 0) OVER ())::int AS troubled
      FROM line
    )
    SELECT * FROM counted WHERE is_troubled OR NOT ${onlyTroubled}::boolean
    ORDER BY held > 0 DESC, "failedPeople" + "failedRooms" > 0 DESC, records > 0 DESC, name, id
    OFFSET ${(page - 1) * PAGE_SIZE} LIMIT ${PAGE_SIZE}`;
  return z.array(pageRow).parse(rows);
}
