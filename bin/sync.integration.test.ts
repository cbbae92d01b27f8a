// Guarantee: the command line shows what a full sync would do, and does nothing.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEMO_SERVICE_ID } from "#demo/data/records.ts";
import { makeEvidenceKey, makeSecret } from "#demo/secrets.ts";
import { startDirectoryWorld, type DirectoryWorld } from "#test/directory-world.ts";
import { SCHOOL } from "#test/small-directory.ts";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const clientSecret = makeSecret();
let world: DirectoryWorld;
beforeAll(async () => {
  world = await startDirectoryWorld({ clientSecret });
});
afterAll(() => world.stop());

const sync = (...args: readonly string[]) =>
  run(process.execPath, ["bin/sync.ts", ...args], {
    cwd: ROOT,
    timeout: 30_000,
    env: {
      PATH: process.env["PATH"],
      NODE_ENV: "test",
      LOG_LEVEL: "silent",
      DATABASE_URL: world.database.url,
      SYNAPSE_SERVER_NAME: "localhost",
      SYNAPSE_URL: "http://127.0.0.1:9",
      SYNAPSE_TOKEN_FILE: "/nowhere",
      EVIDENCE_KEYS: makeEvidenceKey(),
      ONEROSTER_URL: world.server.baseUrl,
      ONEROSTER_TOKEN_URL: world.server.tokenUrl,
      ONEROSTER_CLIENT_ID: "console",
      ONEROSTER_CLIENT_SECRET: clientSecret,
      ONEROSTER_SERVICE_ID: DEMO_SERVICE_ID,
    },
  });

test("a dry run prints a table and leaves no school behind", async () => {
  const { stdout } = await sync("--dry-run", "--school", SCHOOL);
  expect(stdout).toMatch(/^school +people \+ /);
  expect(stdout).toMatch(new RegExp(`${SCHOOL} +6 `));
  expect(stdout).toContain("Nothing was changed.");
  expect(await world.database.db.school.count()).toBe(0);
  expect(await world.database.db.person.count()).toBe(0);
});

test("without it the worker is asked", async () => {
  await sync("--school", SCHOOL);
  const jobs = await world.database.db.$queryRaw`SELECT data FROM pgboss.job WHERE name = 'directory-sync'`;
  expect(jobs).toMatchObject([{ data: { full: true, schoolId: SCHOOL } }]);
});

test("a source that is down is said, with an exit code", async () => {
  world.server.setFailure("down");
  await expect(sync("--dry-run")).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("unreachable") as unknown,
  });
});
