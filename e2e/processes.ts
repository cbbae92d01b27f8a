// Parts of the running system that hang: a process is held by its id and let go again, whatever happens meanwhile.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "@playwright/test";
import pg from "pg";
import { readRunning } from "#demo/running.ts";
import { loadSecrets } from "#demo/secrets.ts";
import { E2E_DATA_DIR, E2E_PORTS } from "./system.ts";

const run = promisify(execFile);
const START_TIMEOUT_MS = 30_000;
const ROOT = join(import.meta.dirname, "..");
const COMMANDS = {
  gate: /bin\/gate\.ts/,
  synapse: /synapse\.app\.homeserver/,
  postgres: /\/bin\/postgres -D/,
} as const;
type Part = keyof typeof COMMANDS;

/** Only among the children of the system that these tests have started. */
async function processId(part: Part): Promise<number> {
  const system = readRunning(join(ROOT, E2E_DATA_DIR));
  const { stdout } = await run("ps", ["-A", "-o", "pid=,ppid=,args="], { timeout: 5_000 });
  const found = stdout.split("\n").flatMap((line) => {
    const [, pid, parent, command = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return Number(parent) === system?.pid && COMMANDS[part].test(command) ? [Number(pid)] : [];
  });
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${String(found.length)} processes of ${part}`);
  return only;
}

/** The part takes connections and never answers. */
export async function whileHanging(part: Exclude<Part, "postgres">, work: () => Promise<void>): Promise<void> {
  const pid = await processId(part);
  process.kill(pid, "SIGSTOP");
  try {
    await work();
  } finally {
    process.kill(pid, "SIGCONT");
  }
}

/**
 * The gate is stopped for all of `work`. What the network has kept for it meanwhile goes with it: the system starts a new
 * one in its place.
 */
export async function whileGateIsStopped(work: () => Promise<void>): Promise<void> {
  const pid = await processId("gate");
  process.kill(pid, "SIGSTOP");
  try {
    await work();
  } finally {
    process.kill(pid, "SIGKILL");
    await expect(async () => {
      expect(await processId("gate")).not.toBe(pid);
      const address = `http://127.0.0.1:${String(E2E_PORTS.GATE_PORT)}`;
      await fetch(address, { signal: AbortSignal.timeout(1_000) });
    }).toPass({ timeout: START_TIMEOUT_MS });
  }
}

/** Nobody of the console gets to the database: connections are cut, and no new one comes about. */
export async function whileDatabaseIsAway(work: () => Promise<void>): Promise<void> {
  const pid = await processId("postgres");
  const { postgres } = await loadSecrets(join(ROOT, E2E_DATA_DIR));
  const admin = new pg.Client({
    connectionString: `postgresql://schulchat:${postgres}@127.0.0.1:${String(E2E_PORTS.POSTGRES_PORT)}/postgres`,
  });
  await admin.connect();
  // only the process that makes new backends; the one of `admin` goes on and ends the others
  process.kill(pid, "SIGSTOP");
  try {
    await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'schulchat'");
    await work();
  } finally {
    process.kill(pid, "SIGCONT");
    await admin.end();
  }
}
