// What can be wrong with a message broker, as stable codes; their texts are translated when shown.
import { z } from "zod";

export type AmqpFailure =
  | "unreachable"
  | "unauthorised"
  | "certificateRefused"
  /** Somebody else consumes the queue: with two, the order of a room would be lost. */
  | "queueInUse"
  | "queueDeleted"
  | "connectionLost"
  /** The messages can be read, but not worked on just now. */
  | "paused"
  | "unexpected";

export class AmqpError extends Error {
  override readonly name = "AmqpError";
  readonly code: AmqpFailure;

  constructor(code: AmqpFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Replies of AMQP 0-9-1 that we tell apart. */
const NOT_FOUND = 404;
const ACCESS_REFUSED = 403;

const coded = z.object({ code: z.union([z.number(), z.string()]).optional(), message: z.string() });
const NETWORK = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
]);
const CERTIFICATE = /certificate|self[- ]signed|CERT_|UNABLE_TO_/i;

export function isNotFound(error: unknown): boolean {
  return coded.safeParse(error).data?.code === NOT_FOUND;
}

/** The library's errors have no types of their own, only codes and words. */
export function failureOf(error: unknown): AmqpFailure {
  if (error instanceof AmqpError) return error.code;
  const { code, message } = coded.safeParse(error).data ?? { message: "" };
  if (code === ACCESS_REFUSED && message.includes("exclusive")) return "queueInUse";
  if (code === ACCESS_REFUSED || message.includes("ACCESS-REFUSED") || message.includes("ACCESS_REFUSED"))
    return "unauthorised";
  if (CERTIFICATE.test(`${String(code)} ${message}`)) return "certificateRefused";
  if (NETWORK.has(String(code)) || /timed? ?out|socket (closed|hang)/i.test(message)) return "unreachable";
  return "unexpected";
}
