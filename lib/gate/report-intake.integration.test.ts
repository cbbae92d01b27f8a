// Protects "answered means kept": whatever the disk, PostgreSQL, the upload or a flood does, what the gate has answered
// with 200 comes in by itself, and what it cannot keep it leaves to the proxy.
import { mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { request as startRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { allowConnections, startTestDatabase, type TestDatabase } from "#test/database.ts";
import { TEST_KEYS } from "#test/system.ts";
import { takenReportSchema, type TakenReport } from "#lib/reports/intake.ts";
import { open as unseal } from "#lib/reports/sealing.ts";
import type { OpenFile } from "#lib/reports/spool.ts";
import { openGatePool } from "./pool.ts";
import { ReportIntake, type ReportIntakeOptions } from "./report-intake.ts";
import { openReportPool } from "./report-pool.ts";
import { startGate } from "./server.ts";

const PATH = "/_matrix/client/v3/rooms/!raum:chat.example/report/$ereignis";
const PUPIL = "syt_pupil_0123456789abcdef";
const LARGE_PICTURE = "A".repeat(200_000);

let database: TestDatabase;
let folder: string;
let stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "schulchat-spool-"));
});
afterEach(async () => {
  for (const stop of stops.toReversed()) await stop();
  stops = [];
  await rm(folder, { recursive: true });
  await database.db.reportIntake.deleteMany();
  await database.db.damagedSpoolFile.deleteMany();
});

type Gate = { readonly port: number; readonly stop: () => Promise<void> };

async function openGate(options: Partial<ReportIntakeOptions> = {}): Promise<Gate> {
  const decisions = openGatePool(database.url, 1);
  const pool = openReportPool(database.url, 2);
  const reports = await ReportIntake.open({
    pool,
    keys: TEST_KEYS,
    spoolFolder: folder,
    spoolLimitBytes: 10_000_000,
    limits: { perReporter: 100, tokenlessPerAddress: 100, bytesPerAddress: 1_000_000_000 },
    ...options,
  });
  const gate = await startGate({
    host: "127.0.0.1",
    port: 0,
    secret: "x".repeat(40),
    serverName: "chat.example",
    synapseUrl: "http://127.0.0.1:9",
    pool: decisions,
    clientPool: decisions,
    reports,
  });
  let isRunning = true;
  const stop = async () => {
    if (!isRunning) return;
    isRunning = false;
    await gate.stop();
    await reports.stop();
    await Promise.all([pool.end(), decisions.end()]);
  };
  stops.push(stop);
  return { port: gate.port, stop };
}

type Sending = { readonly reason: string; readonly img?: string; readonly token?: string | null };

async function send({ port }: Gate, { token = PUPIL, ...body }: Sending): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${String(port)}${PATH}`, {
    method: "POST",
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  return response.status;
}

async function databaseAway(): Promise<() => Promise<void>> {
  await allowConnections(database, false);
  const back = () => allowConnections(database, true);
  stops.push(back);
  return back;
}

/** What stands in PostgreSQL, oldest first. */
async function taken(): Promise<readonly TakenReport[]> {
  const rows = await database.db.reportIntake.findMany({ orderBy: { receivedAt: "asc" } });
  return rows.map(({ id, keyId, sealed }) => {
    const content = unseal(TEST_KEYS, id, { keyId, bytes: Uint8Array.from(sealed) });
    return takenReportSchema.parse(JSON.parse(content.toString("utf8")));
  });
}

const reasons = async () => (await taken()).map(({ body }) => /"reason":"([^"]*)"/.exec(body ?? "")?.[1] ?? null);

test("the database is back while the last report is still being written: it comes in without a further one", async () => {
  const written = Promise.withResolvers<undefined>();
  const mayGoOn = Promise.withResolvers<undefined>();
  let isSlow = false;
  const openFile: OpenFile = async (path, flags, mode) => {
    const file = await open(path, flags, mode);
    if (!isSlow || !path.endsWith(".part")) return file;
    const sync = file.sync.bind(file);
    file.sync = async () => {
      written.resolve(undefined);
      await mayGoOn.promise;
      await sync();
    };
    return file;
  };
  const gate = await openGate({ openFile });
  const back = await databaseAway();
  expect(await send(gate, { reason: "vorher" })).toBe(200);
  isSlow = true;
  const answer = send(gate, { reason: "die letzte" });
  await written.promise;
  await back();
  // the gate has looked through its folder, and seen nothing of the last one
  await expect.poll(reasons, { timeout: 10_000 }).toEqual(["vorher"]);
  mayGoOn.resolve(undefined);
  expect(await answer).toBe(200);
  await expect.poll(reasons, { timeout: 10_000 }).toEqual(["vorher", "die letzte"]);
  expect(await readdir(folder)).toEqual([]);
});

test("content, name and folder are on disk before the answer", async () => {
  const steps: string[] = [];
  const openFile: OpenFile = async (path, flags, mode) => {
    const file = await open(path, flags, mode);
    const what = path === folder ? "folder" : "file";
    const [write, sync] = [file.writeFile.bind(file), file.sync.bind(file)];
    file.writeFile = async (...content: Parameters<typeof write>) => {
      await write(...content);
      steps.push(`${what} written`);
    };
    file.sync = async () => {
      await sync();
      const names = await readdir(folder);
      steps.push(`${what} synced as ${names.map((name) => name.replace(/^[\da-f-]{36}/, "")).join()}`);
    };
    return file;
  };
  const gate = await openGate({ openFile });
  await databaseAway();
  expect(await send(gate, { reason: "dauerhaft" })).toBe(200);
  steps.push("answered");
  expect(steps).toEqual(["file written", "file synced as .report.part", "folder synced as .report", "answered"]);
});

test("a disk that cannot write: no answer of success, so that the proxy gives the report to Synapse", async () => {
  const openFile: OpenFile = () => Promise.reject(new Error("no space left on device"));
  const gate = await openGate({ openFile });
  await databaseAway();
  expect(await send(gate, { reason: "woanders" })).toBe(503);
});

test("the spool's bound: what is beyond it is refused, and what was kept comes in", async () => {
  const gate = await openGate({ spoolLimitBytes: 1_000 });
  const back = await databaseAway();
  expect(await send(gate, { reason: "passt noch" })).toBe(200);
  expect(await send(gate, { reason: "x".repeat(1_000) })).toBe(429);
  await back();
  await expect.poll(reasons, { timeout: 10_000 }).toEqual(["passt noch"]);
});

test("damaged files are kept aside and known, hold up nobody, and are forgotten when somebody has taken them away", async () => {
  const first = await openGate();
  const back = await databaseAway();
  expect(await send(first, { reason: "wird abgeschnitten" })).toBe(200);
  await first.stop();
  const [cut = ""] = await readdir(folder);
  await truncate(join(folder, cut), 150);
  await writeFile(join(folder, "unsinn.report"), "kein Bericht");
  // killed while it was being written: it was not answered for, but it is somebody's report
  await writeFile(join(folder, "halb.report.part"), '{"id":"');
  const second = await openGate();
  expect(await send(second, { reason: "ganz" })).toBe(200);
  await back();
  await expect.poll(reasons, { timeout: 10_000 }).toEqual(["ganz"]);
  const names = [`${cut}.damaged`, "halb.report.damaged", "unsinn.report.damaged"].toSorted();
  expect((await readdir(folder)).toSorted()).toEqual(names);
  const known = async () => (await database.db.damagedSpoolFile.findMany()).map(({ name }) => name).toSorted();
  await expect.poll(known, { timeout: 10_000 }).toEqual(names);
  const [file] = await database.db.damagedSpoolFile.findMany();
  expect(file?.spool).toContain(folder);
  await second.stop();
  await rm(join(folder, "unsinn.report.damaged"));
  await openGate();
  await expect.poll(known, { timeout: 10_000 }).toEqual(names.filter((name) => !name.startsWith("unsinn")));
});

test("a kept report that PostgreSQL can never hold is put aside, and the later ones come in", async () => {
  const sealed = await readFile(new URL(import.meta.url));
  const head = { id: crypto.randomUUID(), receivedAt: "2026-01-01T00:00:00Z", keyId: "\u0000", bytes: sealed.length };
  await writeFile(join(folder, "alt.report"), Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), sealed]));
  const back = await databaseAway();
  const gate = await openGate();
  expect(await send(gate, { reason: "dahinter" })).toBe(200);
  await back();
  await expect.poll(reasons, { timeout: 10_000 }).toEqual(["dahinter"]);
  expect(await readdir(folder)).toEqual(["alt.report.damaged"]);
});

test("a flood by one reporter is kept without its pictures, and nobody who shares the address loses anything", async () => {
  const gate = await openGate({ limits: { perReporter: 2, tokenlessPerAddress: 1, bytesPerAddress: 1_000_000_000 } });
  for (const reason of ["1", "2", "3", "4"]) expect(await send(gate, { reason, img: LARGE_PICTURE })).toBe(200);
  expect(await send(gate, { reason: "andere", img: LARGE_PICTURE, token: "syt_other_0123456789abcdef" })).toBe(200);
  const rows = await taken();
  expect(rows.map(({ body, problem }) => [body?.includes(LARGE_PICTURE), problem])).toEqual([
    [true, null],
    [true, null],
    [false, "screenshotLeftOut"],
    [false, "screenshotLeftOut"],
    [true, null],
  ]);
  expect(await reasons()).toEqual(["1", "2", "3", "4", "andere"]);
  expect(await send(gate, { reason: "ohne", token: null })).toBe(200);
  expect(await send(gate, { reason: "ohne", token: null })).toBe(429);
});

test("an upload that breaks off is kept as far as it came, and named as what it is", async () => {
  const gate = await openGate();
  const sending = startRequest(`http://127.0.0.1:${String(gate.port)}${PATH}`, {
    method: "POST",
    headers: { authorization: `Bearer ${PUPIL}`, "content-length": 1_000_000 },
  });
  sending.on("error", () => undefined); // broken off by ourselves
  const text = '{"reason":"im Funkloch","score":-100,"img":"';
  await new Promise<void>((sent) => sending.write(text, () => sent()));
  // the gate has it when it has taken the headers and this much
  await expect.poll(() => sending.socket?.bytesWritten ?? 0).toBeGreaterThan(text.length);
  sending.destroy();
  await expect
    .poll(taken, { timeout: 10_000 })
    .toEqual([{ path: PATH, token: PUPIL, body: '{"reason":"im Funkloch"}', problem: "bodyIncomplete" }]);
});

test("50 MB: the text is kept without the picture", async () => {
  const gate = await openGate();
  expect(await send(gate, { reason: "riesig", img: "A".repeat(50_000_000) })).toBe(200);
  expect((await taken()).map(({ body, problem }) => [body, problem])).toEqual([
    ['{"reason":"riesig"}', "screenshotTooLarge"],
  ]);
}, 60_000);
