// Queues as they are found or made, and the dead-letter queue of each.
import type { ChannelModel, ConsumeMessage, MessageProperties } from "amqplib";
import { AmqpError, isNotFound } from "./errors.ts";
import { within } from "./within.ts";

/** As the synchroniser's clients publish: 2 for a single change, 0 for parts of a whole school. */
const MAX_PRIORITY = 2;
/** In a dead letter: why, from where, when. */
export const REASON_HEADER = "x-schulchat-reason";
export const QUEUE_HEADER = "x-schulchat-queue";
export const AT_HEADER = "x-schulchat-rejected-at";
/** RabbitMQ sends a copy to every queue that these headers name. */
const ROUTING_HEADERS = new Set(["CC", "BCC"]);

export const deadLetterQueueOf = (queue: string): string => `${queue}_dlq`;

/** An existing queue is taken with whatever arguments it has: declaring it with others is an error of RabbitMQ (406). */
export async function ensureQueue(connection: ChannelModel, queue: string, timeoutMs: number): Promise<void> {
  if (await exists(connection, queue, timeoutMs)) return;
  const channel = await within(connection.createChannel(), timeoutMs, "channel");
  channel.on("error", () => undefined); // arrives at the caller as the call's own error
  const declaring = channel.assertQueue(queue, { durable: true, maxPriority: MAX_PRIORITY });
  await within(declaring, timeoutMs, "declare queue");
  await within(channel.close(), timeoutMs, "close channel");
}

/** On a channel of its own, because a passive declaration that finds nothing closes it. */
async function exists(connection: ChannelModel, queue: string, timeoutMs: number): Promise<boolean> {
  const channel = await within(connection.createChannel(), timeoutMs, "channel");
  channel.on("error", () => undefined);
  try {
    await within(channel.checkQueue(queue), timeoutMs, "check queue");
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
  await within(channel.close(), timeoutMs, "close channel");
  return true;
}

export type DeadLetters = {
  /** Resolves when the broker has taken the copy over; only then may the original be acknowledged. */
  put(message: ConsumeMessage, reason: string): Promise<void>;
};

export async function openDeadLetters(
  connection: ChannelModel,
  queue: string,
  { timeoutMs, onError }: { readonly timeoutMs: number; readonly onError: (error: unknown) => void },
): Promise<DeadLetters> {
  const target = deadLetterQueueOf(queue);
  await ensureQueue(connection, target, timeoutMs);
  const channel = await within(connection.createConfirmChannel(), timeoutMs, "confirm channel");
  channel.on("error", onError);
  let wasReturned = false;
  channel.on("return", () => {
    wasReturned = true;
  });
  return {
    put: async (message, reason) => {
      wasReturned = false;
      const taken = new Promise<void>((resolve, reject) => {
        const options = { ...keptProperties(message.properties), headers: headersOf(message, queue, reason) };
        channel.publish(
          "",
          target,
          message.content,
          { ...options, mandatory: true, persistent: true },
          (error: unknown) => {
            if (error !== null && error !== undefined)
              reject(new AmqpError("unexpected", "the broker refused a dead letter", { cause: error }));
            // a message that no queue takes is confirmed as well
            else if (wasReturned) reject(new AmqpError("queueDeleted", `${target} is gone`));
            else resolve();
          },
        );
      });
      await within(taken, timeoutMs, "dead letter");
    },
  };
}

/** Neither the sender's name, which the broker would check, nor a time to live: a dead letter waits for somebody. */
function keptProperties(properties: MessageProperties) {
  const { contentType, contentEncoding, priority, correlationId, messageId, timestamp, type } = known(properties);
  return {
    ...(contentType !== undefined && { contentType }),
    ...(contentEncoding !== undefined && { contentEncoding }),
    ...(priority !== undefined && { priority }),
    ...(correlationId !== undefined && { correlationId }),
    ...(messageId !== undefined && { messageId }),
    ...(timestamp !== undefined && { timestamp }),
    ...(type !== undefined && { type }),
  };
}

/** The library types these as `any`. */
function known(properties: MessageProperties) {
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  const count = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
  return {
    contentType: text(properties.contentType),
    contentEncoding: text(properties.contentEncoding),
    priority: count(properties.priority),
    correlationId: text(properties.correlationId),
    messageId: text(properties.messageId),
    timestamp: count(properties.timestamp),
    type: text(properties.type),
  };
}

function headersOf(message: ConsumeMessage, queue: string, reason: string): Record<string, unknown> {
  const original = Object.entries(message.properties.headers ?? {}).filter(([name]) => !ROUTING_HEADERS.has(name));
  return {
    ...Object.fromEntries(original),
    [REASON_HEADER]: reason,
    [QUEUE_HEADER]: queue,
    [AT_HEADER]: new Date().toISOString(),
  };
}
