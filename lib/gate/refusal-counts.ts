// Refusals as counters a day and question, without any person: never a profile of a child (design §10). Counted in
// memory and added to the table every few seconds, so that a refusal costs no write.
import type pg from "pg";
import { log } from "#lib/log/log.ts";
import type { QuestionName } from "./protocol.ts";

const FLUSH_INTERVAL_MS = 5_000;

export class RefusalCounts {
  readonly #pool: pg.Pool;
  #counts = new Map<QuestionName, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
    this.#timer = setInterval(() => void this.flush(), FLUSH_INTERVAL_MS);
    this.#timer.unref();
  }

  count(question: QuestionName): void {
    this.#counts.set(question, (this.#counts.get(question) ?? 0) + 1);
  }

  async flush(): Promise<void> {
    const counted = this.#counts;
    if (counted.size === 0) return;
    this.#counts = new Map();
    try {
      await this.#pool.query(
        `INSERT INTO gate_refusal_count (day, question, count)
         SELECT current_date, question, n FROM unnest($1::text[], $2::int[]) AS counted (question, n)
         ON CONFLICT (day, question) DO UPDATE SET count = gate_refusal_count.count + EXCLUDED.count`,
        [[...counted.keys()], [...counted.values()]],
      );
    } catch (error) {
      log.warn({ err: error }, "refusal counters wait for the database");
      for (const [question, n] of counted) this.#counts.set(question, (this.#counts.get(question) ?? 0) + n);
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}
