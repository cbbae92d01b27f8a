// Generates the Prisma client. `prisma generate` asks for the native schema engine without calling it, so any
// executable satisfies it where the engine's download host is out of reach (docs/decisions/003).
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const result = spawnSync(process.execPath, [`${root}/node_modules/prisma/build/index.js`, "generate"], {
  cwd: root,
  env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: "1" },
  encoding: "utf8",
  timeout: 60_000,
});
if (result.status !== 0) {
  process.stderr.write(`${result.stdout}${result.stderr}\n`);
  process.exit(1);
}
