// The intake of messages: each queue is bound to one school, its messages are applied one after the other, and a message
// is acknowledged when everything that follows from it is stored.
import { z } from "zod";
import { consumeQueue, type AmqpConsumer, type AmqpMessage, type AmqpOutcome } from "#lib/amqp/consumer.ts";
import type { AmqpFailure } from "#lib/amqp/errors.ts";
import type { Database } from "#lib/db/client.ts";
import { isDatabaseAway } from "#lib/db/connection.ts";
import { log, newCorrelationId, withCorrelationId } from "#lib/log/log.ts";
import { applyMessage, UnusableMessageError, type ApplyContext } from "./apply.ts";
import { decodeMessage } from "./messages.ts";
import { matchSchema } from "./people.ts";
import { replaceProblems } from "./problems.ts";
import { holdSchool } from "./store.ts";

/** One queue in the operator's settings. */
export const queueSchema = z.strictObject({
  queue: z.string().min(1).max(255),
  school: z.string().min(1),
  /** Before the person's id in the localpart. */
  prefix: z.string().default("sso_"),
  match: matchSchema.default("subject"),
});
export const queuesSchema = z
  .array(queueSchema)
  .min(1)
  .refine((queues) => new Set(queues.map((one) => one.queue)).size === queues.length, "names a queue twice");
export type IntakeQueue = z.infer<typeof queueSchema>;

export type AmqpIntakeOptions = Pick<ApplyContext, "serverName" | "onSchoolChanged" | "onPeopleLeft"> & {
  readonly db: Database;
  readonly url: string;
  readonly ca?: string;
  readonly queues: readonly IntakeQueue[];
  /** Told whenever the state of a queue changes; "" while it is consumed. */
  readonly onState: (queue: string, state: AmqpFailure | "") => void;
  readonly maxRetryMs?: number;
};

/** The first failure may be chance, such as two transactions in each other's way; the second is the message's. */
const ATTEMPTS = 2;
/** A sync of the same school may hold it for so long. */
const TRANSACTION = { timeout: 60_000, maxWait: 10_000 };
/** Cancelled by a time limit, or chosen to make way for another transaction: the message is not to blame. */
const IN_THE_WAY = /\b(57014|55P03|40P01|40001|P2034)\b/;

export function startAmqpIntake(options: AmqpIntakeOptions): AmqpConsumer {
  const { db, url, ca, queues, onState, maxRetryMs, serverName, onSchoolChanged, onPeopleLeft } = options;
  const consumers = queues.map(({ queue, school, prefix, match }) => {
    const context = { queue, schoolId: school, prefix, match, serverName, onSchoolChanged, onPeopleLeft };
    return consumeQueue({
      url,
      ...(ca !== undefined && { ca }),
      ...(maxRetryMs !== undefined && { maxRetryMs }),
      queue,
      handle: messageHandler(db, context),
      onState: (state) => {
        onState(queue, state);
      },
    });
  });
  return {
    stop: async () => {
      await Promise.all(consumers.map((consumer) => consumer.stop()));
    },
  };
}

/** What becomes of a message of this queue. Never throws: whatever the database cannot do now is done later. */
export function messageHandler(db: Database, context: ApplyContext): (message: AmqpMessage) => Promise<AmqpOutcome> {
  return (message) => withCorrelationId(newCorrelationId(), () => handleMessage(db, context, message));
}

async function handleMessage(db: Database, context: ApplyContext, { content }: AmqpMessage): Promise<AmqpOutcome> {
  const decoded = decodeMessage(content);
  if ("failure" in decoded) {
    const { failure, detail, about } = decoded;
    return await refuse(db, context, about, detail === "" ? failure : `${failure}: ${detail}`);
  }
  const { message, about } = decoded;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const isApplied = await db.$transaction(async (tx) => {
        if (!(await holdSchool(tx, context.schoolId))) return false;
        await applyMessage(tx, context, message, about);
        return true;
      }, TRANSACTION);
      if (isApplied) return { type: "done" };
      log.warn({ queue: context.queue, schoolId: context.schoolId }, "messages wait for their school");
      return { type: "later" };
    } catch (error) {
      if (error instanceof UnusableMessageError) return await refuse(db, context, about, error.message);
      log.warn({ err: error, queue: context.queue, method: message.method, attempt }, "message not applied");
      if (isDatabaseAway(error)) return { type: "later" };
      if (attempt >= ATTEMPTS) {
        if (isInTheWay(error)) return { type: "later" };
        return await refuse(db, context, about, "failed");
      }
    }
  }
}

function isInTheWay(error: unknown): boolean {
  return error instanceof Error && IN_THE_WAY.test(`${"code" in error ? String(error.code) : ""} ${error.message}`);
}

/** Kept and shown first, dead-lettered then: whoever finds it in the queue finds the reason here. */
async function refuse(db: Database, context: ApplyContext, about: string, reason: string): Promise<AmqpOutcome> {
  log.warn({ queue: context.queue, reason }, "message is dead-lettered");
  try {
    return await db.$transaction(async (tx): Promise<AmqpOutcome> => {
      if (!(await holdSchool(tx, context.schoolId))) return { type: "later" };
      const problem = { recordType: "message" as const, recordId: about, reason };
      await replaceProblems(tx, context, about, [problem], { deadLettered: true });
      return { type: "deadLetter", reason };
    }, TRANSACTION);
  } catch (error) {
    if (isDatabaseAway(error) || isInTheWay(error)) return { type: "later" };
    // the dead letter says it as well; a message that cannot even be reported must not keep the others waiting for ever
    log.error({ err: error, queue: context.queue }, "problem of a message not kept");
    return { type: "deadLetter", reason };
  }
}
