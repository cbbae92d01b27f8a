// Starts Synapse as a child process and waits until it answers; stops it without leaving a process behind.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { MODULE_DIR, writeConfiguration, writeWorkerConfiguration, type SynapseSettings } from "./configuration.ts";
import { SynapseError } from "./error.ts";

const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 15_000;
const HEALTH_TIMEOUT_MS = 2_000;
const POLL_INTERVAL_MS = 100;

export type SynapseOptions = {
  venvDir: string;
  log: (message: string) => void;
} & SynapseSettings;

export type RunningSynapse = {
  baseUrl: string;
  pid: number;
  /** Synapse's own log, for whoever looks for a reason. */
  logFile: string;
  /** Resolves when the process has ended, by whatever cause. */
  exited: Promise<void>;
  /** Resolves when the process is gone; may be called twice. */
  stop: () => Promise<void>;
};

/** @throws {SynapseError} `port-taken`, `start-failed` or `start-timeout` */
export async function startSynapse(options: SynapseOptions): Promise<RunningSynapse> {
  const { dataDir, venvDir, port, log } = options;
  if (await isPortTaken(port)) {
    throw new SynapseError(
      "port-taken",
      `Port ${port.toString()} is taken, so Synapse cannot start. Please end the program that uses it (perhaps an earlier start).`,
    );
  }
  const files = await writeConfiguration(options);
  const synapse = await launch({ app: "homeserver", dataDir, venvDir, port, files });
  log(`Synapse: answers at ${synapse.baseUrl}`);
  return synapse;
}

/** A further process of a Synapse that was started with `workers`. */
export async function startSynapseWorker(
  main: SynapseOptions,
  worker: { readonly name: string; readonly port: number },
): Promise<RunningSynapse> {
  const { dataDir, venvDir } = main;
  const { name, port } = worker;
  const files = [...(await writeConfiguration(main)), await writeWorkerConfiguration(dataDir, name, port)];
  return await launch({ app: "generic_worker", name, dataDir, venvDir, port, files });
}

type Launch = {
  readonly app: "homeserver" | "generic_worker";
  /** Of a worker. */
  readonly name?: string;
  readonly dataDir: string;
  readonly venvDir: string;
  readonly port: number;
  readonly files: readonly string[];
};

async function launch({ app, name, dataDir, venvDir, port, files }: Launch): Promise<RunningSynapse> {
  const outputFile = join(dataDir, `${name ?? "synapse"}.out`);
  const output = openSync(outputFile, "w");
  const child = spawn(
    join(venvDir, "bin", "python"),
    ["-m", `synapse.app.${app}`, ...files.flatMap((file) => ["--config-path", file])],
    { cwd: dataDir, stdio: ["ignore", output, output], env: childEnvironment() },
  );
  closeSync(output);
  const spawnError = once(child, "error").then(([error]) => error as unknown);
  const baseUrl = `http://127.0.0.1:${port.toString()}`;
  try {
    await waitUntilHealthy(child, baseUrl, outputFile, spawnError);
  } catch (error) {
    await stop(child);
    throw error;
  }
  return {
    baseUrl,
    // Only a process that could not be spawned has no pid, and that was an error above.
    pid: child.pid ?? 0,
    logFile: join(dataDir, `${name ?? "homeserver"}.log`),
    exited: hasEnded(child) ? Promise.resolve() : once(child, "exit").then(() => undefined),
    stop: () => stop(child),
  };
}

function childEnvironment(): NodeJS.ProcessEnv {
  const environment = { ...process.env, PYTHONPATH: MODULE_DIR, PYTHONDONTWRITEBYTECODE: "1" };
  // Everything that this Synapse talks to is on loopback; it would send OIDC requests through a proxy if one is set.
  for (const name of Object.keys(environment)) {
    if (/^(https?|all)_proxy$/i.test(name)) Reflect.deleteProperty(environment, name);
  }
  return environment;
}

async function waitUntilHealthy(
  child: ChildProcess,
  baseUrl: string,
  outputFile: string,
  spawnError: Promise<unknown>,
): Promise<void> {
  let notSpawned: unknown;
  void spawnError.then((error) => (notSpawned = error));
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (await isHealthy(baseUrl)) return;
    if (notSpawned !== undefined || hasEnded(child)) {
      const reason = notSpawned instanceof Error ? notSpawned.message : await lastLines(outputFile);
      throw new SynapseError("start-failed", `Synapse ended while it started. It said: ${reason} (see ${outputFile})`);
    }
    await delay(POLL_INTERVAL_MS);
  }
  throw new SynapseError(
    "start-timeout",
    `Synapse did not answer within ${(START_TIMEOUT_MS / 1000).toString()} s. Please look into ${outputFile} and homeserver.log beside it.`,
  );
}

async function isHealthy(baseUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${baseUrl}/health`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** Synapse would find out itself, but only after seconds, and with a traceback. */
function isPortTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: HEALTH_TIMEOUT_MS });
    const done = (taken: boolean): void => {
      socket.destroy();
      resolve(taken);
    };
    socket.once("connect", () => {
      done(true);
    });
    socket.once("timeout", () => {
      done(true);
    });
    socket.once("error", () => {
      done(false);
    });
  });
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const forced = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(forced);
}

/** Without the frame of asterisks and bars that Synapse draws around its errors. */
async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  const lines = text.split("\n").map((line) => line.replace(/^[\s|*^]+|[\s|*^]+$/g, ""));
  return lines
    .filter((line) => line !== "")
    .slice(-4)
    .join(" | ");
}
