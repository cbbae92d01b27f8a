// How far long work is: done, its rate, and the time that is left.
import { z } from "zod";
import { mayAuditSchool, type Principal } from "#lib/auth/principal.ts";
import type { Reader } from "#lib/db/client.ts";

export type Progress = {
  readonly total: number;
  readonly done: number;
  readonly perMinute: number;
  readonly remaining: number;
  /** Null while nothing moves. */
  readonly minutesLeft: number | null;
};

const MINUTE_MS = 60_000;
const RATE_MINUTES = 5;
/** In the first seconds a rate says nothing. */
const LEAST_MS = 5_000;
const progressRow = z.tuple([z.object({ total: z.number(), remaining: z.number(), recent: z.number() })]);

function progressAt(total: number, done: number, perMinute: number): Progress {
  const remaining = Math.max(0, total - done);
  return { total, done, perMinute, remaining, minutesLeft: perMinute > 0 ? Math.ceil(remaining / perMinute) : null };
}

/** Of work whose steps are about equal, such as the schools of a run, at the rate since its start. */
export function steadyProgress(
  { total, done, startedAt }: { readonly total: number; readonly done: number; readonly startedAt: Date },
  now: Date,
): Progress {
  const elapsedMs = now.getTime() - startedAt.getTime();
  return progressAt(total, done, elapsedMs < LEAST_MS ? 0 : (done / elapsedMs) * MINUTE_MS);
}

/**
 * How far the accounts and rooms of a school are, at the rate of the last five minutes; null for a school that is not the
 * principal's to see.
 */
export async function findProgress(reader: Reader, principal: Principal, schoolId: string): Promise<Progress | null> {
  if (!mayAuditSchool(principal, schoolId)) return null;
  const rows: unknown = await reader.$queryRaw`
    WITH key AS (
      SELECT 'provision-account' AS name, person_id AS key FROM affiliation WHERE school_id = ${schoolId}
      UNION SELECT 'provision-account', person_id FROM person_source WHERE school_id = ${schoolId}
      UNION SELECT 'leave-rooms', person_id FROM school_departure WHERE school_id = ${schoolId}
      UNION SELECT 'provision-room', alias FROM managed_room WHERE school_id = ${schoolId}
      UNION SELECT name, room_id FROM room_record,
        unnest('{freeze-room, protect-room, repair-room, follow-groups}'::text[]) AS name WHERE school_id = ${schoolId}
    ), job AS (
      SELECT j.state, j.completed_on, key.key, key.name FROM pgboss.job j JOIN key ON (j.name, j.singleton_key) = (key.name, key.key)
    )
    SELECT count(DISTINCT (name, key)) FILTER (WHERE state < 'completed' OR completed_on > now() - interval '1 hour')::int AS total,
      count(DISTINCT (name, key)) FILTER (WHERE state < 'completed')::int AS remaining,
      count(*) FILTER (WHERE state = 'completed' AND completed_on > now() - ${RATE_MINUTES} * interval '1 minute')::int AS recent
    FROM job`;
  const [{ total, remaining, recent }] = progressRow.parse(rows);
  return progressAt(total, total - remaining, recent / RATE_MINUTES);
}
