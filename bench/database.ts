// A PostgreSQL of the benchmark's own, migrated, seeded and loaded with a whole state, removed afterwards.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureDatabase, startPostgres } from "#demo/postgres.ts";
import { freePort } from "#demo/ports.ts";
import { openDatabase } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { seedFrame } from "#lib/policy/seed-frame.ts";
import { loadState, PEOPLE, SCHOOLS } from "./state.ts";

/** Durable, as in use: nothing is switched off for a better figure. */
export async function withStateDatabase(
  work: (databaseUrl: string, restart: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "schulchat-bench-"));
  const options = {
    dataDir: join(folder, "postgres"),
    port: await freePort(),
    user: "postgres",
    password: "bench",
    logFile: join(folder, "postgres.log"),
    durable: true,
  };
  let server = await startPostgres(options);
  try {
    await ensureDatabase(server, "state");
    const url = server.url("state");
    await migrate(url);
    const db = openDatabase(url);
    await seedFrame(db);
    await db.$disconnect();
    console.log(`loading ${PEOPLE.toLocaleString("en")} people at ${SCHOOLS.toLocaleString("en")} schools …`);
    await loadState(url);
    await work(url, async () => {
      await server.stop();
      server = await startPostgres(options);
    });
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
