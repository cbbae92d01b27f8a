// How much one process asks of a homeserver at once: a number of requests under way, and a pause for all of them when
// Synapse says that it is too much (429), so that nobody runs on into the limit.
import { setTimeout as delay } from "node:timers/promises";

export type RequestBudget = {
  /** Waits for a place and for the end of a pause, and holds the place until the work has ended. */
  readonly spend: <T>(work: () => Promise<T>) => Promise<T>;
  /** Nobody begins a request before this time is over. */
  readonly pause: (ms: number) => void;
};

export type ResizableBudget = RequestBudget & {
  /** From now on so many; what is under way goes on. */
  readonly resize: (parallelRequests: number) => void;
};

export function requestBudget(parallelRequests: number): ResizableBudget {
  let limit = parallelRequests;
  let running = 0;
  let pausedUntilMs = 0;
  const waiting: (() => void)[] = [];

  async function enter(): Promise<void> {
    if (running < limit) running += 1;
    else await new Promise<void>((admit) => waiting.push(admit));
  }
  function admitNext(): void {
    while (running < limit) {
      const next = waiting.shift();
      if (next === undefined) return;
      running += 1;
      next();
    }
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
        running -= 1;
        admitNext();
      }
    },
    pause(ms) {
      pausedUntilMs = Math.max(pausedUntilMs, performance.now() + ms);
    },
    resize(next) {
      limit = next;
      admitNext();
    },
  };
}
