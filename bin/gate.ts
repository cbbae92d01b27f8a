// The gate process: Synapse asks it before anything that could create a contact, chat clients for the address book.
import { EnvironmentError, readEnvironment } from "#lib/env/env.ts";
import { openClientPool, openGatePool } from "#lib/gate/pool.ts";
import { startGate } from "#lib/gate/server.ts";
import { log } from "#lib/log/log.ts";

async function main(): Promise<void> {
  const env = readEnvironment("gate");
  const pool = openGatePool(env.DATABASE_URL, env.GATE_POOL_SIZE);
  const clientPool = openClientPool(env.DATABASE_URL, env.GATE_CLIENT_POOL_SIZE);
  const gate = await startGate({
    host: env.GATE_HOST,
    port: env.GATE_PORT,
    secret: env.GATE_SECRET,
    serverName: env.SYNAPSE_SERVER_NAME,
    synapseUrl: env.SYNAPSE_URL,
    pool,
    clientPool,
  });
  log.info({ port: gate.port }, "gate listens");
  const stop = () => {
    void gate.stop().then(() => Promise.all([pool.end(), clientPool.end()]));
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
