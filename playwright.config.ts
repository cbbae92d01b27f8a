// Journeys in a real browser through the whole system: web, gate, worker, Synapse, PostgreSQL, all of them real.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { defineConfig } from "@playwright/test";
import { CONSOLE_URL, E2E_DATA_DIR, E2E_PORTS } from "./e2e/system.ts";

const START_TIMEOUT_MS = 600_000;
const STOP_TIMEOUT_MS = 30_000;

/** Playwright's own download may be out of reach; a browser of the system is as real. */
const chromium = (process.env["PATH"] ?? "")
  .split(delimiter)
  .flatMap((folder) => ["chromium", "chromium-browser", "google-chrome"].map((name) => join(folder, name)))
  .find((path) => existsSync(path));

const ports = Object.fromEntries(Object.entries(E2E_PORTS).map(([name, port]) => [name, String(port)]));

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  // one system, one story at a time
  workers: 1,
  fullyParallel: false,
  forbidOnly: process.env["CI"] !== undefined,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["json", { outputFile: ".cache/test/browser.json" }]],
  use: {
    baseURL: CONSOLE_URL,
    locale: "de-DE",
    timezoneId: "Europe/Berlin",
    // an element that never comes fails where it is missed, not at the end of the test
    actionTimeout: 30_000,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    ...(chromium !== undefined && { launchOptions: { executablePath: chromium } }),
  },
  webServer: {
    command: `rm -rf ${E2E_DATA_DIR} && exec node_modules/.bin/node bin/up.ts`,
    env: { ...ports, DATA_DIR: E2E_DATA_DIR },
    url: CONSOLE_URL,
    timeout: START_TIMEOUT_MS,
    gracefulShutdown: { signal: "SIGTERM", timeout: STOP_TIMEOUT_MS },
    // E2E_REUSE=1: journeys against a system that `bin/up.ts` runs already on these ports
    reuseExistingServer: process.env["E2E_REUSE"] !== undefined,
    stdout: "pipe",
    stderr: "pipe",
  },
});
