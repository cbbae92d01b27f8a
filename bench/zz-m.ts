import { mkdtemp, rm } from "node:fs/promises";
import { benchSize, prepareEmpty } from "./import.ts";
import { startPostgres, withClient } from "#demo/postgres.ts";
import { freePort } from "#demo/ports.ts";
const size = process.argv[2] as "M";
const folder = await mkdtemp("/tmp/i4bench-");
const server = await startPostgres({ dataDir: folder + "/postgres", port: await freePort(), user: "postgres", password: "bench", logFile: folder + "/pg.log", durable: true });
try {
  if (process.argv[3]) await withClient(server.url("postgres"), async (c) => { await c.query(`ALTER SYSTEM SET log_min_duration_statement = ${process.argv[3]}`); await c.query("SELECT pg_reload_conf()"); });
  await prepareEmpty(server);
  console.log(JSON.stringify(await benchSize(size, server, folder + "/postgres")));
} finally { await (await import("node:fs/promises")).copyFile(folder + "/pg.log", "/tmp/i4-pg.log"); await server.stop(); await rm(folder, { recursive: true, force: true }); }
