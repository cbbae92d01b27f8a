// Prepares a database: migrations, job queues, the state's first frame. Safe to repeat, and on several replicas at once.
import { openDatabase } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { createQueues } from "#lib/jobs/boss.ts";
import { seedFrame } from "#lib/policy/seed-frame.ts";

export type Prepared = { readonly migrations: readonly string[]; readonly frameSeeded: boolean };

/** @param databaseUrl a login that owns the schema */
export async function prepareDatabase(databaseUrl: string): Promise<Prepared> {
  const migrations = await migrate(databaseUrl);
  await createQueues(databaseUrl);
  const db = openDatabase(databaseUrl);
  try {
    return { migrations, frameSeeded: await seedFrame(db) };
  } finally {
    await db.$disconnect();
  }
}
