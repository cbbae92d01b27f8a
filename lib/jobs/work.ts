// Working a queue: decodes each job, gives it (or its lot) a correlation id, and settles it by itself.
import type { PgBoss } from "pg-boss";
import { correlationId, log, newCorrelationId, withCorrelationId } from "#lib/log/log.ts";
import { queues, type JobData, type QueueName } from "./queues.ts";

export type WorkOptions = {
  /** Jobs, or lots of jobs, of this process that run at the same time. */
  readonly parallelism: number;
  /** Jobs that one of them takes at once. */
  readonly batchSize: number;
};

type TakenJob = {
  readonly id: string;
  readonly data: unknown;
  readonly signal: AbortSignal;
  readonly retryCount: number;
};

/** With notifications this is only for successors of a key and for delayed jobs, of which nobody is notified. */
const POLL_SECONDS = 1;

/**
 * Starts to work a queue, the jobs of a lot one after the other; `boss.offWork(name)` ends it.
 * @param handler may throw: that job alone is tried again by the rules of its queue
 */
export async function workQueue<Name extends QueueName>(
  boss: PgBoss,
  name: Name,
  options: WorkOptions,
  handler: (data: JobData<Name>, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  await work(boss, name, options, async (jobs) => {
    const results = [];
    for (const job of jobs) {
      const correlated = withCorrelationId(newCorrelationId(), async () => {
        const failure = await failureOf(() => handler(decode(name, job), job.signal));
        return result(name, job, failure);
      });
      results.push(await correlated);
    }
    return results;
  });
}

/**
 * The same for jobs that are cheaper to do together.
 * @param handler says of each job, in their order, why it is to be tried again, or undefined; may throw for all
 */
export async function workQueueInLots<Name extends QueueName>(
  boss: PgBoss,
  name: Name,
  options: WorkOptions,
  handler: (lot: readonly JobData<Name>[]) => Promise<readonly unknown[]>,
): Promise<void> {
  await work(boss, name, options, (jobs) =>
    withCorrelationId(newCorrelationId(), async () => {
      let failures: readonly unknown[] = [];
      const failure = await failureOf(async () => {
        failures = await handler(jobs.map((job) => decode(name, job)));
      });
      return jobs.map((job, index) => result(name, job, failure ?? failures[index]));
    }),
  );
}

async function work(
  boss: PgBoss,
  name: QueueName,
  { parallelism, batchSize }: WorkOptions,
  handler: (jobs: readonly TakenJob[]) => Promise<ReturnType<typeof result>[]>,
): Promise<void> {
  const options = {
    localConcurrency: parallelism,
    batchSize,
    burstWhenBatchFull: true,
    notifyPollingIntervalSeconds: POLL_SECONDS,
    pollingIntervalSeconds: POLL_SECONDS,
    perJobResults: true,
  } as const;
  await boss.work(name, options, handler);
}

const decode = <Name extends QueueName>(name: Name, job: TakenJob): JobData<Name> =>
  queues[name].data.parse(job.data) as JobData<Name>;

async function failureOf(doing: () => Promise<void>): Promise<unknown> {
  try {
    await doing();
    return undefined;
  } catch (error) {
    return error;
  }
}

function result(name: QueueName, job: TakenJob, failure: unknown) {
  if (failure === undefined) return { id: job.id, status: "completed" as const };
  log.warn({ err: failure, queue: name, jobId: job.id, retry: job.retryCount }, "job failed");
  const message = failure instanceof Error ? failure.message : "not an error";
  return { id: job.id, status: "failed" as const, output: { message, correlationId: correlationId() } };
}
