// Our own processes (gate, worker, web) as children with a log file each. A child that ends by itself is never
// restarted in silence.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, renameSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

const STOP_TIMEOUT_MS = 10_000;
const READY_TIMEOUT_MS = 30_000;
const POLL_INTERVAL_MS = 50;
const PROBE_TIMEOUT_MS = 2_000;
const LAST_LINES = 12;
const RESTARTS = 3;
/** A child that has run this long is given all its restarts again. */
const STABLE_MS = 60_000;

export type ChildOptions = {
  readonly name: string;
  /** Arguments of this very Node. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** An address that answers as soon as the child works; without it, being alive is enough. */
  readonly readyUrl?: string;
  /** Aborted when everything stops: an end is no news then. */
  readonly signal?: AbortSignal;
  /** Told of every end that nobody asked for, before a restart. */
  readonly onDeath: (message: string) => void;
};

export type RunningChild = {
  pid(): number | undefined;
  /** Resolves when the process is gone; may be called twice. */
  stop(): Promise<void>;
};

/** @throws if the child ends, or does not answer, while it starts */
export async function startChild(options: ChildOptions): Promise<RunningChild> {
  keepPreviousLog(options.logFile);
  let child = launch(options);
  let restarts = 0;
  let stopped = false;
  const isStopped = (): boolean => stopped || options.signal?.aborted === true;

  try {
    await waitUntilReady(child, options);
  } catch (error) {
    await end(child);
    throw error;
  }
  watch(child);

  function watch(current: ChildProcess): void {
    const startedAtMs = Date.now();
    const onEnd = (): void => {
      void reportAndRestart(current, startedAtMs);
    };
    if (hasEnded(current)) onEnd();
    else current.once("exit", onEnd);
  }

  async function reportAndRestart(dead: ChildProcess, startedAtMs: number): Promise<void> {
    if (isStopped()) return;
    if (Date.now() - startedAtMs >= STABLE_MS) restarts = 0;
    const again = restarts < RESTARTS;
    const next = again
      ? "It is started again."
      : `It ended ${String(RESTARTS + 1)} times in a row and stays off; everything else goes on.`;
    options.onDeath(`${options.name} ended (${ending(dead)}). ${next}\n${await quoteLog(options.logFile)}`);
    // it may have been stopped while the log was read
    if (!again || isStopped()) return;
    restarts += 1;
    child = launch(options);
    watch(child);
  }

  return {
    pid: () => child.pid,
    stop: async () => {
      stopped = true;
      await end(child);
    },
  };
}

/** Each start has a log of its own; the one before stays beside it. */
function keepPreviousLog(logFile: string): void {
  if (existsSync(logFile)) renameSync(logFile, `${logFile}.1`);
}

function launch({ args, cwd, environment, logFile }: ChildOptions): ChildProcess {
  const output = openSync(logFile, "a", 0o600);
  const child = spawn(process.execPath, args, { cwd, env: environment, stdio: ["ignore", output, output] });
  closeSync(output);
  return child;
}

async function waitUntilReady(child: ChildProcess, options: ChildOptions): Promise<void> {
  const { name, readyUrl, logFile } = options;
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (hasEnded(child)) {
      throw new Error(`${name} ended while it started (${ending(child)}).\n${await quoteLog(logFile)}`);
    }
    if (readyUrl === undefined || (await answers(readyUrl))) return;
    await delay(POLL_INTERVAL_MS);
  }
  throw new Error(`${name} did not answer within ${String(READY_TIMEOUT_MS / 1000)} s.\n${await quoteLog(logFile)}`);
}

/** Any answer will do: a refusal also comes from a process that works. */
async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const forced = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(forced);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function ending(child: ChildProcess): string {
  return child.signalCode ?? `exit code ${String(child.exitCode)}`;
}

/** The end of a log, indented, with the file's name. */
export async function quoteLog(logFile: string): Promise<string> {
  const text = await readFile(logFile, "utf8").catch(() => "");
  const lines = text.trim().split("\n").slice(-LAST_LINES);
  return [...lines.map((line) => `    ${line}`), `    (${logFile})`].join("\n");
}
