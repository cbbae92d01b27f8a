// Starts a server of a benchmark as a process of its own, which tells its port.
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { z } from "zod";

const START_TIMEOUT_MS = 20_000;
const portMessage = z.tuple([z.object({ port: z.number() })]).rest(z.unknown());

/** @param script beside this file */
export async function startProcess(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = fork(new URL(script, import.meta.url), args, {
    env: { ...process.env, LOG_LEVEL: "error", ...environment },
  });
  const answer: unknown = await once(child, "message", { signal: AbortSignal.timeout(START_TIMEOUT_MS) });
  const [{ port }] = portMessage.parse(answer);
  return { child, port };
}
