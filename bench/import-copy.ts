// The baseline of the import: COPY of the same rows into the same tables, with their indexes and constraints, in an empty
// database of the same server. The server reads the files itself, so nothing stands between it and the rows.
import { performance } from "node:perf_hooks";
import { join } from "node:path";
import { withClient } from "#demo/postgres.ts";

/** In the order in which they refer to each other. The schools, few, are there before. */
const TABLES = ["person", "affiliation", "school_group", "group_member"] as const;

/** @param folder one that the database server may write to */
export async function exportRows(databaseUrl: string, folder: string): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    for (const table of ["school", "policy_version", ...TABLES]) {
      await client.query(`COPY ${table} TO ${client.escapeLiteral(join(folder, `${table}.copy`))}`);
    }
  });
}

/** @returns rows and how long they took, all in one transaction */
export async function copyRows(databaseUrl: string, folder: string): Promise<{ rows: number; copyMs: number }> {
  return await withClient(databaseUrl, async (client) => {
    const copy = (table: string) =>
      client.query(`COPY ${table} FROM ${client.escapeLiteral(join(folder, `${table}.copy`))}`);
    // its rows come with their policy versions, which the triggers would want to write themselves
    await client.query("SET session_replication_role = replica");
    await copy("school");
    await copy("policy_version");
    await client.query("SET session_replication_role = DEFAULT");
    const start = performance.now();
    await client.query("BEGIN");
    let rows = 0;
    for (const table of TABLES) rows += (await copy(table)).rowCount ?? 0;
    await client.query("COMMIT");
    return { rows, copyMs: performance.now() - start };
  });
}
