// What a gate writes into PostgreSQL: a report that it has taken, before anybody has looked at it, and which of its files
// it cannot read.
import type pg from "pg";
import type { DamagedFile, SealedReport } from "./spool.ts";

/** Harmless if the row is there already, or if the report has been worked on meanwhile. */
export async function storeIntake(pool: pg.Pool, { id, receivedAt, keyId, sealed }: SealedReport): Promise<void> {
  await pool.query({
    name: "store-intake",
    text: `
      INSERT INTO report_intake (id, received_at, key_id, sealed)
      SELECT $1::uuid, $2::timestamptz, $3, $4 WHERE NOT EXISTS (SELECT FROM report WHERE id = $1::uuid)
      ON CONFLICT (id) DO NOTHING`,
    values: [id, receivedAt, keyId, Buffer.from(sealed)],
  });
}

/** Makes the files that lie in one spool now the known ones; those that somebody has taken away are forgotten. */
export async function noteDamagedFiles(pool: pg.Pool, spool: string, files: readonly DamagedFile[]): Promise<void> {
  await pool.query({
    name: "note-damaged-files",
    text: `
      WITH found AS (SELECT * FROM unnest($2::text[], $3::timestamptz[]) AS file (name, written_at)),
        gone AS (DELETE FROM damaged_spool_file WHERE spool = $1 AND name NOT IN (SELECT name FROM found))
      INSERT INTO damaged_spool_file (spool, name, written_at) SELECT $1, name, written_at FROM found
      ON CONFLICT DO NOTHING`,
    values: [spool, files.map(({ name }) => name), files.map(({ writtenAt }) => writtenAt)],
  });
}
