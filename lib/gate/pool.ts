// The gate's connections to PostgreSQL. Every wait is shorter than the second that Synapse's module gives us.
import pg from "pg";
import { APPLICATION_ROLE_OPTION } from "#lib/db/client.ts";
import { log } from "#lib/log/log.ts";

const CONNECT_TIMEOUT_MS = 700;
const QUERY_TIMEOUT_MS = 700;

export function openGatePool(databaseUrl: string, size: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    // planning the same query anew costs six times its execution
    options: `${APPLICATION_ROLE_OPTION} -c statement_timeout=${QUERY_TIMEOUT_MS} -c plan_cache_mode=force_generic_plan`,
    application_name: "schulchat-gate",
    max: size,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    idleTimeoutMillis: 0, // a new connection costs more than a decision
    keepAlive: true,
  });
  pool.on("error", (error) => {
    log.warn({ err: error }, "database connection lost");
  });
  return pool;
}
