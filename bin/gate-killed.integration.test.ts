// Protects "answered means kept" on the real gate process: killed at any moment while PostgreSQL is away, what it has
// answered comes in with its next start.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { freePort } from "#demo/ports.ts";
import { makeEvidenceKey, makeSecret } from "#demo/secrets.ts";
import { readEnvironment } from "#lib/env/env.ts";
import { takenReportSchema } from "#lib/reports/intake.ts";
import { open } from "#lib/reports/sealing.ts";
import { allowConnections, startTestDatabase, type TestDatabase } from "#test/database.ts";
import { until } from "#test/until.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PATH = "/_matrix/client/v3/rooms/!raum:chat.example/report/";
const START_TIMEOUT_MS = 60_000;

let database: TestDatabase;
let folder: string;
let environment: Record<string, string>;
let child: ChildProcess | undefined;

beforeAll(async () => {
  database = await startTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "schulchat-spool-"));
  environment = {
    DATABASE_URL: database.url,
    SYNAPSE_SERVER_NAME: "chat.example",
    SYNAPSE_URL: "http://127.0.0.1:9",
    GATE_PORT: String(await freePort()),
    GATE_SECRET: makeSecret(),
    EVIDENCE_KEYS: makeEvidenceKey(),
    REPORT_SPOOL_DIR: folder,
  };
});
afterEach(async () => {
  await end("SIGTERM");
});
afterAll(async () => {
  await database.stop();
  await rm(folder, { recursive: true });
});

const urlOf = (path: string) => `http://127.0.0.1:${environment["GATE_PORT"] ?? ""}${path}`;

async function start(): Promise<void> {
  child = spawn(process.execPath, ["bin/gate.ts"], {
    cwd: ROOT,
    stdio: "ignore",
    env: { ...process.env, NODE_ENV: "test", ...environment },
  });
  // any answer will do: the database may be away
  const isUp = () => fetch(urlOf("/healthz")).then(() => true, () => false); // prettier-ignore
  await until(isUp, "the gate listens", START_TIMEOUT_MS);
}

async function end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
  const ending = child;
  child = undefined;
  if (ending?.exitCode !== null || ending.signalCode !== null) return null;
  const gone = once(ending, "exit");
  ending.kill(signal);
  await gone;
  return ending.exitCode;
}

async function report(reason: string): Promise<number | null> {
  try {
    const response = await fetch(urlOf(`${PATH}$${reason}`), {
      method: "POST",
      headers: { authorization: "Bearer syt_pupil_0123456789abcdef" },
      body: JSON.stringify({ reason, img: "A".repeat(40_000) }),
      signal: AbortSignal.timeout(20_000),
    });
    return response.status;
  } catch {
    return null;
  }
}

async function arrived(): Promise<readonly string[]> {
  const keys = readEnvironment("gate", environment).EVIDENCE_KEYS;
  const rows = await database.db.reportIntake.findMany();
  return rows.map(({ id, keyId, sealed }) => {
    const content = open(keys, id, { keyId, bytes: Uint8Array.from(sealed) });
    const { body } = takenReportSchema.parse(JSON.parse(content.toString("utf8")));
    return /"reason":"([^"]+)"/.exec(body ?? "")?.[1] ?? "";
  });
}

test("killed in the middle of a flood to its disk: what was answered comes in, once", async () => {
  await start();
  await allowConnections(database, false);
  const answered: string[] = [];
  try {
    const sending = Array.from({ length: 60 }, async (_, index) => {
      const reason = `n${String(index)}`;
      if ((await report(reason)) !== 200) return;
      answered.push(reason);
      if (answered.length === 5) child?.kill("SIGKILL");
    });
    await Promise.all(sending);
    expect(answered.length).toBeGreaterThanOrEqual(5);
    await until(() => child?.signalCode === "SIGKILL", "the gate is dead");
  } finally {
    await allowConnections(database, true);
  }
  await start();
  await until(async () => {
    const there = await arrived();
    return answered.every((reason) => there.includes(reason));
  }, "everything that was answered is there");
  const there = await arrived();
  expect(new Set(there).size).toBe(there.length);
}, 120_000);

test("a gate that is told to stop ends by itself and without an error", async () => {
  await start();
  expect(await report("vorher")).toBe(200);
  expect(await end("SIGTERM")).toBe(0);
  expect(await arrived()).toContain("vorher");
}, 90_000);
