// The gate's connections to PostgreSQL: for decisions, where every wait is shorter than the second that Synapse's module
// gives us, and for the address book, whose lists may take longer.
import pg from "pg";
import { APPLICATION_ROLE_OPTION } from "#lib/db/connection.ts";
import { log } from "#lib/log/log.ts";

const DECISION_TIMEOUT_MS = 700;
const LIST_TIMEOUT_MS = 5_000;

export function openGatePool(databaseUrl: string, size: number): pg.Pool {
  return openPool(databaseUrl, size, "schulchat-gate", DECISION_TIMEOUT_MS);
}

export function openClientPool(databaseUrl: string, size: number): pg.Pool {
  return openPool(databaseUrl, size, "schulchat-gate-clients", LIST_TIMEOUT_MS);
}

function openPool(databaseUrl: string, size: number, name: string, queryTimeoutMs: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    // planning the same query anew costs six times its execution
    options: `${APPLICATION_ROLE_OPTION} -c statement_timeout=${queryTimeoutMs} -c plan_cache_mode=force_generic_plan`,
    application_name: name,
    max: size,
    connectionTimeoutMillis: queryTimeoutMs, // counts the wait for a free connection as well
    query_timeout: queryTimeoutMs,
    idleTimeoutMillis: 0, // a new connection costs more than a decision
    keepAlive: true,
  });
  pool.on("error", (error) => {
    log.warn({ err: error }, "database connection lost");
  });
  return pool;
}
