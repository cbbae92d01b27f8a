// How much one process asks of a homeserver at once: a number of requests under way, and a pause for all of them when
// Synapse says that it is too much (429), so that nobody runs on into the limit.
import { setTimeout as delay } from "node:timers/promises";

export type RequestBudget = {
  /** Waits for a place and for the end of a pause, and holds the place until the work has ended. */
  readonly spend: <T>(work: () => Promise<T>) => Promise<T>;
  /** Nobody begins a request before this time is over. */
  readonly pause: (ms: number) => void;
};

export function requestBudget(parallelRequests: number): RequestBudget {
  let free = parallelRequests;
  let pausedUntilMs = 0;
  const waiting: (() => void)[] = [];

  async function enter(): Promise<void> {
    if (free > 0) free -= 1;
    else await new Promise<void>((admit) => waiting.push(admit));
  }
  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }

  return {
    async spend(work) {
      await enter();
      try {
        for (;;) {
          const pauseMs = pausedUntilMs - performance.now();
          if (pauseMs <= 0) break;
          await delay(pauseMs);
        }
        return await work();
      } finally {
        leave();
      }
    },
    pause(ms) {
      pausedUntilMs = Math.max(pausedUntilMs, performance.now() + ms);
    },
  };
}
