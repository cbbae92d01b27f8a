// The logs of the running system, where support finds the id that a person reads out.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { E2E_DATA_DIR } from "./system.ts";

const FILES = {
  web: "log/web.log",
  gate: "log/gate.log",
  worker: "log/worker.log",
  proxy: "log/proxy.log",
  synapse: "synapse/homeserver.log",
} as const;
export type LogName = keyof typeof FILES;

/** Lines that hold the id; one that is no JSON comes as its text. */
export async function linesWith(name: LogName, id: string): Promise<unknown[]> {
  const file = join(import.meta.dirname, "..", E2E_DATA_DIR, FILES[name]);
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line.includes(id));
  return lines.map((line): unknown => (line.startsWith("{") ? JSON.parse(line) : line));
}
