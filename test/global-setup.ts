// Once per run of the integration tests: a PostgreSQL with a migrated template, from which every test file gets a
// database of its own, and an installed Synapse.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { freePort } from "#demo/ports.ts";
import { ensureDatabase, startPostgres } from "#demo/postgres.ts";
import { makeSecret } from "#demo/secrets.ts";
import { ensureSynapseInstalled } from "#demo/synapse.ts";
import { prepareDatabase } from "#lib/setup/prepare-database.ts";
import { TEMPLATE } from "./template.ts";

declare module "vitest" {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- only an interface can be merged
  export interface ProvidedContext {
    /** The cluster of this run: every address and secret that a test needs, as plain values. */
    postgres: { readonly port: number; readonly user: string; readonly password: string };
    venvDir: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const venvDir = fileURLToPath(new URL("../.cache/synapse-venv", import.meta.url));
  const log = (message: string): void => {
    process.stderr.write(`${message}\n`);
  };
  await ensureSynapseInstalled({ venvDir, pythonPath: pythonPath(), log });

  const folder = await mkdtemp(join(tmpdir(), "schulchat-test-"));
  const server = await startPostgres({
    dataDir: join(folder, "postgres"),
    port: await freePort(),
    user: "schulchat",
    password: makeSecret(),
    logFile: join(folder, "postgres.log"),
    durable: false,
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await ensureDatabase(server, TEMPLATE);
    await prepareDatabase(server.url(TEMPLATE));
    const { port, user, password } = server;
    project.provide("postgres", { port, user, password });
    project.provide("venvDir", venvDir);
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

function pythonPath(): string {
  const { PYTHON } = process.env;
  return PYTHON === undefined || PYTHON === "" ? "python3" : PYTHON;
}
