// A Synapse of two processes: the main one and a generic worker, joined by a Redis of the test's own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#demo/ports.ts";
import { until } from "./until.ts";
import { startTestSystem, type TestSystem } from "./system.ts";

const CONNECT_TIMEOUT_MS = 1_000;

export async function startSystemWithWorker(): Promise<TestSystem> {
  const redis = await startRedis();
  try {
    const system = await startTestSystem({ defences: "on", workers: { redisPort: redis.port, names: ["worker"] } });
    return {
      ...system,
      stop: async () => {
        await system.stop();
        await redis.stop();
      },
    };
  } catch (error) {
    await redis.stop();
    throw error;
  }
}

/** Keeps nothing: Synapse only passes messages through it. */
async function startRedis(): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "schulchat-redis-"));
  const port = await freePort();
  const settings = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"];
  const child = spawn("redis-server", settings, { stdio: "ignore" });
  const ended = once(child, "exit");
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.race([
      until(() => answersPing(port), "Redis answers"),
      once(child, "error").then(([error]: unknown[]) =>
        Promise.reject(error instanceof Error ? error : new Error("Redis")),
      ),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop };
}

async function answersPing(port: number): Promise<boolean> {
  const socket = connect({ port, host: "127.0.0.1", timeout: CONNECT_TIMEOUT_MS });
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once("connect", () => socket.write("PING\r\n"));
      socket.once("data", (data) => {
        resolve(data.toString().startsWith("+PONG"));
      });
      for (const event of ["error", "timeout", "close"]) {
        socket.once(event, () => {
          resolve(false);
        });
      }
    });
  } finally {
    socket.destroy();
  }
}
