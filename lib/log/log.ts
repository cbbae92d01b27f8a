// The one logger. Lines are JSON; a correlation id ties the lines of one request, and is what a user reads to support.
import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import { pino, type Logger } from "pino";

const correlation = new AsyncLocalStorage<string>();

/** Names, texts and tokens of people never reach a log line. */
const REDACTED = [
  "*.displayName",
  "*.familyName",
  "*.givenName",
  "*.username",
  "*.email",
  "*.token",
  "*.accessToken",
  "*.idToken",
  "*.password",
  "*.secret",
  "*.reason",
  // pg hangs its whole connection on an error
  "err.client",
  "authorization",
  "*.authorization",
  "cookie",
  "*.cookie",
];

export type Log = Logger;

export const log: Log = pino({
  level: process.env["LOG_LEVEL"] ?? "info",
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  redact: { paths: REDACTED, censor: "[redacted]" },
  mixin: () => {
    const correlationId = correlation.getStore();
    return correlationId === undefined ? {} : { correlationId };
  },
});

const ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const ID_LENGTH = 10;
/** Asking the system for each id's few bytes would cost a gate decision a twentieth of its time. */
const entropy = { bytes: Buffer.alloc(0), used: 0 };

/** Short enough to be read out on the telephone: 10 characters, no look-alikes, 50 bits. */
export function newCorrelationId(): string {
  if (entropy.used + ID_LENGTH > entropy.bytes.length) Object.assign(entropy, { bytes: randomBytes(4_000), used: 0 });
  let id = "";
  for (const end = entropy.used + ID_LENGTH; entropy.used < end; entropy.used += 1) {
    id += ALPHABET.charAt((entropy.bytes[entropy.used] ?? 0) % ALPHABET.length);
  }
  return id;
}

/** The id of the request or job that runs now; a new one outside of any. */
export function correlationId(): string {
  return correlation.getStore() ?? newCorrelationId();
}

/** Runs `work` so that every log line below it carries the id. */
export function withCorrelationId<T>(id: string, work: () => T): T {
  return correlation.run(id, work);
}
