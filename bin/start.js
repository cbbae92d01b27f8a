// `npm start` begins here: plain JavaScript for any Node from 20.9 on, without dependencies, because there may be none
// yet. It installs them, then hands over to bin/up.ts under the pinned Node and sees to it that nothing outlives it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { checkNode, generateClient, installDependencies, ROOT, PINNED_NODE, withPinnedNode } from "./setup.js";

const startedAtMs = Date.now();
checkNode();

/** How often is it asked whether npm is still there. */
const PARENT_INTERVAL_MS = 500;

/** @type {import("node:child_process").ChildProcess | undefined} */
let up;
let stopping = false;
function stop() {
  stopping = true;
  up?.kill("SIGTERM");
}
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  // A Ctrl-C reaches us from the terminal and once more from npm: every signal only says "stop", in order.
  process.on(signal, stop);
}
if (process.env["npm_lifecycle_event"] !== undefined) {
  // A SIGTERM ends npm and the shell that it starts us in, but does not come through to us.
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent && !stopping) stop();
  }, PARENT_INTERVAL_MS).unref();
}

await installDependencies({
  startedAtMs,
  onChild: (child) => {
    if (stopping) child.kill("SIGTERM");
    up = child;
  },
});
if (stopping) process.exit(0);
generateClient(startedAtMs);

// A process group of its own: the terminal's Ctrl-C reaches this file only, so that bin/up.ts can stop the parts in
// order, and the channel tells it when this file is gone.
up = spawn(PINNED_NODE, ["bin/up.ts", "--since", String(startedAtMs), ...process.argv.slice(2)], {
  cwd: ROOT,
  detached: true,
  env: withPinnedNode(process.env),
  stdio: ["ignore", "inherit", "inherit", "ipc"],
});
const [code] = await once(up, "exit");
endGroup(up.pid);
process.exit(typeof code === "number" ? code : 1);

/**
 * The last resort, after every part had its time to stop: what is left of the group that we started.
 * @param {number | undefined} leader
 */
function endGroup(leader) {
  if (leader === undefined) return;
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // there is nothing left, as there should be
  }
}
