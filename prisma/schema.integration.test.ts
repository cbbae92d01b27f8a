// schema.prisma and the migrations say the same: a database made from the one has the columns, types, defaults, keys and
// indexes of a database made by the others. Compared by PostgreSQL's catalogue, because the engine's reading of a live
// database needs a type ("char") that its JavaScript adapter does not have.
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withClient } from "#demo/postgres.ts";
import { SCHEMA_PATH } from "#lib/db/migrate.ts";
import { openSchemaEngine } from "#lib/db/schema-engine.ts";
import { createTestDatabase, dropTestDatabase, startTestDatabase, type TestDatabase } from "#test/database.ts";

/** Prisma cannot say partial and covering indexes, so only the migrations bring them; checks and triggers are not compared. */
const isBeyondPrisma = (line: string) => line.startsWith("index ") && / (WHERE|INCLUDE) /.test(line);

const CATALOGUE = `
  SELECT concat_ws(' ', 'column', table_name, column_name, udt_name, datetime_precision, is_nullable, column_default) AS line
    FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL SELECT concat_ws(' ', 'enum', typname, string_agg(enumlabel, ',' ORDER BY enumsortorder))
    FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid WHERE typnamespace = 'public'::regnamespace GROUP BY typname
  UNION ALL SELECT concat_ws(' ', 'index', indexdef) FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT concat_ws(' ', 'key', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f')`;

let migrated: TestDatabase;
let described: string;
beforeAll(async () => {
  migrated = await startTestDatabase();
  described = await createTestDatabase("template0");
});
afterAll(async () => {
  await migrated.stop();
  await dropTestDatabase(described);
});

async function catalogue(url: string): Promise<string[]> {
  const { rows } = await withClient(url, (client) => client.query<{ line: string }>(CATALOGUE));
  return rows
    .map(({ line }) => line)
    .filter((line) => !line.includes("_prisma_migrations"))
    .sort();
}

/** The statements that make an empty database into this schema. */
async function statementsOf(schema: string): Promise<string> {
  const opened = await openSchemaEngine(migrated.url, schema);
  try {
    const answer = await opened.engine.diff({
      from: { tag: "empty" },
      to: { tag: "schemaDatamodel", files: [{ path: "schema.prisma", content: schema }] },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    return answer.stdout ?? "";
  } finally {
    await opened.close();
  }
}

test("a migrated database is what schema.prisma says, but for what Prisma cannot say", async () => {
  const statements = await statementsOf(await readFile(SCHEMA_PATH, "utf8"));
  const url = migrated.url.replace(/[^/]+$/, described);
  await withClient(url, (client) => client.query(statements));
  const [ofMigrations, ofSchema] = [await catalogue(migrated.url), await catalogue(url)];
  expect(ofSchema.length).toBeGreaterThan(100);
  expect(ofMigrations.filter((line) => !isBeyondPrisma(line))).toEqual(ofSchema);
});
