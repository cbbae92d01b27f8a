// Reads the JSON body of a request, to its end even if it is too long: a connection closed in the middle would swallow
// the answer.
import type { IncomingMessage } from "node:http";

/** A createRoom request with hundreds of invitees stays far below. */
const LIMIT_BYTES = 256 * 1024;
const TIMEOUT_MS = 2_000;

export class TooLarge extends Error {
  override readonly name = "TooLarge";
}

/** @throws {TooLarge} @throws {SyntaxError} if it is no JSON, or not there in time */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => request.destroy(new SyntaxError("not whole in time")), TIMEOUT_MS);
  try {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) throw new SyntaxError("not read as bytes");
      size += chunk.length;
      if (size <= LIMIT_BYTES) chunks.push(chunk);
    }
  } finally {
    clearTimeout(timer);
  }
  if (size > LIMIT_BYTES) throw new TooLarge("body too large");
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}
