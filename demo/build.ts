// Builds the console, only if what goes into it has changed.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { access, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { quoteLog } from "./children.ts";

const BUILD_TIMEOUT_MS = 600_000;

/** What the console is made of. The rest of lib/ is small, and a needless build is better than a stale one. */
const BUILD_SOURCES = ["app", "components", "lib", "public", "messages", "prisma/schema.prisma", "package-lock.json"];
const ROOT_SOURCES = /\.(ts|tsx|js|mjs|json)$/;
const NOT_BUILT = /\.(test|spec)\.tsx?$|\.tsbuildinfo$|^next-env\.d\.ts$/;

export type BuildOptions = {
  readonly root: string;
  readonly logDir: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
};

/** @returns whether there was something to do */
export async function ensureBuilt(options: BuildOptions): Promise<boolean> {
  const { root } = options;
  const inRoot = (await readdir(root)).filter((name) => ROOT_SOURCES.test(name));
  return ifChanged({
    stampFile: join(root, ".next/schulchat-stamp"),
    fingerprint: await fingerprintOf(root, [...BUILD_SOURCES, ...inRoot]),
    work: () => runLogged("build", ["node_modules/next/dist/bin/next", "build"], BUILD_TIMEOUT_MS, options),
  });
}

/** SHA-256 over names and contents of files and folders; what does not exist counts as such. */
export async function fingerprintOf(root: string, paths: readonly string[]): Promise<string> {
  const files = (await Promise.all(paths.map((path) => filesBelow(root, path)))).flat();
  const hash = createHash("sha256").update(`${process.platform} ${process.arch} ${process.version}\n`);
  for (const file of [...new Set(files)].sort()) {
    const content = await readFile(join(root, file));
    hash.update(`${file}\0${String(content.length)}\0`).update(content);
  }
  return hash.digest("hex");
}

async function filesBelow(root: string, path: string): Promise<string[]> {
  const entries = await readdir(join(root, path), { withFileTypes: true, recursive: true }).catch(() => undefined);
  const files =
    entries === undefined
      ? [path]
      : entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(root.length));
  const wanted = files.map((file) => file.replace(/^\/+/, "")).filter((file) => !NOT_BUILT.test(file));
  if (entries !== undefined) return wanted;
  const exists = await access(join(root, path)).then(
    () => true,
    () => false,
  );
  return exists ? wanted : [];
}

async function ifChanged(options: {
  stampFile: string;
  fingerprint: string;
  work: () => Promise<void>;
}): Promise<boolean> {
  const { stampFile, fingerprint, work } = options;
  const before = await readFile(stampFile, "utf8").catch(() => "");
  if (before === fingerprint) return false;
  // an interrupted build must not pass for a finished one
  await rm(stampFile, { force: true });
  await work();
  await writeFile(stampFile, fingerprint);
  return true;
}

async function runLogged(name: string, args: readonly string[], timeout: number, options: BuildOptions): Promise<void> {
  const { root, logDir, environment, signal } = options;
  const logFile = join(logDir, `${name}.log`);
  const output = openSync(logFile, "w");
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: environment,
    stdio: ["ignore", output, output],
    timeout,
    signal,
  });
  closeSync(output);
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`"${args.join(" ")}" failed.\n${await quoteLog(logFile)}`);
}
