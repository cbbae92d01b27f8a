// Runs Debian's nginx with the generated configuration in a folder of its own: for the tests and for whoever wants to
// see the demo behind nginx.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { nginxConfig, type NginxOptions } from "./nginx.ts";
import type { RunningProxy } from "./server.ts";

const startTimeoutMs = 10_000;

const debianProgram = "/usr/sbin/nginx";
const missing = "nginx is missing. On Debian: apt-get install --yes nginx-light";

/** A port that was free a moment ago; nginx cannot choose one itself. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("The system gave no port.");
  return address.port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}

function mainConfig(folder: string, server: string): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join("\n");
  return `daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr warn;
events {}
http {
${temporary}
${server}}
`;
}

export async function startNginx(options: Omit<NginxOptions, "listen" | "tls" | "accessLog">): Promise<RunningProxy> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "schulchat-nginx-"));
  const file = join(folder, "nginx.conf");
  await writeFile(
    file,
    mainConfig(folder, nginxConfig({ ...options, listen: `127.0.0.1:${String(port)}`, accessLog: "off" })),
  );

  const child = spawn(existsSync(debianProgram) ? debianProgram : "nginx", ["-p", folder, "-c", file, "-e", "stderr"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const state = { ended: false, output: "" };
  child.stderr.on("data", (chunk: Buffer) => {
    state.output = (state.output + chunk.toString()).slice(-4_000);
  });
  const exit = new Promise<void>((resolve) => {
    const end = (): void => {
      state.ended = true;
      resolve();
    };
    child.once("exit", end);
    child.once("error", (error: NodeJS.ErrnoException) => {
      state.output = error.code === "ENOENT" ? missing : error.message;
      end();
    });
  });

  const stop = async (): Promise<void> => {
    if (!state.ended) child.kill("SIGTERM");
    await exit;
    await rm(folder, { recursive: true, force: true });
  };
  const deadline = performance.now() + startTimeoutMs;
  while (!(await accepts(port))) {
    if (state.ended || performance.now() > deadline) {
      await stop();
      throw new Error(`nginx did not start: ${state.output}`);
    }
    await delay(20);
  }
  return { port, stop };
}
