// A real Synapse with our module, the gate before it and the proxy around it, on free ports and fresh databases: what a
// test of an enforcement runs against. `SCHULCHAT_DEFENCES=off` takes every defence of ours away.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { freePort } from "#demo/ports.ts";
import { makeSecret } from "#demo/secrets.ts";
import { Stack } from "#demo/stack.ts";
import { ensureProvisioner, startSynapse, startSynapseWorker, type SynapseOptions } from "#demo/synapse.ts";
import { startProxy } from "#deploy/proxy/server.ts";
import { openClientPool, openGatePool } from "#lib/gate/pool.ts";
import { ReportIntake } from "#lib/gate/report-intake.ts";
import { openReportPool } from "#lib/gate/report-pool.ts";
import { startGate } from "#lib/gate/server.ts";
import { KEY_BYTES, type KeyRing } from "#lib/reports/sealing.ts";
import { createTestDatabase, dropTestDatabase, startTestDatabase, urlOf, type TestDatabase } from "./database.ts";
import { MatrixSession } from "./matrix-session.ts";

export { startTestDatabase, type TestDatabase } from "./database.ts";
export { MatrixSession, type MatrixAnswer } from "./matrix-session.ts";

const GATE_POOL_SIZE = 4;
const CLIENT_POOL_SIZE = 2;
export const SERVER_NAME = "localhost";

export type Defences = "on" | "off";

/** What this run was started with; "on" unless told. */
export function defences(): Defences {
  return process.env["SCHULCHAT_DEFENCES"] === "off" ? "off" : "on";
}

export type TestSystem = {
  readonly defences: Defences;
  readonly serverName: string;
  /** The proxy: what clients reach. */
  readonly chatUrl: string;
  readonly synapseUrl: string;
  readonly workerUrls: readonly string[];
  readonly gateUrl: string;
  readonly gateSecret: string;
  readonly provisionerTokenFile: string;
  /** The provisioner, straight at Synapse. */
  readonly provisioner: MatrixSession;
  readonly database: TestDatabase;
  /** For looking at what Synapse has stored, never for changing it. */
  readonly synapseDatabaseUrl: string;
  /** Creates the account if there is none, and signs in through the proxy. */
  signIn(localpart: string, displayName?: string): Promise<MatrixSession>;
  /** A gate that does not answer: how the module fails closed. Starting it again listens on the same port. */
  stopGate(): Promise<void>;
  startGate(): Promise<void>;
  stop(): Promise<void>;
};

export type TestSystemOptions = {
  readonly defences?: Defences;
  /** Further processes of Synapse; each serves the whole client API at an address of its own. */
  readonly workers?: { readonly redisPort: number; readonly names: readonly string[] };
};

export async function startTestSystem(options: TestSystemOptions = {}): Promise<TestSystem> {
  const mode = options.defences ?? defences();
  const stack = new Stack();
  try {
    return await bringUp(mode, stack, options.workers);
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function bringUp(mode: Defences, stack: Stack, workers: TestSystemOptions["workers"]): Promise<TestSystem> {
  const folder = await mkdtemp(join(tmpdir(), "schulchat-synapse-"));
  stack.push("folder", () => rm(folder, { recursive: true, force: true }));
  const database = await startTestDatabase();
  stack.push("database", () => database.stop());
  const synapseDatabase = await createTestDatabase("template0");
  stack.push("Synapse's database", () => dropTestDatabase(synapseDatabase));

  const gatePort = await freePort();
  const gateSecret = makeSecret();
  const synapsePort = await freePort();
  const gate = switchableGate({
    port: gatePort,
    secret: gateSecret,
    databaseUrl: database.url,
    synapseUrl: `http://127.0.0.1:${String(synapsePort)}`,
  });
  await gate.start();
  stack.push("gate", gate.stop);

  const gateUrl = `http://127.0.0.1:${String(gatePort)}`;
  const chatPort = await freePort();
  const chatUrl = `http://localhost:${String(chatPort)}`;
  const registrationSharedSecret = makeSecret();
  const { port, user, password } = inject("postgres");
  const settings: SynapseOptions = {
    dataDir: join(folder, "synapse"),
    venvDir: inject("venvDir"),
    port: synapsePort,
    publicBaseUrl: chatUrl,
    serverName: SERVER_NAME,
    database: { host: "127.0.0.1", port, user, password, name: synapseDatabase },
    oidc: null,
    gate: { url: gateUrl, secret: gateSecret },
    registrationSharedSecret,
    macaroonSecret: makeSecret(),
    formSecret: makeSecret(),
    defences: mode,
    log: () => undefined,
    ...(workers !== undefined && { workers: { redisPort: workers.redisPort, replicationPort: await freePort() } }),
  };
  const synapse = await startSynapse(settings);
  stack.push("Synapse", () => synapse.stop());
  const workerUrls: string[] = [];
  for (const name of workers?.names ?? []) {
    const worker = await startSynapseWorker(settings, { name, port: await freePort() });
    stack.push(`Synapse's ${name}`, () => worker.stop());
    workerUrls.push(worker.baseUrl);
  }
  const provisionerTokenFile = join(folder, "provisioner-token");
  const { userId, accessToken } = await ensureProvisioner({
    baseUrl: synapse.baseUrl,
    registrationSharedSecret,
    tokenFile: provisionerTokenFile,
  });
  const provisioner = new MatrixSession(synapse.baseUrl, userId, accessToken);

  const proxy = await startProxy({
    port: chatPort,
    publicBaseUrl: chatUrl,
    synapseUrl: synapse.baseUrl,
    gateUrl,
    defences: mode,
    log: { warn: () => undefined },
  });
  stack.push("proxy", () => proxy.stop());

  return {
    defences: mode,
    serverName: SERVER_NAME,
    chatUrl,
    synapseUrl: synapse.baseUrl,
    workerUrls,
    gateUrl,
    gateSecret,
    provisionerTokenFile,
    provisioner,
    database,
    synapseDatabaseUrl: urlOf(synapseDatabase),
    signIn: async (localpart, displayName = localpart) => {
      const user = await provisioner.createUser(`@${localpart}:${SERVER_NAME}`, displayName);
      return new MatrixSession(chatUrl, user.userId, user.accessToken);
    },
    stopGate: gate.stop,
    startGate: gate.start,
    stop: async () => {
      const problems = await stack.stop();
      if (problems.length > 0) throw new Error(problems.join("\n"));
    },
  };
}

/** Seals what the tests' gates take; a test that opens it again uses the same. */
export const TEST_KEYS: KeyRing = [{ id: "test", secret: randomBytes(KEY_BYTES) }];

/** Where a test's gate takes reports. The caller stops it. */
export async function openTestReports(databaseUrl: string) {
  const pool = openReportPool(databaseUrl, 2);
  const spoolFolder = await mkdtemp(join(tmpdir(), "schulchat-spool-"));
  const intake = await ReportIntake.open({
    pool,
    keys: TEST_KEYS,
    spoolFolder,
    spoolLimitBytes: 8 * 1024 * 1024,
    limits: { perReporter: 1_000, tokenlessPerAddress: 1_000, bytesPerAddress: 1_024 * 1_048_576 },
  });
  return {
    intake,
    spoolFolder,
    stop: async () => {
      await intake.stop();
      await pool.end();
      await rm(spoolFolder, { recursive: true, force: true });
    },
  };
}

function switchableGate(options: { port: number; secret: string; databaseUrl: string; synapseUrl: string }) {
  let running: { stop: () => Promise<void> } | undefined;
  return {
    start: async (): Promise<void> => {
      if (running !== undefined) return;
      const pool = openGatePool(options.databaseUrl, GATE_POOL_SIZE);
      const clientPool = openClientPool(options.databaseUrl, CLIENT_POOL_SIZE);
      const { port, secret, synapseUrl } = options;
      const pools = { pool, clientPool };
      const reports = await openTestReports(options.databaseUrl);
      const gate = await startGate({
        host: "127.0.0.1",
        port,
        secret,
        serverName: SERVER_NAME,
        synapseUrl,
        ...pools,
        reports: reports.intake,
      });
      running = {
        stop: async () => {
          await gate.stop();
          await reports.stop();
          await Promise.all([pool.end(), clientPool.end()]);
        },
      };
    },
    stop: async (): Promise<void> => {
      const current = running;
      running = undefined;
      await current?.stop();
    },
  };
}
