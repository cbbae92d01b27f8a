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
  "*.token",
  "*.accessToken",
  "*.idToken",
  "*.password",
  "*.secret",
  "*.reason",
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

/** Short enough to be read out on the telephone: 10 characters, no look-alikes, 50 bits. */
export function newCorrelationId(): string {
  const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  return Array.from(randomBytes(10), (byte) => alphabet[byte % alphabet.length]).join("");
}

/** The id of the request or job that runs now; a new one outside of any. */
export function correlationId(): string {
  return correlation.getStore() ?? newCorrelationId();
}

/** Runs `work` so that every log line below it carries the id. */
export function withCorrelationId<T>(id: string, work: () => T): T {
  return correlation.run(id, work);
}
