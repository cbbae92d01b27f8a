// The gate's connections for taking reports, apart from those of decisions: a report may wait a little longer for
// PostgreSQL before it goes to disk, and a decision never waits for a report.
import pg from "pg";
import { APPLICATION_ROLE_OPTION } from "#lib/db/connection.ts";
import { log } from "#lib/log/log.ts";

const CONNECT_TIMEOUT_MS = 1_000;
const QUERY_TIMEOUT_MS = 3_000;

export function openReportPool(databaseUrl: string, size: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    options: `${APPLICATION_ROLE_OPTION} -c statement_timeout=${String(QUERY_TIMEOUT_MS)}`,
    application_name: "schulchat-reports",
    max: size,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
  });
  pool.on("error", (error) => {
    log.warn({ err: error }, "database connection lost");
  });
  return pool;
}
