// Puts a report that the gate has taken into PostgreSQL, before anybody has looked at it.
import type pg from "pg";
import type { SealedReport } from "./spool.ts";

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
