// Runs the whole system until it is told to stop; bin/start.js hands over to it under the pinned Node.
import { appendFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect, parseArgs } from "node:util";
import { takenPorts, takenPortsMessage, type PortUse } from "#demo/ports.ts";
import { createProgress, type Progress } from "#demo/progress.ts";
import { removeRunning, readRunning, writeRunning } from "#demo/running.ts";
import { Stack } from "#demo/stack.ts";
import { bringUp, type SystemInfo } from "#demo/system.ts";
import { chatUsers, consoleLogins, formatTable, type Row } from "#demo/table.ts";
import { watchProvisioning } from "#demo/watch-provisioning.ts";
import { readDemoSettings, type DemoSettings } from "#lib/env/demo.ts";
import { EnvironmentError } from "#lib/env/env.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** How long a step of the start may go on after a stop was asked for. */
const START_GRACE_MS = 15_000;

class StoppedError extends Error {
  override readonly name = "StoppedError";
}

/** A sentence for the person in front of the terminal; nothing is wrong with the program. */
class StartError extends Error {
  override readonly name = "StartError";
}

const { values } = parseArgs({ options: { since: { type: "string" } } });
const progress = createProgress(Number(values.since ?? Date.now()));
const stop = new AbortController();

function requestStop(): void {
  if (!stop.signal.aborted) stop.abort(new StoppedError("stopped"));
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, requestStop);
// bin/start.js is gone, by whatever way
process.on("disconnect", requestStop);

process.exitCode = await main(progress);
// whatever still holds the event loop has been given its time
process.exit();

async function main(progress: Progress): Promise<number> {
  const stack = new Stack();
  let exitCode = 0;
  let settings: DemoSettings | undefined;
  try {
    settings = readDemoSettings(ROOT);
    const { dataDir } = settings;
    await mkdir(join(dataDir, "log"), { recursive: true });
    await refuseIfOccupied(settings);
    const starting = bringUp({ root: ROOT, settings, progress, stack, signal: stop.signal });
    const info = await orStopped(starting);
    announce(settings, info);
    stack.push("record", () => {
      removeRunning(dataDir);
      return Promise.resolve();
    });
    await Promise.race([followProvisioning(info), stopped()]);
    await stopped();
  } catch (error) {
    if (!(error instanceof StoppedError)) {
      exitCode = 1;
      progress.line(messageOf(error, settings?.dataDir));
    }
  }
  requestStop();
  progress.live("");
  if (stack.isEmpty) return exitCode;
  progress.line("stopping");
  for (const problem of await stack.stop()) {
    exitCode = 1;
    progress.line(problem);
  }
  progress.line("stopped");
  return exitCode;
}

/** The message is written for people; the rest lies in a file for whoever they show it to. */
function messageOf(error: unknown, dataDir: string | undefined): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof StartError || error instanceof EnvironmentError || dataDir === undefined) return error.message;
  const file = join(dataDir, "log", "start.log");
  appendFileSync(file, `${new Date().toISOString()} ${inspect(error, { depth: 5 })}\n`);
  return `The start failed: ${error.message}\n(More in ${file})`;
}

function stopped(): Promise<void> {
  return new Promise((resolve) => {
    if (stop.signal.aborted) resolve();
    else {
      stop.signal.addEventListener("abort", () => {
        resolve();
      });
    }
  });
}

/** The start itself, or its end soon after a stop: a step in the middle must first put on the stack what it started. */
async function orStopped<T>(starting: Promise<T>): Promise<T> {
  const gaveUp = stopped().then(
    () =>
      new Promise<never>((_resolve, reject) => {
        setTimeout(() => {
          reject(new StoppedError("stopped"));
        }, START_GRACE_MS).unref();
      }),
  );
  try {
    return await Promise.race([starting, gaveUp]);
  } catch (error) {
    // whatever a step says while it is torn down is no news
    throw stop.signal.aborted ? new StoppedError("stopped") : error;
  }
}

async function refuseIfOccupied({ dataDir, ports, brings }: DemoSettings): Promise<void> {
  const running = readRunning(dataDir);
  if (running !== undefined) {
    throw new StartError(
      `The system runs already (process ${String(running.pid)}, ${running.consoleUrl}). Please use it, or stop it first with Ctrl-C in its terminal.`,
    );
  }
  const uses: (PortUse & { needed: boolean })[] = [
    { title: "console", port: ports.console, variable: "CONSOLE_PORT", needed: true },
    { title: "gate", port: ports.gate, variable: "GATE_PORT", needed: true },
    { title: "chat", port: ports.chat, variable: "CHAT_PORT", needed: brings.synapse },
    { title: "Synapse", port: ports.synapse, variable: "SYNAPSE_PORT", needed: brings.synapse },
    { title: "test identity provider", port: ports.identity, variable: "IDENTITY_PORT", needed: brings.identity },
    { title: "demo OneRoster server", port: ports.oneRoster, variable: "ONEROSTER_PORT", needed: brings.oneRoster },
    { title: "demo mail server", port: ports.mail, variable: "MAIL_PORT", needed: brings.mail },
    { title: "mails of the demo", port: ports.mailPage, variable: "MAIL_PAGE_PORT", needed: brings.mail },
    { title: "PostgreSQL", port: ports.postgres, variable: "POSTGRES_PORT", needed: brings.postgres },
  ];
  const needed = uses.filter((use) => use.needed);
  const taken = await takenPorts(needed);
  if (taken.length > 0) throw new StartError(takenPortsMessage(taken));
  const twice = needed.find((use, index) => needed.findIndex(({ port }) => port === use.port) !== index);
  if (twice)
    throw new StartError(`${twice.variable}=${String(twice.port)} is another part's port too. Please choose another.`);
}

function announce(settings: DemoSettings, { environment, synapseProblem }: SystemInfo): void {
  const { dataDir, brings, ports } = settings;
  const at = (name: string): string => environment[name] ?? "";
  writeRunning(dataDir, {
    pid: process.pid,
    consoleUrl: at("CONSOLE_URL"),
    chatUrl: at("CHAT_URL"),
    serverName: at("SYNAPSE_SERVER_NAME"),
    synapseUrl: at("SYNAPSE_URL"),
    synapseTokenFile: at("SYNAPSE_TOKEN_FILE"),
  });
  const addresses: Row[] = [
    ["Console", at("CONSOLE_URL")],
    ["Chat (Matrix)", synapseProblem === undefined ? at("CHAT_URL") : "not running: provisioning waits, see above"],
    ["Identity provider", at("OIDC_ISSUER")],
    ["OneRoster", at("ONEROSTER_URL")],
    ...(brings.mail ? [["Mails", `http://127.0.0.1:${String(ports.mailPage)}`] as const] : []),
    ["Logs", relative(process.cwd(), `${dataDir}/log`) || "."],
  ];
  const logins = [
    { title: "Sign in to the console as (user name, no password)", rows: consoleLogins() },
    { title: "Users of the chat", rows: chatUsers() },
  ];
  progress.text(formatTable([{ title: "Addresses", rows: addresses }, ...(brings.identity ? logins : [])]));
  const example = "npm run try -- lena.schroeder emre.oeztuerk";
  progress.text(`\nWho may contact whom, asked of Synapse itself: ${example}\nCtrl-C stops everything.\n`);
}

async function followProvisioning({ environment, synapseProblem }: SystemInfo): Promise<void> {
  if (synapseProblem !== undefined) {
    progress.line("provisioning waits for Synapse");
    return;
  }
  await watchProvisioning(environment["MIGRATION_DATABASE_URL"] ?? "", progress, stop.signal);
}
