// Repeats work until told to stop, never two rounds at once; the round itself says when the next one is due.
import { setTimeout as delay } from "node:timers/promises";

export type Repeating = {
  /** Starts the next round at once. */
  readonly poke: () => void;
  /** Resolves when the round in progress has ended. */
  readonly stop: () => Promise<void>;
};

/** @param round returns the milliseconds until the next round; it must not throw */
export function repeat(round: () => Promise<number>): Repeating {
  const stopping = new AbortController();
  let waiting = new AbortController();

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      waiting = new AbortController();
      const pauseMs = await round();
      const signal = AbortSignal.any([waiting.signal, stopping.signal]);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
  const running = run();
  return {
    poke: () => {
      waiting.abort();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
