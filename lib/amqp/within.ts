// A time limit for calls of a library that has none.
import { AmqpError } from "./errors.ts";

/** @throws {AmqpError} `unreachable` when the time is over; the call itself goes on unheard */
export async function within<T>(answer: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new AmqpError("unreachable", `no answer to ${what} within ${String(timeoutMs)} ms`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([answer, limit]);
  } finally {
    clearTimeout(timer);
    answer.catch(() => undefined);
  }
}
