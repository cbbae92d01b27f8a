// What the integrity repair has told a school, counted for the overview: rooms that are closed now, and appointments of
// the last days, which nobody has to do anything about.
import { z } from "zod";
import { database } from "#lib/db/shared.ts";

export type NoticeCounts = { readonly closed: number; readonly appointed: number };

export const NO_NOTICES: NoticeCounts = { closed: 0, appointed: 0 };
const SHOWN_DAYS = 7;
const rows = z.array(z.object({ school_id: z.string(), closed: z.number(), appointed: z.number() }));

/** One question for all the schools, because each page of the overview asks again and again. */
export async function countNotices(schoolIds: readonly string[]): Promise<ReadonlyMap<string, NoticeCounts>> {
  const found: unknown = await database().$queryRaw`
    SELECT school_id, count(DISTINCT room_id) FILTER (WHERE kind = 'roomReadOnly')::int AS closed,
           count(DISTINCT room_id) FILTER (WHERE kind = 'moderatorAppointed')::int AS appointed
    FROM school_notice
    WHERE school_id = ANY (${[...schoolIds]}::text[]) AND resolved_at IS NULL
      AND (kind = 'roomReadOnly' OR created_at > now() - make_interval(days => ${SHOWN_DAYS}))
    GROUP BY school_id`;
  return new Map(rows.parse(found).map(({ school_id: id, closed, appointed }) => [id, { closed, appointed }]));
}
