// The gate as bin/gate.ts runs it, in a process of its own that tells its port.
import { openReportIntake } from "#bench/report-intake.ts";
import { openClientPool, openGatePool } from "#lib/gate/pool.ts";
import { startGate } from "#lib/gate/server.ts";

const databaseUrl = process.env["DATABASE_URL"] ?? "";
const pool = openGatePool(databaseUrl, Number(process.env["GATE_POOL_SIZE"]));
const gate = await startGate({
  host: "127.0.0.1",
  port: Number(process.env["GATE_PORT"] ?? 0),
  secret: process.env["GATE_SECRET"] ?? "",
  serverName: "localhost",
  synapseUrl: process.env["SYNAPSE_URL"] ?? "http://127.0.0.1:9",
  pool,
  clientPool: openClientPool(databaseUrl, Number(process.env["GATE_CLIENT_POOL_SIZE"] ?? 1)),
  reports: await openReportIntake(databaseUrl),
});
process.once("SIGINT", () => process.exit(0));
process.send?.({ port: gate.port });
