// A real RabbitMQ (Debian's rabbitmq-server) on loopback for the tests: own folder, own node, own port mapper, no plugins.
import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { chown, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { openSync, closeSync } from "node:fs";
import { connect as openSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connect, type ChannelModel } from "amqplib";
import { freePort } from "#demo/ports.ts";
import { systemUser, type SystemUser } from "./system-user.ts";

/** The script itself: Debian's wrapper insists on its own folders. */
const PROGRAM = "/usr/lib/rabbitmq/bin/rabbitmq-server";
const START_TIMEOUT_MS = 40_000;
const STOP_TIMEOUT_MS = 15_000;
const POLL_INTERVAL_MS = 100;

export type TestRabbit = {
  readonly url: string;
  /** A connection of the test's own; closed with the server. */
  connect(): Promise<ChannelModel>;
  /** Away, as after a crash of its machine; `resume` brings the same queues back. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
};

export async function startRabbit(): Promise<TestRabbit> {
  const folder = await mkdtemp(join(tmpdir(), "schulchat-rabbitmq-"));
  const owner = await systemUser("rabbitmq");
  const port = await freePort();
  const [mapperPort, distributionPort] = [await freePort(), await freePort()];
  await writeFile(join(folder, "enabled_plugins"), "[].\n");
  await writeFile(join(folder, "rabbitmq.conf"), "");
  await Promise.all(["home", "db", "log"].map((name) => mkdir(join(folder, name), { mode: 0o700 })));
  if (owner !== null) {
    const paths = [
      folder,
      ...["home", "db", "log", "enabled_plugins", "rabbitmq.conf"].map((name) => join(folder, name)),
    ];
    await Promise.all(paths.map((path) => chown(path, owner.uid, owner.gid)));
  }
  const env = {
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    LANG: "C.UTF-8",
    HOME: join(folder, "home"),
    ERL_EPMD_PORT: String(mapperPort),
    ERL_EPMD_ADDRESS: "127.0.0.1",
    RABBITMQ_NODENAME: "test@localhost",
    RABBITMQ_MNESIA_BASE: join(folder, "db"),
    RABBITMQ_LOG_BASE: join(folder, "log"),
    RABBITMQ_LOGS: "-",
    RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distributionPort),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "enabled_plugins"),
    RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq.conf"),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1}",
  };
  const logFile = join(folder, "output");
  const run = (command: string, ...args: string[]): ChildProcess =>
    start(command, args, { env, cwd: folder, owner, logFile });

  // without one of our own, the server would leave a daemon behind
  const mapper = run("epmd", "-address", "127.0.0.1", "-port", String(mapperPort));
  let server: ChildProcess | undefined;
  const url = `amqp://guest:guest@127.0.0.1:${String(port)}`;
  const connections: ChannelModel[] = [];
  const bringUp = async (): Promise<void> => {
    await waitFor(() => answers(mapperPort), mapper, logFile, "epmd");
    server = run(PROGRAM);
    await waitFor(() => speaksAmqp(url), server, logFile, "RabbitMQ");
  };
  const takeDown = async (): Promise<void> => {
    await Promise.all(connections.splice(0).map((connection) => connection.close().catch(() => undefined)));
    if (server !== undefined) await end(server);
  };
  const stop = async (): Promise<void> => {
    await takeDown();
    await end(mapper);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await bringUp();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    connect: async () => {
      const connection = await connect(url, { timeout: 5_000 });
      connection.on("error", () => undefined); // a test that takes the server away expects it
      connections.push(connection);
      return connection;
    },
    pause: takeDown,
    resume: bringUp,
    stop,
  };
}

type StartOptions = {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly owner: SystemUser | null;
  readonly logFile: string;
};

function start(command: string, args: readonly string[], { env, cwd, owner, logFile }: StartOptions): ChildProcess {
  const output = openSync(logFile, "a");
  const options: SpawnOptions = { env: { ...process.env, ...env }, cwd, stdio: ["ignore", output, output], ...owner };
  const child = spawn(command, args, options);
  closeSync(output);
  child.on("error", () => undefined); // seen below as a process without an id
  return child;
}

async function waitFor(
  isReady: () => Promise<boolean>,
  child: ChildProcess,
  logFile: string,
  title: string,
): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.pid === undefined || child.exitCode !== null) break;
    if (await isReady()) return;
    await delay(POLL_INTERVAL_MS);
  }
  const lines = (await readFile(logFile, "utf8").catch(() => "")).trim().split("\n").slice(-5).join(" | ");
  throw new Error(
    `${title} did not start; is the package rabbitmq-server installed (bin/install-system-packages.sh)? ${lines}`,
  );
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = openSocket({ port, host: "127.0.0.1" }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}

async function speaksAmqp(url: string): Promise<boolean> {
  try {
    const connection = await connect(url, { timeout: 2_000 });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const forced = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(forced);
}
