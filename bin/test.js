// `npm test`: checks that every real part is there, then runs every kind of test. Plain JavaScript, like bin/start.js,
// because there may be no dependencies yet. `--without <part>` is the only way to leave something out.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { missingParts } from "./test-parts.js";
import { lastLine, readPlaywright, readRefusalsOff, readVitest } from "./test-results.js";
import { checkNode, fail, generateClient, installDependencies, ROOT, withPinnedNode } from "./setup.js";

const RESULTS = join(ROOT, ".cache", "test");
const STEP_TIMEOUT_MS = 3_600_000;

/** @typedef {{ passed: number, failed: number }} Count */
/** @typedef {{ part: string, title: string, run: () => Count }} Step */

/** @type {Step[]} */
const STEPS = [
  { part: "lint", title: "Lint", run: () => command("node_modules/.bin/eslint", ".", "--max-warnings", "0") },
  { part: "types", title: "Types", run: types },
  { part: "unit", title: "Unit tests", run: () => vitest("unit") },
  { part: "integration", title: "Integration tests: real PostgreSQL, real Synapse", run: () => vitest("integration") },
  { part: "refusals", title: "Refusals of a real Synapse, with our defences", run: () => vitest("refusals") },
  { part: "refusals", title: "The same without our defences: every one must fail", run: refusalsOff },
  { part: "browser", title: "Journeys in a real browser", run: browser },
];

checkNode();
const startedAtMs = Date.now();
const leftOut = readLeftOut(process.argv.slice(2));
checkSystem();
await installDependencies({ startedAtMs });
rmSync(RESULTS, { recursive: true, force: true });
mkdirSync(RESULTS, { recursive: true });
generateClient(startedAtMs);

/** @type {Count} */
const total = { passed: 0, failed: 0 };
for (const { part, title, run } of STEPS) {
  if (leftOut.includes(part)) continue;
  const stepStartedAtMs = Date.now();
  process.stdout.write(`\n== ${title}\n`);
  const { passed, failed } = run();
  total.passed += passed;
  total.failed += failed;
  const seconds = ((Date.now() - stepStartedAtMs) / 1000).toFixed(1);
  process.stdout.write(`== ${title}: ${passed} passed, ${failed} failed (${seconds} s)\n`);
}
const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(0);
process.stdout.write(`\nAll of it took ${seconds} s.\n${lastLine(total, leftOut)}\n`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** @param {string[]} args */
function readLeftOut(args) {
  const parts = [...new Set(STEPS.map(({ part }) => part))];
  const named = args.flatMap((arg, index) => {
    if (arg.startsWith("--without=")) return [arg.slice("--without=".length)];
    return args[index - 1] === "--without" ? [arg] : [];
  });
  const understood = args.every(
    (arg, index) => arg === "--without" || arg.startsWith("--without=") || args[index - 1] === "--without",
  );
  const wrong = named.find((part) => !parts.includes(part));
  if (!understood || wrong !== undefined || args.at(-1) === "--without") {
    fail(`Usage: npm test [-- --without <part>]…, a part being one of ${parts.join(", ")}.`);
  }
  return named;
}

/** Installs what is missing where we may, else says with which command. */
function checkSystem() {
  const missing = missingParts(leftOut);
  if (missing.length === 0) return;
  const script = "bin/install-system-packages.sh";
  process.stdout.write(`Missing for the tests: ${missing.join(", ")}\n`);
  if (process.getuid?.() === 0 && existsSync("/etc/debian_version")) {
    const { status } = spawnSync("bash", [join(ROOT, script)], { stdio: "inherit", timeout: STEP_TIMEOUT_MS });
    const still = missingParts(leftOut);
    if (status === 0 && still.length === 0) return;
    fail(`Could not be installed: ${still.join(", ")}. Please look at the lines above.`);
  }
  fail(
    `Please install them; on Debian: sudo ${script}\nOr leave out what needs them, for example: npm test -- --without browser`,
  );
}

/**
 * Runs a script of node_modules/.bin or of ours under the pinned Node; counts as one check.
 * @param {string} program
 * @param {string[]} args
 * @returns {Count}
 */
function command(program, ...args) {
  return execute(program, args) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {Record<string, string>} [more]
 */
function execute(program, args, more = {}) {
  const [first, ...rest] = program.endsWith(".js") ? ["node", program, ...args] : [program, ...args];
  const { status, signal, error } = spawnSync(first ?? "node", rest, {
    cwd: ROOT,
    env: withPinnedNode({ ...process.env, ...more }),
    stdio: "inherit",
    timeout: STEP_TIMEOUT_MS,
  });
  if (error !== undefined) process.stderr.write(`${program}: ${error.message}\n`);
  if (signal === "SIGINT" || signal === "SIGTERM") process.exit(1);
  return status ?? 1;
}

/** Next.js first writes the types of its routes, which our own code is checked against. */
function types() {
  const routes = command("node_modules/.bin/next", "typegen");
  const code = routes.failed === 0 ? command("node_modules/.bin/tsc", "--noEmit") : routes;
  return code;
}

/** @param {string} project */
function vitest(project) {
  const { file, status } = runVitest(project, project, ["--reporter=default"]);
  return readVitest(file, status);
}

/**
 * @param {string} project
 * @param {string} name of the file of results
 * @param {string[]} reporters
 * @param {Record<string, string>} [more]
 */
function runVitest(project, name, reporters, more = {}) {
  const file = join(RESULTS, `${name}.json`);
  const json = ["--reporter=json", `--outputFile.json=${file}`];
  const defences = { SCHULCHAT_DEFENCES: "on", ...more };
  const status = execute("node_modules/.bin/vitest", ["run", "--project", project, ...reporters, ...json], defences);
  return { file, status };
}

function refusalsOff() {
  // no reporter for people: hundreds of expected failures would bury the list
  const { file } = runVitest("refusals", "refusals-off", [], { SCHULCHAT_DEFENCES: "off" });
  const { lines, count } = readRefusalsOff(file, join(RESULTS, "refusals.json"));
  process.stdout.write(`\n${lines.join("\n")}\n`);
  return count;
}

function browser() {
  const status = execute("node_modules/.bin/playwright", ["test"]);
  return readPlaywright(join(RESULTS, "browser.json"), status);
}
