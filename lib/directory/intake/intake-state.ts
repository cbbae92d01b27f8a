// One state for all the queues that a worker consumes, for the console. Pure.
import type { AmqpFailure } from "#lib/amqp/errors.ts";

/** How long ago another worker may have said that all is well. */
const FRESH_MS = 60_000;

/**
 * @param states of the queues so far known; "" is consumed
 * @param written what stands in the console now, by whichever worker
 * @returns the state to write, or null to leave it: a worker that stands by knows nothing better than the one that works
 */
export function stateToWrite(
  states: readonly (AmqpFailure | "")[],
  written: { readonly detail: string; readonly checkedAt: Date } | null,
  now: Date,
): AmqpFailure | "" | null {
  const bad = states.filter((state) => state !== "" && state !== "queueInUse");
  if (bad[0] !== undefined) return bad[0];
  if (!states.includes("queueInUse")) return states.length === 0 ? null : "";
  const isFresh = written !== null && now.getTime() - written.checkedAt.getTime() < FRESH_MS;
  // nobody of ours has said so lately: a foreign program holds the queue
  return isFresh && written.detail !== "queueInUse" ? null : "queueInUse";
}
