// What has been started, to be stopped in the reverse order: whoever depends on a part goes before it.
export type Stoppable = {
  readonly name: string;
  stop(): Promise<void>;
};

const STOP_TIMEOUT_MS = 20_000;

export class Stack {
  readonly #parts: Stoppable[] = [];
  readonly #timeoutMs: number;

  constructor(timeoutMs = STOP_TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs;
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  /** Adds a part once it runs. */
  push(name: string, stop: () => Promise<void>): void {
    this.#parts.push({ name, stop });
  }

  /**
   * Stops every part, also after one has failed to.
   * @returns a sentence for each part that failed to stop in time
   */
  async stop(): Promise<string[]> {
    const problems: string[] = [];
    for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) {
      try {
        await withTimeout(part.stop(), this.#timeoutMs);
      } catch (error) {
        problems.push(`${part.name} did not stop: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return problems;
  }
}

async function withTimeout(work: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${String(timeoutMs / 1000)} s`));
    }, timeoutMs);
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
