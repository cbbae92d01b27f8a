// `npm run bench -- <name>` begins here, like `npm start`: plain JavaScript, because there may be no dependencies yet.
import { spawnSync } from "node:child_process";
import process from "node:process";
import { checkNode, generateClient, installDependencies, PINNED_NODE, ROOT, withPinnedNode } from "./setup.js";

const startedAtMs = Date.now();
checkNode();
await installDependencies({ startedAtMs });
generateClient(startedAtMs);
const { status } = spawnSync(PINNED_NODE, ["bin/bench.ts", ...process.argv.slice(2)], {
  cwd: ROOT,
  env: withPinnedNode(process.env),
  stdio: "inherit",
});
process.exitCode = status ?? 1;
