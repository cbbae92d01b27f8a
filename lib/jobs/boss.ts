// The job queue in PostgreSQL (pg-boss): opening it, making the queues, sending inside a transaction.
import { fromPrisma, PgBoss } from "pg-boss";
import { z } from "zod";
import type { Transaction } from "#lib/db/client.ts";
import { APPLICATION_ROLE_OPTION } from "#lib/db/connection.ts";
import { log } from "#lib/log/log.ts";
import { queues, type JobData, type QueueName } from "./queues.ts";

/** Creates the queue's schema and the queues; part of migrating, with the owner's login. */
export async function createQueues(ownerDatabaseUrl: string): Promise<void> {
  const boss = new PgBoss({ connectionString: ownerDatabaseUrl, max: 2, supervise: false, schedule: false });
  boss.on("error", (error) => {
    log.error({ err: error }, "job queue");
  });
  await boss.start();
  try {
    for (const [name, { options }] of Object.entries(queues)) {
      if ((await boss.getQueue(name)) === null) await boss.createQueue(name, { ...options, notify: true });
      else {
        // the policy of a queue is fixed at its creation; everything else follows the code
        const { policy: _fixed, ...changeable } = options;
        await boss.updateQueue(name, { ...changeable, notify: true });
      }
    }
    await boss.getDb().executeSql(`
      GRANT USAGE ON SCHEMA pgboss TO schulchat_app;
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pgboss TO schulchat_app;
      GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA pgboss TO schulchat_app;
      GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pgboss TO schulchat_app;`);
  } finally {
    await boss.stop({ graceful: false });
  }
}

/** A running boss for the worker. The caller stops it. */
export async function startBoss(databaseUrl: string): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    options: APPLICATION_ROLE_OPTION,
    max: 6,
    migrate: false,
    createSchema: false,
    useListenNotify: true,
    // how soon a killed worker's jobs are noticed
    superviseIntervalSeconds: 10,
    monitorIntervalSeconds: 10,
    reindex: false, // needs the owner's rights
    monitorVacuum: false,
  });
  boss.on("error", (error) => {
    log.error({ err: error }, "job queue");
  });
  await boss.start();
  return boss;
}

export type JobToSend<Name extends QueueName> = {
  readonly data: JobData<Name>;
  /** Jobs of one queue with one key never run at the same time. */
  readonly key: string;
  /** Higher goes first; 0 if not given. */
  readonly priority?: number;
  /** Seconds to wait before it may start. */
  readonly startAfterSeconds?: number;
};

const waitingKeys = z.array(z.object({ singleton_key: z.string() }));
const waitingJobs = z.array(z.object({ id: z.string(), singleton_key: z.string(), priority: z.number() }));

/** Only sends: no supervision, no listener. One a process. */
export class JobSender {
  readonly #boss: PgBoss;
  #started: Promise<unknown> | undefined;

  constructor(databaseUrl: string) {
    this.#boss = new PgBoss({
      connectionString: databaseUrl,
      options: APPLICATION_ROLE_OPTION,
      max: 1,
      migrate: false,
      createSchema: false,
      supervise: false,
      schedule: false,
    });
    this.#boss.on("error", (error) => {
      log.error({ err: error }, "job queue");
    });
  }

  /** Queues a job in the caller's transaction: it exists exactly if the transaction commits. */
  async send<Name extends QueueName>(tx: Transaction, name: Name, data: JobData<Name>, key: string): Promise<void> {
    await this.sendMany(tx, name, [{ data, key }]);
  }

  /**
   * Queues jobs in the caller's transaction, but for those of whose key one waits already: that one then goes as early
   * as the more urgent of both.
   *
   * A waiting job counts only if it can be locked until we commit: no worker can then start it before our change is
   * visible to it, so leaving out the duplicate loses nothing. A job that is being fetched just now is not waiting.
   * @returns how many were queued
   */
  async sendMany<Name extends QueueName>(
    tx: Transaction,
    name: Name,
    jobs: readonly JobToSend<Name>[],
  ): Promise<number> {
    if (jobs.length === 0) return 0;
    await this.#start();
    const byKey = new Map(jobs.map((job) => [job.key, job]));
    const rows: unknown = await tx.$queryRaw`
      SELECT id, singleton_key, priority FROM pgboss.job
      WHERE name = ${name} AND state = 'created' AND singleton_key = ANY(${[...byKey.keys()]}::text[])
      FOR SHARE SKIP LOCKED`;
    const waiting = waitingJobs.parse(rows).map(({ id, singleton_key: key, priority }) => {
      const wanted = byKey.get(key)?.priority ?? 0;
      return { id, key, wanted, isLate: priority < wanted };
    });
    const early = waiting.filter(({ isLate }) => !isLate).map(({ key }) => key);
    const raised = await this.#raise(
      tx,
      name,
      waiting.filter(({ isLate }) => isLate),
    );
    for (const key of [...early, ...raised]) byKey.delete(key);
    const inserts = [...byKey.values()].map((job) => ({
      data: job.data,
      singletonKey: job.key,
      ...(job.priority !== undefined && { priority: job.priority }),
      ...(job.startAfterSeconds !== undefined && { startAfter: job.startAfterSeconds }),
    }));
    if (inserts.length > 0) await this.#boss.insert(name, inserts, { db: fromPrisma(tx) });
    return inserts.length;
  }

  /**
   * Queues only jobs of whose key none waits, runs, or is to be tried again: for what is kept elsewhere, and whose job
   * may have been given up.
   * @returns how many were queued
   */
  async sendMissing<Name extends QueueName>(
    tx: Transaction,
    name: Name,
    jobs: readonly JobToSend<Name>[],
  ): Promise<number> {
    const rows: unknown = await tx.$queryRaw`
      SELECT DISTINCT singleton_key FROM pgboss.job
      WHERE name = ${name} AND state < 'completed' AND singleton_key = ANY(${jobs.map(({ key }) => key)}::text[])`;
    const alive = new Set(waitingKeys.parse(rows).map(({ singleton_key: key }) => key));
    return await this.sendMany(
      tx,
      name,
      jobs.filter(({ key }) => !alive.has(key)),
    );
  }

  /**
   * Never waits: of two senders that both want to raise a job each may hold what the other one waits for. Whoever cannot
   * raise queues another job, and one too many changes nothing.
   * @returns keys of the jobs that were raised
   */
  async #raise(
    tx: Transaction,
    name: QueueName,
    late: readonly { readonly id: string; readonly wanted: number }[],
  ): Promise<readonly string[]> {
    if (late.length === 0) return [];
    const rows: unknown = await tx.$queryRaw`
      WITH late AS (
        SELECT job.id, late.wanted FROM pgboss.job
        JOIN unnest(${late.map(({ id }) => id)}::uuid[], ${late.map(({ wanted }) => wanted)}::int[]) AS late (id, wanted)
          ON late.id = job.id
        WHERE job.name = ${name} FOR NO KEY UPDATE OF job SKIP LOCKED)
      UPDATE pgboss.job SET priority = late.wanted FROM late WHERE job.name = ${name} AND job.id = late.id
      RETURNING singleton_key`;
    return waitingKeys.parse(rows).map(({ singleton_key: key }) => key);
  }

  async stop(): Promise<void> {
    if (this.#started) await this.#boss.stop({ graceful: false });
  }

  async #start(): Promise<void> {
    this.#started ??= this.#boss.start().catch((error: unknown) => {
      this.#started = undefined;
      throw error;
    });
    await this.#started;
  }
}
