// Progress on the terminal: one line a step with the time since the start. On a terminal the running step's line is
// rewritten; elsewhere only finished lines are printed.
export type Screen = {
  readonly isTTY: boolean;
  write(text: string): void;
};

export type Progress = {
  /** Prints a finished line. */
  line(text: string): void;
  /** Runs a step; `work` returns what to say about its end, if anything. */
  step<T>(title: string, work: (note: (text: string) => void) => Promise<T>): Promise<T>;
  /** A line that replaces itself; off a terminal it is printed only as often as is bearable. */
  live(text: string): void;
  /** Text as it is, such as a table. */
  text(text: string): void;
};

const CLEAR_LINE = "\r\u001b[K";
const SLOW_STEP_MS = 2_000;
const LIVE_INTERVAL_MS = 10_000;

export function formatElapsed(elapsedMs: number): string {
  return `[${(elapsedMs / 1000).toFixed(1).padStart(5)} s]`;
}

export function createProgress(
  startedAtMs: number,
  screen: Screen = terminal(),
  now: () => number = Date.now,
): Progress {
  let live = "";
  let lastLiveMs = Number.NEGATIVE_INFINITY;
  const stamped = (text: string): string => `${formatElapsed(now() - startedAtMs)} ${text}`;
  const clear = (): string => (live === "" ? "" : CLEAR_LINE);

  const progress: Progress = {
    line(text) {
      screen.write(`${clear()}${stamped(text)}\n${live}`);
    },
    text(text) {
      screen.write(`${clear()}${text}\n${live}`);
    },
    live(text) {
      if (screen.isTTY) {
        const before = clear();
        live = text === "" ? "" : stamped(text);
        screen.write(`${before}${live}`);
      } else if (text !== "" && now() - lastLiveMs >= LIVE_INTERVAL_MS) {
        lastLiveMs = now();
        screen.write(`${stamped(text)}\n`);
      }
    },
    async step(title, work) {
      let note = "";
      if (screen.isTTY) progress.live(`${title} …`);
      const slow = setTimeout(() => {
        if (!screen.isTTY) progress.line(`${title} …`);
      }, SLOW_STEP_MS);
      try {
        const result = await work((text) => (note = text));
        progress.live("");
        progress.line(note === "" ? title : `${title}: ${note}`);
        return result;
      } finally {
        clearTimeout(slow);
        progress.live("");
      }
    },
  };
  return progress;
}

function terminal(): Screen {
  return {
    isTTY: process.stdout.isTTY,
    write: (text) => {
      process.stdout.write(text);
    },
  };
}
