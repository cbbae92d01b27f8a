// The source of the import benchmark, and single syncs from it: each a process of its own.
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { z } from "zod";
import type { SizeName } from "#demo/oneroster/sized-directory.ts";
import { makeEvidenceKey } from "#demo/secrets.ts";

const START_TIMEOUT_MS = 20_000;
const SYNC_TIMEOUT_MS = 3_600_000;
const PAGE_SIZE = 5_000;
/** As docs/sources.md has it: without a limit V8 takes what the machine has before it tidies up. */
const HEAP_MEGABYTES = 320;

const settings = z.object({
  baseUrl: z.string(),
  tokenUrl: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  serviceId: z.string(),
});
export type Source = {
  readonly settings: z.infer<typeof settings>;
  /** So many records, spread over so many schools. */
  readonly change: (records: number, schools: number) => Promise<void>;
  readonly stop: () => Promise<void>;
};

async function messageOf(child: ChildProcess, timeoutMs: number): Promise<unknown> {
  const waiting = new AbortController();
  const ended = once(child, "exit", { signal: waiting.signal }).then(() => {
    throw new Error(`a process of the benchmark ended with ${String(child.exitCode)}`);
  });
  const answer = once(child, "message", { signal: AbortSignal.any([waiting.signal, AbortSignal.timeout(timeoutMs)]) });
  try {
    const messages: readonly unknown[] = await Promise.race([answer, ended]);
    return messages[0];
  } finally {
    // whichever did not come is not waited for
    await Promise.allSettled([(waiting.abort(), answer), ended]);
  }
}

/** @param filters where the server leaves out what has not changed */
export async function startSource(size: SizeName, filters: "everywhere" | "perSchool"): Promise<Source> {
  const script = new URL("../demo/oneroster/serve.ts", import.meta.url);
  const child = fork(script, ["--size", size, "--filters", filters], { silent: true });
  return {
    settings: settings.parse(await messageOf(child, START_TIMEOUT_MS)),
    change: async (records, schools) => {
      child.send({ records, schools });
      await messageOf(child, START_TIMEOUT_MS);
    },
    stop: () => end(child),
  };
}

const synced = z.object({
  failure: z.string().nullable(),
  kind: z.string(),
  counts: z.record(z.string(), z.number()),
  problems: z.number(),
  totalMs: z.number(),
  spentMs: z.object({ source: z.number(), transactions: z.number() }),
  maxRssBytes: z.number(),
});
export type Synced = z.infer<typeof synced>;

export type Worker = {
  /** @throws unless everything was read and stored without a problem */
  readonly sync: (kind: "full" | "delta") => Promise<Synced>;
  readonly stop: () => Promise<void>;
};

export async function startWorker(source: Source, databaseUrl: string): Promise<Worker> {
  const { baseUrl, tokenUrl, clientId, clientSecret, serviceId } = source.settings;
  const child = fork(new URL("import-worker.ts", import.meta.url), {
    execArgv: [`--max-old-space-size=${String(HEAP_MEGABYTES)}`],
    env: {
      ...process.env,
      LOG_LEVEL: "warn",
      DATABASE_URL: databaseUrl,
      SYNAPSE_SERVER_NAME: "localhost",
      SYNAPSE_URL: "http://127.0.0.1:9",
      SYNAPSE_TOKEN_FILE: "/nowhere",
      EVIDENCE_KEYS: makeEvidenceKey(),
      ONEROSTER_URL: baseUrl,
      ONEROSTER_TOKEN_URL: tokenUrl,
      ONEROSTER_CLIENT_ID: clientId,
      ONEROSTER_CLIENT_SECRET: clientSecret,
      ONEROSTER_SERVICE_ID: serviceId,
      ONEROSTER_OPTIONS: JSON.stringify({ pageSize: PAGE_SIZE }),
    },
  });
  await messageOf(child, START_TIMEOUT_MS);
  return {
    sync: async (kind) => {
      child.send({ full: kind === "full" });
      const result = synced.parse(await messageOf(child, SYNC_TIMEOUT_MS));
      if (result.failure !== null || result.kind !== kind || result.problems > 0) {
        throw new Error(`the sync did not succeed: ${JSON.stringify(result)}`);
      }
      return result;
    },
    stop: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit", { signal: AbortSignal.timeout(START_TIMEOUT_MS) });
  child.kill();
  await ended;
}
