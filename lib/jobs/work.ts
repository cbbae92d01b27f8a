// Working a queue: decodes each job, gives it a correlation id, and settles it by itself.
import type { PgBoss } from "pg-boss";
import { log, newCorrelationId, withCorrelationId } from "#lib/log/log.ts";
import { queues, type JobData, type QueueName } from "./queues.ts";

export type WorkOptions = {
  /** Jobs in this process that run at the same time. */
  readonly parallelism: number;
  /** Jobs that one of them takes at once and does one after the other. */
  readonly batchSize: number;
};

/** With notifications this is only for successors of a key and for delayed jobs, of which nobody is notified. */
const POLL_SECONDS = 1;

/**
 * Starts to work a queue; `boss.offWork(name)` ends it.
 * @param handler may throw: that job alone is tried again by the rules of its queue
 */
export async function workQueue<Name extends QueueName>(
  boss: PgBoss,
  name: Name,
  { parallelism, batchSize }: WorkOptions,
  handler: (data: JobData<Name>, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const options = {
    localConcurrency: parallelism,
    batchSize,
    burstWhenBatchFull: true,
    notifyPollingIntervalSeconds: POLL_SECONDS,
    pollingIntervalSeconds: POLL_SECONDS,
    perJobResults: true,
  } as const;
  await boss.work(name, options, async (jobs) => {
    const results = [];
    for (const job of jobs) {
      const correlationId = newCorrelationId();
      const output = await withCorrelationId(correlationId, async () => {
        try {
          const data = queues[name].data.parse(job.data) as JobData<Name>;
          await handler(data, job.signal);
          return undefined;
        } catch (error) {
          log.warn({ err: error, queue: name, jobId: job.id, retry: job.retryCount }, "job failed");
          return { message: error instanceof Error ? error.message : String(error), correlationId };
        }
      });
      if (output === undefined) results.push({ id: job.id, status: "completed" as const });
      else results.push({ id: job.id, status: "failed" as const, output });
    }
    return results;
  });
}
