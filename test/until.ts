// Waiting for something that another process does, with a limit instead of a fixed sleep.
import { setTimeout as delay } from "node:timers/promises";

const INTERVAL_MS = 25;

/** @returns the first answer that is neither false nor undefined. @throws when the time is over */
export async function until<T>(
  ask: () => Promise<T | false | undefined> | T | false | undefined,
  what: string,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${String(timeoutMs)} ms: ${what}`);
    await delay(INTERVAL_MS);
  }
}
