// Reading a whole state from a OneRoster server over HTTP into PostgreSQL, beside COPY of the same rows, and what 1,000
// changes cost afterwards in a small and in a large state (design §11, import).
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SIZES, type SizeName } from "#demo/oneroster/sized-directory.ts";
import { freePort } from "#demo/ports.ts";
import { ensureDatabase, startPostgres, withClient, type RunningPostgres } from "#demo/postgres.ts";
import { openDatabase } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { createQueues } from "#lib/jobs/boss.ts";
import { seedFrame } from "#lib/policy/seed-frame.ts";
import { median, print, round } from "./harness.ts";
import { copyRows, exportRows } from "./import-copy.ts";
import { startSource, startWorker, type Source, type Synced, type Worker } from "./import-source.ts";
import { recordAsProvisioned } from "./recorded.ts";

const CHANGES = 1_000;
/** As many schools change in M and in L; and then, in L, as many as there are changes. */
const CHANGED_SCHOOLS = SIZES.M.schools;
const DELTA_ROUNDS = 5;
const GOALS = { ratio: 0.5, deltaMs: 3_000, rssBytes: 512 * 1_024 ** 2, equal: 1.25 } as const;

type Imported = { readonly rows: number; readonly ours: Synced; readonly copyMs: number };
type Deltas = { readonly requests: number; readonly databaseMs: number; readonly spreadMs: number | null };

type Result = { readonly imported: Imported; readonly deltas: Deltas };

export async function benchImport(json: boolean): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "schulchat-bench-"));
  const dataDir = join(folder, "postgres");
  const port = await freePort();
  const logFile = join(folder, "postgres.log");
  const server = await startPostgres({ dataDir, port, user: "postgres", password: "bench", logFile, durable: true });
  try {
    await prepareEmpty(server);
    const m = await benchSize("M", server, dataDir);
    const perSchoolRequests = await countRequestsPerSchool(server);
    const l = await benchSize("L", server, dataDir);
    report({ m, l, perSchoolRequests }, json);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function prepareEmpty(server: RunningPostgres): Promise<void> {
  await ensureDatabase(server, "empty");
  await migrate(server.url("empty"));
  const db = openDatabase(server.url("empty"));
  await seedFrame(db);
  await db.$disconnect();
  await createQueues(server.url("empty"));
}

async function fresh(server: RunningPostgres, name: string): Promise<string> {
  await withClient(server.url("postgres"), async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)}`);
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)} TEMPLATE empty`);
  });
  return server.url(name);
}

async function benchSize(size: SizeName, server: RunningPostgres, dataDir: string): Promise<Result> {
  return await withSource(size, "everywhere", server, async (source, worker, url) => {
    console.log(`${size}: importing ${SIZES[size].people.toLocaleString("en")} people …`);
    const ours = await worker.sync("full");
    await exportRows(url, dataDir);
    const { rows, copyMs } = await copyRows(await fresh(server, "baseline"), dataDir);
    console.log(
      `${size}: ${rows.toLocaleString("en")} rows, ${seconds(ours.spentMs.transactions)} of ${seconds(ours.totalMs)} for the database, COPY ${seconds(copyMs)}`,
    );
    await recordAsProvisioned(url);
    return { imported: { rows, ours, copyMs }, deltas: await benchChanges(size, source, worker) };
  });
}

async function withSource<T>(
  size: SizeName,
  filters: "everywhere" | "perSchool",
  server: RunningPostgres,
  work: (source: Source, worker: Worker, databaseUrl: string) => Promise<T>,
): Promise<T> {
  const source = await startSource(size, filters);
  try {
    const url = await fresh(server, "ours");
    const worker = await startWorker(source, url);
    try {
      return await work(source, worker, url);
    } finally {
      await worker.stop();
    }
  } finally {
    await source.stop();
  }
}

/** Of changes everything counts but the reading: also what is asked of the database between the transactions. */
const withoutSource = ({ totalMs, spentMs }: Synced): number => totalMs - spentMs.source;

/** In a state in which everything is provisioned, as it is after the first days. */
async function benchChanges(size: SizeName, source: Source, worker: Worker): Promise<Deltas> {
  const runs: Synced[] = [];
  for (let turn = 0; turn < DELTA_ROUNDS; turn += 1) {
    await source.change(CHANGES, CHANGED_SCHOOLS);
    const run = await worker.sync("delta");
    runs.push(run);
    console.log(
      `${size}: ${String(CHANGES)} changes at ${String(CHANGED_SCHOOLS)} schools, ${seconds(withoutSource(run))}`,
    );
  }
  const databaseMs = median(runs.map(withoutSource));
  const requests = Math.max(...runs.map((run) => run.counts["requests"] ?? NaN));
  if (SIZES[size].schools < CHANGES) return { requests, databaseMs, spreadMs: null };
  await source.change(CHANGES, CHANGES);
  const spreadMs = withoutSource(await worker.sync("delta"));
  console.log(`${size}: ${String(CHANGES)} changes at ${String(CHANGES)} schools, ${seconds(spreadMs)}`);
  return { requests, databaseMs, spreadMs };
}

/** Where only the lists of a school can be filtered. */
async function countRequestsPerSchool(server: RunningPostgres): Promise<number> {
  return await withSource("M", "perSchool", server, async (source, worker) => {
    await worker.sync("full");
    await source.change(CHANGES, CHANGED_SCHOOLS);
    return (await worker.sync("delta")).counts["requests"] ?? NaN;
  });
}

const seconds = (ms: number): string => `${String(round(ms / 1_000, ms < 10_000 ? 2 : 0))} s`;
const perSecond = (rows: number, ms: number): number => round((rows * 1_000) / ms, 0);

function report(
  results: { readonly m: Result; readonly l: Result; readonly perSchoolRequests: number },
  json: boolean,
) {
  const { m, l, perSchoolRequests } = results;
  const { rows, ours, copyMs } = l.imported;
  const ratio = copyMs / ours.spentMs.transactions;
  const equal = l.deltas.databaseMs / m.deltas.databaseMs;
  const rssMegabytes = round(ours.maxRssBytes / 1_024 ** 2, 0);
  const expected = 1 + 3 * SIZES.M.schools;
  print(
    {
      bench: "import",
      unit: "rows/s",
      ours: {
        perSecond: perSecond(rows, ours.spentMs.transactions),
        overHttpPerSecond: perSecond(rows, ours.totalMs),
        maxRssMegabytes: rssMegabytes,
        deltaMs: round(l.deltas.databaseMs, 0),
        deltaMsOfM: round(m.deltas.databaseMs, 0),
        spreadDeltaMs: round(l.deltas.spreadMs ?? 0, 0),
      },
      baseline: { perSecond: perSecond(rows, copyMs) },
      ratio,
      goals: [
        { text: "database part ≥ 0.5 of COPY", met: ratio >= GOALS.ratio },
        { text: "memory ≤ 512 MB", met: ours.maxRssBytes <= GOALS.rssBytes },
        {
          text: `database part of 1,000 changes ≤ 3 s, and equal for M and L (within a quarter)`,
          met: Math.max(l.deltas.databaseMs, m.deltas.databaseMs) <= GOALS.deltaMs && equal <= GOALS.equal,
        },
        {
          text: "requests: 4, or 1 + 3 for each school",
          met: l.deltas.requests === 4 && m.deltas.requests === 4 && perSchoolRequests === expected,
        },
      ],
      rows: [
        ["", "M", "L"],
        ["rows", m.imported.rows.toLocaleString("en"), rows.toLocaleString("en")],
        [
          "database part",
          ...[m, l].map(({ imported }) => `${String(perSecond(imported.rows, imported.ours.spentMs.transactions))}/s`),
        ],
        ["COPY", ...[m, l].map(({ imported }) => `${String(perSecond(imported.rows, imported.copyMs))}/s`)],
        [
          "ratio",
          ...[m, l].map(({ imported }) => round(imported.copyMs / imported.ours.spentMs.transactions).toString()),
        ],
        ["over HTTP, in all", ...[m, l].map(({ imported }) => seconds(imported.ours.totalMs))],
        [
          "memory of the worker",
          ...[m, l].map(({ imported }) => `${String(round(imported.ours.maxRssBytes / 1_024 ** 2, 0))} MB`),
        ],
        [
          `${CHANGES} changes at ${CHANGED_SCHOOLS} schools`,
          seconds(m.deltas.databaseMs),
          seconds(l.deltas.databaseMs),
        ],
        [`${CHANGES} changes at ${CHANGES} schools`, "", seconds(l.deltas.spreadMs ?? NaN)],
        [
          "requests for them",
          `${String(m.deltas.requests)}, or ${String(perSchoolRequests)}`,
          String(l.deltas.requests),
        ],
      ],
    },
    json,
  );
}
