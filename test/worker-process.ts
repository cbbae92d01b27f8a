// The real worker as a process that a test may kill; it is started again at once, as a service manager does it.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { makeEvidenceKey, makeSecret } from "#demo/secrets.ts";
import type { TestSystem } from "./system.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Nothing listens there: the directory is away, and what stands in the database stays. */
const NOWHERE = "http://127.0.0.1:9";

export type WorkerProcess = {
  /** SIGKILL. Resolves when the process is gone and before the next one starts. */
  kill(): Promise<void>;
  readonly starts: () => number;
  stop(): Promise<void>;
};

export type WorkerOptions = {
  /** Of Synapse, or of something before it. */
  readonly synapseUrl: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Between a death and the next start. */
  readonly onDeath?: () => Promise<void>;
};

export function startWorkerProcess(system: TestSystem, options: WorkerOptions): WorkerProcess {
  const { synapseUrl, environment = {}, onDeath = () => Promise.resolve() } = options;
  const evidenceKey = makeEvidenceKey();
  let starts = 0;
  let isStopped = false;
  let child: ChildProcess | undefined;
  let failure: Error | undefined;

  function launch(): void {
    starts += 1;
    child = spawn(process.execPath, ["bin/worker.ts"], {
      cwd: ROOT,
      stdio: "ignore",
      env: {
        ...process.env,
        NODE_ENV: "test",
        DATABASE_URL: system.database.url,
        SYNAPSE_SERVER_NAME: system.serverName,
        SYNAPSE_URL: synapseUrl,
        SYNAPSE_TOKEN_FILE: system.provisionerTokenFile,
        EVIDENCE_KEYS: evidenceKey,
        ONEROSTER_URL: NOWHERE,
        ONEROSTER_TOKEN_URL: NOWHERE,
        ONEROSTER_CLIENT_ID: "console",
        ONEROSTER_CLIENT_SECRET: makeSecret(),
        ONEROSTER_SERVICE_ID: "school-chat",
        ...environment,
      },
    });
    child.once("exit", () => {
      onDeath()
        .then(() => {
          if (!isStopped) launch();
        })
        .catch((error: unknown) => {
          failure = error instanceof Error ? error : new Error(String(error));
        });
    });
  }

  async function end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const ending = child;
    if (ending?.exitCode !== null || ending.signalCode !== null) return;
    const gone = once(ending, "exit");
    ending.kill(signal);
    await gone;
  }

  launch();
  return {
    kill: () => end("SIGKILL"),
    starts: () => starts,
    stop: async () => {
      isStopped = true;
      await end("SIGTERM");
      if (failure !== undefined) throw failure;
    },
  };
}
