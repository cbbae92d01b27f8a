// Brings the whole system up, step by step, with real parts where the environment names them. Whatever runs is on the
// stack before the next step begins, so that a stop at any moment finds it.
import { join } from "node:path";
import { pino } from "pino";
import { startProxy } from "#deploy/proxy/server.ts";
import { openDatabase } from "#lib/db/client.ts";
import { planEnvironment, type DemoSettings } from "#lib/env/demo.ts";
import { prepareDatabase } from "#lib/setup/prepare-database.ts";
import { ensureBuilt } from "./build.ts";
import { quoteLog, startChild } from "./children.ts";
import { buildDemoDirectory } from "./data/directory.ts";
import { DEMO_SERVICE_ID } from "./data/records.ts";
import {
  consoleClient,
  demoIdentities,
  demoLoginGroups,
  startIdentityProvider,
  synapseClient,
} from "./identity-provider.ts";
import { startOneRosterServer } from "./oneroster-server.ts";
import { ensureDatabase, startPostgres, type RunningPostgres } from "./postgres.ts";
import type { Progress } from "./progress.ts";
import { loadSecrets, type Secrets } from "./secrets.ts";
import { grantDemoStaff, switchDemoSchoolsOn } from "./seed.ts";
import type { Stack } from "./stack.ts";
import { ensureProvisioner, ensureSynapseInstalled, startSynapse, SynapseError } from "./synapse.ts";

export type BringUpOptions = {
  readonly root: string;
  readonly settings: DemoSettings;
  readonly progress: Progress;
  readonly stack: Stack;
  /** Aborted when the system shall stop, also in the middle of its start. */
  readonly signal: AbortSignal;
};

export type SystemInfo = {
  readonly environment: Readonly<Record<string, string>>;
  /** Why there is no Synapse, if so. */
  readonly synapseProblem: string | undefined;
};

type Context = BringUpOptions & {
  readonly secrets: Secrets;
  readonly environment: Readonly<Record<string, string>>;
  readonly logDir: string;
};

export async function bringUp(options: BringUpOptions): Promise<SystemInfo> {
  const { root, settings, progress, signal } = options;
  const { dataDir, brings } = settings;
  const logDir = join(dataDir, "log");
  const secrets = await loadSecrets(dataDir);
  const environment = planEnvironment(settings, { secrets, oneRosterServiceId: DEMO_SERVICE_ID });
  const context: Context = { ...options, secrets, environment, logDir };

  const venvDir = join(root, ".cache", "synapse-venv");
  // the network and the build do not wait for each other
  const installed = brings.synapse ? installSynapse(context, venvDir) : undefined;

  await progress.step("build", async (note) => {
    const buildOptions = { root, logDir, environment: forProcess(environment), signal };
    note((await ensureBuilt(buildOptions)) ? "done" : "unchanged");
  });
  signal.throwIfAborted();
  const postgres = brings.postgres ? await startDatabaseServer(context) : undefined;
  await prepare(context);
  await startTestIdentityProvider(context);
  await startMailServer(context);
  const synapseProblem = installed && (await bringUpSynapse(context, { venvDir, postgres, installed }));
  await startOwnProcesses(context, synapseProblem === undefined);
  return { environment, synapseProblem };
}

async function startDatabaseServer(context: Context): Promise<RunningPostgres> {
  const { settings, secrets, progress, stack, logDir } = context;
  const logFile = join(logDir, "postgres.log");
  return progress.step("PostgreSQL 18", async (note) => {
    const postgres = await startPostgres({
      dataDir: join(settings.dataDir, "postgres"),
      port: settings.ports.postgres,
      user: "schulchat",
      password: secrets.postgres,
      logFile,
      durable: true,
    });
    stack.push("PostgreSQL", () => postgres.stop());
    reportEnd(context, "PostgreSQL", postgres.exited, logFile);
    for (const name of ["schulchat", "synapse"]) await ensureDatabase(postgres, name);
    note(`127.0.0.1:${String(postgres.port)}`);
    return postgres;
  });
}

async function prepare({ settings, environment, progress, signal }: Context): Promise<void> {
  signal.throwIfAborted();
  const databaseUrl = setting(environment, "MIGRATION_DATABASE_URL");
  const { frameSeeded } = await progress.step("migrations", async (note) => {
    const prepared = await prepareDatabase(databaseUrl);
    note(prepared.migrations.length === 0 ? "nothing to do" : `${String(prepared.migrations.length)} applied`);
    return prepared;
  });
  await progress.step("policy frame", async (note) => {
    note(frameSeeded ? "version 1 written" : "present");
    const db = openDatabase(databaseUrl);
    try {
      if (settings.brings.oneRoster) await switchDemoSchoolsOn(db);
      if (settings.brings.identity) await grantDemoStaff(db);
    } finally {
      await db.$disconnect();
    }
  });
}

/** Identity provider and OneRoster server serve the same people. */
async function startTestIdentityProvider(context: Context): Promise<void> {
  const { settings, secrets, environment, progress, stack, signal } = context;
  signal.throwIfAborted();
  const directory = buildDemoDirectory();
  if (settings.brings.identity) {
    await progress.step("test identity provider", async (note) => {
      const provider = await startIdentityProvider({
        port: settings.ports.identity,
        issuerHost: "127.0.0.1",
        clients: [
          consoleClient({
            clientId: setting(environment, "OIDC_CLIENT_ID"),
            clientSecret: setting(environment, "OIDC_CLIENT_SECRET"),
            consoleUrl: setting(environment, "CONSOLE_URL"),
          }),
          synapseClient({
            clientId: "synapse",
            clientSecret: secrets.oidcSynapse,
            chatUrl: setting(environment, "CHAT_URL"),
          }),
        ],
        people: demoIdentities(() => directory),
        loginGroups: demoLoginGroups,
        cookieKeys: [secrets.oidcCookie],
        dataDir: join(settings.dataDir, "identity"),
      });
      stack.push("identity provider", () => provider.stop());
      note(provider.issuer);
    });
  }
  if (settings.brings.oneRoster) {
    await progress.step("demo OneRoster server", async (note) => {
      const server = await startOneRosterServer({
        port: settings.ports.oneRoster,
        clientId: setting(environment, "ONEROSTER_CLIENT_ID"),
        clientSecret: setting(environment, "ONEROSTER_CLIENT_SECRET"),
        directory,
      });
      stack.push("OneRoster server", () => server.stop());
      note(server.baseUrl);
    });
  }
}

/** A process of its own, as a mail server is: it can be away while everything else runs. */
async function startMailServer({ root, settings, progress, stack, signal, logDir }: Context): Promise<void> {
  if (!settings.brings.mail) return;
  signal.throwIfAborted();
  await progress.step("demo mail server", async (note) => {
    const pageUrl = `http://127.0.0.1:${String(settings.ports.mailPage)}`;
    const child = await startChild({
      name: "mail server",
      args: ["demo/mail-server.ts"],
      cwd: root,
      environment: {
        NODE_ENV: "production",
        MAIL_PORT: String(settings.ports.mail),
        MAIL_PAGE_PORT: String(settings.ports.mailPage),
        MAIL_DATA_DIR: join(settings.dataDir, "mail"),
      },
      logFile: join(logDir, "mail.log"),
      readyUrl: pageUrl,
      signal,
      onDeath: (message) => {
        progress.line(message);
      },
    });
    stack.push("mail server", () => child.stop());
    note(pageUrl);
  });
}

// ---- Synapse -------------------------------------------------------------------------------------------------

type Installed = Promise<{ readonly problem: Error | undefined }>;

/** Never rejects: nobody may be waiting for it yet. */
function installSynapse({ settings, progress, signal }: Context, venvDir: string): Installed {
  const log = (message: string): void => {
    progress.line(message);
  };
  return ensureSynapseInstalled({ venvDir, pythonPath: settings.pythonPath, log, signal }).then(
    () => ({ problem: undefined }),
    (problem: unknown) => ({ problem: problem instanceof Error ? problem : new Error(String(problem)) }),
  );
}

/** @returns why there is no Synapse: the rest works without, and says that provisioning waits */
async function bringUpSynapse(
  context: Context,
  parts: { venvDir: string; postgres: RunningPostgres | undefined; installed: Installed },
): Promise<string | undefined> {
  const { settings, secrets, environment, progress, stack, signal } = context;
  const { venvDir, postgres, installed } = parts;
  try {
    await progress.step("Synapse", async (note) => {
      const { problem } = await Promise.race([installed, aborted(signal)]);
      signal.throwIfAborted();
      if (problem !== undefined) throw problem;
      const chatUrl = setting(environment, "CHAT_URL");
      const synapse = await startSynapse({
        dataDir: join(settings.dataDir, "synapse"),
        venvDir,
        port: settings.ports.synapse,
        publicBaseUrl: chatUrl,
        serverName: setting(environment, "SYNAPSE_SERVER_NAME"),
        database: synapseDatabase(settings, postgres),
        oidc: synapseLogin(context),
        gate: {
          url: `http://127.0.0.1:${setting(environment, "GATE_PORT")}`,
          secret: setting(environment, "GATE_SECRET"),
        },
        registrationSharedSecret: secrets.synapseRegistration,
        macaroonSecret: secrets.synapseMacaroon,
        formSecret: secrets.synapseForm,
        defences: "on",
        log: () => undefined,
      });
      stack.push("Synapse", () => synapse.stop());
      reportEnd(context, "Synapse", synapse.exited, synapse.logFile);
      await ensureProvisioner({
        baseUrl: synapse.baseUrl,
        registrationSharedSecret: secrets.synapseRegistration,
        tokenFile: setting(environment, "SYNAPSE_TOKEN_FILE"),
      });
      note(synapse.baseUrl);
      return undefined;
    });
    return;
  } catch (error) {
    if (!(error instanceof SynapseError)) throw error;
    progress.line(`Synapse: not started. ${error.message}`);
    return error.message;
  }
}

function synapseDatabase(settings: DemoSettings, postgres: RunningPostgres | undefined) {
  if (settings.synapseDatabaseUrl === undefined) {
    if (postgres === undefined) throw new Error("Synapse has no database: please set SYNAPSE_DATABASE_URL.");
    const { port, user, password } = postgres;
    return { host: "127.0.0.1", port, user, password, name: "synapse" };
  }
  const url = new URL(settings.synapseDatabaseUrl);
  return {
    host: url.hostname,
    port: Number(url.port || "5432"),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    name: decodeURIComponent(url.pathname.slice(1)),
  };
}

/** With a real identity provider Synapse is a client of it only if somebody has registered it there. */
function synapseLogin({ settings, secrets, environment }: Context) {
  const issuer = setting(environment, "OIDC_ISSUER");
  if (settings.brings.identity) return { issuer, clientId: "synapse", clientSecret: secrets.oidcSynapse };
  const { SYNAPSE_OIDC_CLIENT_ID: clientId, SYNAPSE_OIDC_CLIENT_SECRET: clientSecret } = environment;
  return clientId === undefined || clientSecret === undefined ? null : { issuer, clientId, clientSecret };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Error("stopped"));
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}

// ---- our own processes ---------------------------------------------------------------------------------------

async function startOwnProcesses(context: Context, withProxy: boolean): Promise<void> {
  const { root, settings, environment, progress, stack, signal, logDir } = context;
  const consoleUrl = setting(environment, "CONSOLE_URL");
  const gateUrl = `http://127.0.0.1:${setting(environment, "GATE_PORT")}`;
  const webUrl = `http://127.0.0.1:${String(settings.ports.console)}`;
  const next = ["node_modules/next/dist/bin/next", "start", "-p", String(settings.ports.console), "-H", "127.0.0.1"];
  const processes = [
    { name: "gate", args: ["bin/gate.ts"], address: gateUrl, readyUrl: gateUrl },
    { name: "worker", args: ["bin/worker.ts"] },
    { name: "web", args: next, address: consoleUrl, readyUrl: webUrl },
  ];
  for (const { name, args, address, readyUrl } of processes) {
    signal.throwIfAborted();
    await progress.step(name, async (note) => {
      const child = await startChild({
        name,
        args,
        cwd: root,
        environment: forProcess(environment),
        logFile: join(logDir, `${name}.log`),
        ...(readyUrl !== undefined && { readyUrl }),
        signal,
        onDeath: (message) => {
          progress.line(message);
        },
      });
      stack.push(name, () => child.stop());
      note(address ?? "runs");
    });
  }
  if (!settings.brings.synapse || !withProxy) return;
  signal.throwIfAborted();
  await progress.step("proxy", async (note) => {
    const chatUrl = setting(environment, "CHAT_URL");
    const proxy = await startProxy({
      port: settings.ports.chat,
      publicBaseUrl: chatUrl,
      synapseUrl: setting(environment, "SYNAPSE_URL"),
      gateUrl,
      defences: "on",
      log: pino(pino.destination({ dest: join(logDir, "proxy.log"), sync: true })),
    });
    stack.push("proxy", () => proxy.stop());
    note(chatUrl);
  });
}

/** These two are not restarted: whoever ended them, or whatever is wrong with them, wants a look first. */
function reportEnd({ progress, signal }: Context, name: string, exited: Promise<void>, logFile: string): void {
  void exited.then(async () => {
    if (signal.aborted) return;
    progress.line(`${name} ended. Please stop with Ctrl-C and start again.\n${await quoteLog(logFile)}`);
  });
}

function forProcess(environment: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...environment, NODE_ENV: "production" };
}

/** planEnvironment has checked that it is there. */
function setting(environment: Readonly<Record<string, string>>, name: string): string {
  const value = environment[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}
