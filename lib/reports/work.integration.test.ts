// Guarantee: what goes wrong with the token's file, or at Synapse, never ends the worker's looking after reports.
import { mkdir, mkdtemp, rm, rmdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { requestBudget } from "#lib/matrix/budget.ts";
import { startTestDatabase } from "#test/database.ts";
import { TEST_KEYS } from "#test/system.ts";
import { until } from "#test/until.ts";
import { workOnReports } from "./work.ts";

const WAIT_MS = 20_000;
const INTERVAL_MS = 20;
const address = z.object({ port: z.number() });

test("a token file that cannot be read is read again, and every request takes a place of the worker's budget", async () => {
  const database = await startTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), "schulchat-token-"));
  const tokenFile = join(folder, "token");
  await mkdir(tokenFile); // reading it fails otherwise than a file that is not there
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(404, { "Content-Type": "application/json" }).end("{}");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = address.parse(server.address());
  const budget = requestBudget(1);
  let places = 0;
  const work = workOnReports({
    ...{ db: database.db, keys: TEST_KEYS, serverName: "localhost" },
    synapseUrl: `http://127.0.0.1:${String(port)}`,
    tokenFile,
    budget: { ...budget, spend: (request) => ((places += 1), budget.spend(request)) },
    pollIntervalMs: INTERVAL_MS,
    lookIntervalMs: INTERVAL_MS,
  });
  await rmdir(tokenFile);
  await writeFile(tokenFile, "token");
  await until(() => Promise.resolve(asked > 1), "Synapse is asked", WAIT_MS);
  await work.stop();
  expect(places).toBe(asked);
  server.closeAllConnections();
  await new Promise<void>((closed) => server.close(() => closed()));
  await rm(folder, { recursive: true });
  await database.stop();
});
