// What `npm start` and `npm test` need before anything else can be imported: Node, npm, packages, the generated client.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BIN = join(ROOT, "node_modules", ".bin");
/** Node 24, which the package "node" brings: it runs TypeScript. */
export const PINNED_NODE = join(BIN, "node");
const STAMP = join(ROOT, "node_modules", ".schulchat-stamp");
const INSTALL_TIMEOUT_MS = 900_000;
const MINIMUM_NODE = [20, 9];

/** Ends the process with a sentence if this Node is too old. */
export function checkNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = MINIMUM_NODE;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  fail(
    `This needs Node.js ${MINIMUM_NODE.join(".")} or newer; this is ${version}. Please install a newer one from your system's packages.`,
  );
}

/**
 * @param {string} message
 * @returns {never}
 */
export function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/**
 * The environment with the pinned Node first, for everything that calls "node".
 * @param {NodeJS.ProcessEnv} environment
 * @returns {NodeJS.ProcessEnv}
 */
export function withPinnedNode(environment) {
  return { ...environment, PATH: [BIN, environment["PATH"]].filter(Boolean).join(delimiter) };
}

/**
 * Installs the packages of package-lock.json unless exactly these are there.
 * @param {{ startedAtMs: number, onChild?: (child: import("node:child_process").ChildProcess) => void }} options
 */
export async function installDependencies({ startedAtMs, onChild }) {
  const lock = readFileSync(join(ROOT, "package-lock.json"), "utf8");
  const wanted = fingerprint(lock);
  if (read(STAMP) === wanted && existsSync(PINNED_NODE)) {
    report(startedAtMs, "dependencies: unchanged");
    return;
  }
  if (existsSync(PINNED_NODE) && matchesLock(read(join(ROOT, "node_modules", ".package-lock.json")), lock)) {
    writeFileSync(STAMP, wanted);
    report(startedAtMs, "dependencies: present");
    return;
  }
  report(startedAtMs, "dependencies: installing with npm ci (about a minute)");
  await runNpmCi(onChild);
  writeFileSync(STAMP, wanted);
  report(startedAtMs, "dependencies: installed");
}

/**
 * Generates the Prisma client, which nearly everything imports, unless it belongs to this schema.
 * @param {number} startedAtMs
 */
export function generateClient(startedAtMs) {
  const stamp = join(ROOT, "prisma", "generated", ".schulchat-stamp");
  const wanted = fingerprint(read(join(ROOT, "prisma", "schema.prisma")) + read(join(ROOT, "package-lock.json")));
  if (read(stamp) === wanted) return;
  const { status } = spawnSync(PINNED_NODE, [join(ROOT, "bin", "generate.js")], {
    stdio: "inherit",
    timeout: INSTALL_TIMEOUT_MS,
  });
  if (status !== 0) fail("The Prisma client could not be generated; the lines above say why.");
  writeFileSync(stamp, wanted);
  report(startedAtMs, "database client: generated");
}

/**
 * Other machines need other binaries, so a copied node_modules is not the same.
 * @param {string} lock
 */
export function fingerprint(lock) {
  return createHash("sha256").update(`${process.platform} ${process.arch}\n${lock}`).digest("hex");
}

/**
 * Somebody may have called npm themselves: npm's own record of what it installed then agrees with the lock file.
 * @param {string} installed content of node_modules/.package-lock.json
 * @param {string} lock content of package-lock.json
 */
export function matchesLock(installed, lock) {
  if (installed === "") return false;
  /** @typedef {Record<string, { version?: string, optional?: boolean, devOptional?: boolean, peer?: boolean, link?: boolean }>} Packages */
  /** @type {Packages} */
  const present = JSON.parse(installed).packages;
  /** @type {Packages} */
  const wanted = JSON.parse(lock).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true;
    const found = present[path];
    if (found === undefined) return entry.optional === true || entry.devOptional === true || entry.peer === true;
    return found.version === entry.version;
  });
}

/** @param {((child: import("node:child_process").ChildProcess) => void) | undefined} onChild */
async function runNpmCi(onChild) {
  // npm tells its scripts where it lies; without it, the one on the PATH
  const npm = process.env["npm_execpath"];
  const [command, ...first] = npm?.endsWith(".js") ? [process.execPath, npm] : ["npm"];
  const child = spawn(command ?? "npm", [...first, "ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: INSTALL_TIMEOUT_MS,
  });
  onChild?.(child);
  let output = "";
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  child.stderr.on("data", (chunk) => (output += String(chunk)));
  try {
    const [code] = await once(child, "exit");
    if (code === 0) return;
  } catch {
    fail("npm could not be run. Please install npm (on Debian: apt-get install npm) and start again.");
  }
  const end = output.trim().split("\n").slice(-15).join("\n");
  fail(
    `npm ci failed. If it could not reach the package registry, check the connection to it (npm config get registry) and start again. npm said:\n${end}`,
  );
}

/** @param {string} path */
function read(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/**
 * A progress line, in the form of demo/progress.ts.
 * @param {number} startedAtMs
 * @param {string} text
 */
export function report(startedAtMs, text) {
  const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1).padStart(5);
  process.stdout.write(`[${seconds} s] ${text}\n`);
}
