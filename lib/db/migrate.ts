// Brings a database to the state of prisma/migrations, as `prisma migrate deploy` would, under an advisory lock so
// that several replicas may start at once.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { openSchemaEngine } from "./schema-engine.ts";

const LOCK_ID = 7_301_965_221;
const ROOT = new URL("../../prisma/", import.meta.url).pathname;
export const SCHEMA_PATH = join(ROOT, "schema.prisma");
const MIGRATIONS_PATH = join(ROOT, "migrations");

async function readMigrations() {
  const entries = await readdir(MIGRATIONS_PATH, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const migrationDirectories = await Promise.all(
    names.sort().map(async (name) => ({
      path: name,
      migrationFile: {
        path: "migration.sql",
        content: { tag: "ok" as const, value: await readFile(join(MIGRATIONS_PATH, name, "migration.sql"), "utf8") },
      },
    })),
  );
  const lockfile = await readFile(join(MIGRATIONS_PATH, "migration_lock.toml"), "utf8");
  return {
    baseDir: MIGRATIONS_PATH,
    lockfile: { path: "migration_lock.toml", content: lockfile },
    migrationDirectories,
    shadowDbInitScript: "",
  };
}

/**
 * Applies what is missing.
 * @param databaseUrl a login that owns the schema
 * @returns names of the migrations that were applied now
 */
export async function migrate(databaseUrl: string): Promise<readonly string[]> {
  const lock = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  await lock.connect();
  try {
    await lock.query("SELECT pg_advisory_lock($1)", [LOCK_ID]);
    const schemaEngine = await openSchemaEngine(databaseUrl, await readFile(SCHEMA_PATH, "utf8"));
    try {
      const { appliedMigrationNames } = await schemaEngine.engine.applyMigrations({
        migrationsList: await readMigrations(),
        filters: { externalTables: [], externalEnums: [] },
      });
      return appliedMigrationNames;
    } finally {
      await schemaEngine.close();
    }
  } finally {
    await lock.end();
  }
}
