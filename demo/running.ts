// The record of a running system, .data/running.json: `npm run try` reads the addresses from it, `npm run reset` and a
// second start see by it that something runs.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const runningSchema = z.object({
  pid: z.number().int().positive(),
  consoleUrl: z.string(),
  chatUrl: z.string(),
  serverName: z.string(),
  /** Synapse itself, behind the proxy. */
  synapseUrl: z.string(),
  synapseTokenFile: z.string(),
});
export type RunningSystem = z.infer<typeof runningSchema>;

const fileOf = (dataDir: string): string => join(dataDir, "running.json");

export function writeRunning(dataDir: string, system: RunningSystem): void {
  writeFileSync(fileOf(dataDir), `${JSON.stringify(system, null, 2)}\n`);
}

export function removeRunning(dataDir: string): void {
  rmSync(fileOf(dataDir), { force: true });
}

/** The system that runs on this data now, or undefined. */
export function readRunning(dataDir: string): RunningSystem | undefined {
  const file = fileOf(dataDir);
  if (!existsSync(file)) return undefined;
  const system = runningSchema.safeParse(JSON.parse(readFileSync(file, "utf8"))).data;
  return system !== undefined && isOurs(system.pid) ? system : undefined;
}

/** A process id is used again after a crash or a restart of the machine, so the command counts where it can be read. */
function isOurs(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const commandLine = `/proc/${String(pid)}/cmdline`;
  return !existsSync(commandLine) || readFileSync(commandLine, "utf8").includes("bin/up.ts");
}
