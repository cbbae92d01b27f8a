// A fresh, migrated database for one test file, made from the template of the run in a few milliseconds.
import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { withClient } from "#demo/postgres.ts";
import { openDatabase, type Database } from "#lib/db/client.ts";
import { TEMPLATE } from "./template.ts";

export type TestDatabase = {
  /** The owner's login; openDatabase and the pools take on the application's role by themselves. */
  readonly url: string;
  readonly db: Database;
  /** Ends the client and drops the database. */
  stop(): Promise<void>;
};

/** The owner's login to a database of this run's cluster. */
export function urlOf(database: string): string {
  const { port, user, password } = inject("postgres");
  return `postgresql://${user}:${password}@127.0.0.1:${String(port)}/${database}`;
}

/**
 * Creates an empty or prepared database; the caller drops it.
 * @param template `template0`, the prepared one, or another test's to which nobody is connected
 */
export async function createTestDatabase(template: string): Promise<string> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  await withClient(urlOf("postgres"), (client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE ${template} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`),
  );
  return name;
}

export async function dropTestDatabase(name: string): Promise<void> {
  await withClient(urlOf("postgres"), (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
}

/** With the policy's tables, job queues and the first frame. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const name = await createTestDatabase(TEMPLATE);
  const url = urlOf(name);
  const db = openDatabase(url);
  return {
    url,
    db,
    stop: async () => {
      await db.$disconnect();
      await dropTestDatabase(name);
    },
  };
}

/** Not allowed: PostgreSQL refuses this database to everybody and breaks off who is connected, as when it is away. */
export async function allowConnections(database: TestDatabase, allowed: boolean): Promise<void> {
  const name = new URL(database.url).pathname.slice(1);
  await withClient(urlOf("postgres"), async (client) => {
    await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${String(allowed)}`);
    if (!allowed) {
      await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [name]);
    }
  });
}
