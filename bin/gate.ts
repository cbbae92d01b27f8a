// The gate process: Synapse asks it before anything that could create a contact, chat clients for the address book.
import { EnvironmentError, readEnvironment } from "#lib/env/env.ts";
import { openClientPool, openGatePool } from "#lib/gate/pool.ts";
import { ReportIntake } from "#lib/gate/report-intake.ts";
import { openReportPool } from "#lib/gate/report-pool.ts";
import { startGate } from "#lib/gate/server.ts";
import { log } from "#lib/log/log.ts";

const REPORT_POOL_SIZE = 4;
const BYTES_PER_MEGABYTE = 1_048_576;

async function main(): Promise<void> {
  const env = readEnvironment("gate");
  const pool = openGatePool(env.DATABASE_URL, env.GATE_POOL_SIZE);
  const clientPool = openClientPool(env.DATABASE_URL, env.GATE_CLIENT_POOL_SIZE);
  const reportPool = openReportPool(env.DATABASE_URL, REPORT_POOL_SIZE);
  const reports = await ReportIntake.open({
    pool: reportPool,
    keys: env.EVIDENCE_KEYS,
    spoolFolder: env.REPORT_SPOOL_DIR,
    spoolLimitBytes: env.REPORT_SPOOL_MEGABYTES * BYTES_PER_MEGABYTE,
    limits: {
      perReporter: env.REPORTS_PER_REPORTER,
      tokenlessPerAddress: env.REPORTS_PER_ADDRESS,
      bytesPerAddress: env.REPORT_MEGABYTES_PER_ADDRESS * BYTES_PER_MEGABYTE,
    },
  });
  const gate = await startGate({
    host: env.GATE_HOST,
    port: env.GATE_PORT,
    secret: env.GATE_SECRET,
    serverName: env.SYNAPSE_SERVER_NAME,
    synapseUrl: env.SYNAPSE_URL,
    pool,
    clientPool,
    reports,
  });
  log.info({ port: gate.port }, "gate listens");
  const stop = () => {
    gate
      .stop()
      .then(() => reports.stop())
      .then(() => Promise.all([pool.end(), clientPool.end(), reportPool.end()]))
      .catch((error: unknown) => {
        log.error({ err: error }, "gate did not stop cleanly");
        process.exit(1);
      });
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof EnvironmentError ? error.message : String(error)}\n`);
  process.exit(1);
}
