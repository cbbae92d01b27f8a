// `npm run reset`: removes .data/, that is, every school, account, room and message of the demo. Plain JavaScript, so
// that it works without dependencies too.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { ROOT, fail } from "./setup.js";

const dataDir = join(ROOT, ".data");
const pid = runningPid();
if (pid !== undefined) {
  fail(
    `The system is running (process ${String(pid)}). Please stop it with Ctrl-C in its terminal first, then call npm run reset again.`,
  );
}
if (existsSync(dataDir)) {
  rmSync(dataDir, { recursive: true, force: true });
  process.stdout.write("Removed .data/. The next npm start begins anew.\n");
} else {
  process.stdout.write("There is no .data/, so nothing is to be removed.\n");
}

/** Like readRunning of demo/running.ts, which needs dependencies. */
function runningPid() {
  const file = join(dataDir, "running.json");
  if (!existsSync(file)) return undefined;
  const { pid } = JSON.parse(readFileSync(file, "utf8"));
  try {
    process.kill(pid, 0);
  } catch {
    return undefined;
  }
  const commandLine = `/proc/${String(pid)}/cmdline`;
  return !existsSync(commandLine) || readFileSync(commandLine, "utf8").includes("bin/up.ts") ? pid : undefined;
}
