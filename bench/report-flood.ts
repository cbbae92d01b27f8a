// 200 reports a second with screenshots of 40 kB, while PostgreSQL, the gate and the worker are restarted in turn. What was
// answered with 200 must stand in the inbox afterwards, with its screenshot. There is no Synapse: whether a report is
// true stays open.
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Agent, request } from "node:http";
import pg from "pg";
import sharp from "sharp";
import { z } from "zod";
import { freePort } from "#demo/ports.ts";
import { percentile } from "./harness.ts";

const PER_SECOND = 200;
const DURATION_MS = 60_000;
const SCREENSHOT_BYTES = 40_000;
const REQUEST_TIMEOUT_MS = 15_000;
const START_TIMEOUT_MS = 60_000;
/** From the begin of a restart on, and after it is over, latencies are not those of daily work. */
const AFTER_RESTART_MS = 3_000;
const ROOMS = 2_000;
/** The worker has as long as it needs, within reason. */
const DRAIN_TIMEOUT_MS = 900_000;

export type FloodFigures = {
  readonly sent: number;
  readonly accepted: number;
  readonly unanswered: number;
  readonly lost: number;
  /** Of those in the inbox, without their screenshot. */
  readonly lostScreenshots: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly drainedMs: number;
};

export type FloodOptions = {
  readonly databaseUrl: string;
  /** Stops PostgreSQL and starts it again on the same data and port. */
  readonly restartPostgres: () => Promise<void>;
};

/** A picture with so much noise that it is as large as a screenshot of a phone. */
async function screenshot(): Promise<string> {
  const [width, height] = [400, 800];
  const noise = randomBytes(14_000);
  const pixels = Buffer.alloc(width * height * 3, 240);
  noise.copy(pixels, 0);
  let png = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  for (let filled = noise.length; png.length < SCREENSHOT_BYTES; filled += 4_000) {
    randomBytes(4_000).copy(pixels, filled);
    png = await sharp(pixels, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
  }
  return png.toString("base64");
}

type Sent = { readonly dueMs: number; readonly latencyMs: number; readonly status: number | null };

class Part {
  readonly #script: string;
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;

  constructor(script: string, environment: Readonly<Record<string, string>>) {
    this.#script = script;
    this.#environment = environment;
  }

  async start(): Promise<void> {
    this.#child = fork(new URL(this.#script, import.meta.url), [], { env: { ...process.env, ...this.#environment } });
    await once(this.#child, "message", { signal: AbortSignal.timeout(START_TIMEOUT_MS) });
  }

  /** Without a word, as when a machine fails. */
  async kill(): Promise<void> {
    if (!this.#child || this.#child.exitCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }
}

export async function measureFlood({ databaseUrl, restartPostgres }: FloodOptions): Promise<FloodFigures> {
  const port = await freePort();
  const spool = await mkdtemp(join(tmpdir(), "schulchat-bench-spool-"));
  const environment = {
    DATABASE_URL: databaseUrl,
    GATE_SECRET: randomBytes(32).toString("hex"),
    GATE_POOL_SIZE: "8",
    GATE_PORT: String(port),
    LOG_LEVEL: "silent",
    BENCH_SPOOL: spool,
    BENCH_KEY: randomBytes(32).toString("base64"),
  };
  const gate = new Part("gate-process.ts", environment);
  const worker = new Part("report-worker.ts", environment);
  await gate.start();
  await worker.start();
  try {
    const calm: [number, number][] = [];
    const start = performance.now();
    const restart = async (atMs: number, work: () => Promise<void>) => {
      await delay(Math.max(0, atMs - (performance.now() - start)));
      const from = performance.now() - start;
      await work();
      calm.push([from, performance.now() - start + AFTER_RESTART_MS]);
    };
    const restarts = (async () => {
      await restart(15_000, restartPostgres);
      await restart(32_000, async () => {
        await gate.kill();
        await gate.start();
      });
      await restart(46_000, async () => {
        await worker.kill();
        await worker.start();
      });
    })();
    const [results] = await Promise.all([send(port, await screenshot(), start), restarts]);
    const drainStart = performance.now();
    const { lost, lostScreenshots } = await findLost(databaseUrl, results);
    const isCalm = ({ dueMs, latencyMs }: Sent) => calm.every(([from, to]) => dueMs + latencyMs < from || dueMs > to);
    const accepted = results.filter(({ status }) => status === 200);
    const daily = accepted.filter(isCalm).map(({ latencyMs }) => latencyMs);
    if (daily.length === 0)
      throw new Error("no report was answered outside of restarts: nothing can be said about time");
    return {
      sent: results.length,
      accepted: accepted.length,
      unanswered: results.length - accepted.length,
      lost,
      lostScreenshots,
      p50Ms: percentile(daily, 0.5),
      p99Ms: percentile(daily, 0.99),
      drainedMs: performance.now() - drainStart,
    };
  } finally {
    await gate.kill();
    await worker.kill();
    await rm(spool, { recursive: true, force: true });
  }
}

async function send(port: number, picture: string, start: number): Promise<Sent[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const total = Math.round((PER_SECOND * DURATION_MS) / 1_000);
  const results: Promise<Sent>[] = [];
  for (let number = 0; number < total; number += 1) {
    const dueMs = (number * 1_000) / PER_SECOND;
    const early = dueMs - (performance.now() - start);
    if (early > 0) await delay(early);
    const body = `{"reason":"bench ${String(number)}","score":-100,"school_id":"","img":"${picture}"}`;
    results.push(
      post(agent, port, number, body).then((status) => ({
        status,
        dueMs,
        latencyMs: performance.now() - start - dueMs,
      })),
    );
  }
  const sent = await Promise.all(results);
  agent.destroy();
  return sent;
}

/** Null if there was no answer: the client's own matter, as it would be with any server. */
function post(agent: Agent, port: number, number: number, body: string): Promise<number | null> {
  const path = `/_matrix/client/v3/rooms/!b${String(number % ROOMS)}:localhost/report/$b${String(number)}`;
  return new Promise((resolve) => {
    const sending = request(
      {
        agent,
        port,
        path,
        method: "POST",
        host: "127.0.0.1",
        timeout: REQUEST_TIMEOUT_MS,
        headers: { authorization: "Bearer bench", "content-length": Buffer.byteLength(body) },
      },
      (answer) => {
        answer.resume();
        answer.once("end", () => resolve(answer.statusCode ?? null));
        answer.once("error", () => resolve(null));
      },
    );
    sending.once("timeout", () => sending.destroy());
    sending.once("error", () => resolve(null));
    sending.end(body);
  });
}

const lostRow = z.tuple([z.object({ lost: z.number(), screenshots: z.number() })]);

/**
 * Answered with 200 and in no case of the inbox, or there without the screenshot, once the gate's disk is empty and the
 * worker has looked at all.
 */
async function findLost(databaseUrl: string, results: readonly Sent[]) {
  const wanted = results.flatMap(({ status }, number) => (status === 200 ? [`$b${String(number)}`] : []));
  const deadline = Date.now() + DRAIN_TIMEOUT_MS;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (;;) {
      const { rows } = await client.query(
        `SELECT count(*) FILTER (WHERE r.id IS NULL)::int AS lost,
           count(*) FILTER (WHERE r.id IS NOT NULL AND NOT EXISTS (SELECT FROM report_evidence e
             WHERE e.report_id = r.id AND e.kind = 'screenshot'))::int AS screenshots
         FROM unnest($1::text[]) AS wanted (event_id)
           LEFT JOIN report r ON r.room_id LIKE '!b%' AND r.event_id = wanted.event_id AND r.case_id IS NOT NULL`,
        [wanted],
      );
      const [{ lost, screenshots: lostScreenshots }] = lostRow.parse(rows);
      if (lost + lostScreenshots === 0 || Date.now() > deadline) return { lost, lostScreenshots };
      await delay(2_000);
    }
  } finally {
    await client.end();
  }
}
