// The budget of requests to Synapse is for all workers together: each one announces itself in the database and takes an
// equal share, and a pause that Synapse asks of one of them is everybody's.
import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Database } from "#lib/db/client.ts";
import { repeat } from "#lib/jobs/intervals.ts";
import { log } from "#lib/log/log.ts";
import { requestBudget, type RequestBudget } from "#lib/matrix/budget.ts";

const ANNOUNCE_INTERVAL_MS = 1_000;
/** While the database is away. */
const RETRY_INTERVAL_MS = 5_000;
/** Whoever was not heard of for so long is dead; the others take over its share. */
const DEAD_AFTER_SECONDS = 15;
const FORGOTTEN_AFTER_SECONDS = 3_600;

export type SharedBudget = {
  readonly budget: RequestBudget;
  /** The others take over this one's share. */
  readonly stop: () => Promise<void>;
};

const othersRow = z.tuple([z.object({ others: z.number(), pause_ms: z.number().nullable() })]);

/** Of the workers that live, this one included; never none at all. */
export const shareOf = (total: number, living: number): number => Math.max(1, Math.floor(total / living));

/** @param total requests at once, of all workers */
export function shareBudget(db: Database, total: number): SharedBudget {
  const id = randomUUID();
  const own = requestBudget(1);
  let isKnown = false;
  let pauseMs = 0;

  async function announce(): Promise<number> {
    const [askedMs, askedAt] = [pauseMs, performance.now()];
    pauseMs = 0;
    try {
      const rows: unknown = await db.$queryRaw`
        WITH own AS (
          INSERT INTO synapse_client (id, seen_at, paused_until)
          VALUES (${id}::uuid, now(), now() + make_interval(secs => ${askedMs / 1_000}))
          ON CONFLICT (id) DO UPDATE SET seen_at = now(),
            paused_until = greatest(synapse_client.paused_until, EXCLUDED.paused_until)),
        gone AS (
          DELETE FROM synapse_client
          WHERE id <> ${id}::uuid AND seen_at < now() - make_interval(secs => ${FORGOTTEN_AFTER_SECONDS}))
        SELECT count(*) FILTER (WHERE seen_at > now() - make_interval(secs => ${DEAD_AFTER_SECONDS}))::int AS others,
          (extract(epoch FROM max(paused_until) - now()) * 1000)::float8 AS pause_ms
        FROM synapse_client WHERE id <> ${id}::uuid`;
      const [{ others, pause_ms: pauseOfOthersMs }] = othersRow.parse(rows);
      // of one who has just come the others learn within a round: until then it takes the least
      own.resize(isKnown ? shareOf(total, others + 1) : 1);
      own.pause(pauseOfOthersMs ?? 0);
      isKnown = true;
      return ANNOUNCE_INTERVAL_MS;
    } catch (error) {
      // the others take this one for dead soon: it must not go on with its whole share
      own.resize(1);
      isKnown = false;
      pauseMs = Math.max(pauseMs, askedMs - (performance.now() - askedAt));
      log.warn({ err: error }, "share of Synapse's budget not known");
      return RETRY_INTERVAL_MS;
    }
  }

  const announcing = repeat(announce);
  return {
    budget: {
      spend: own.spend,
      pause: (ms) => {
        own.pause(ms);
        pauseMs = Math.max(pauseMs, ms);
        announcing.poke();
      },
    },
    stop: async () => {
      await announcing.stop();
      try {
        await db.synapseClient.deleteMany({ where: { id } });
      } catch (error) {
        log.warn({ err: error }, "share of Synapse's budget not given back");
      }
    },
  };
}
