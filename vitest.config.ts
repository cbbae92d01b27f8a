// Three kinds of tests: unit beside the code, integration on real parts, and refusals that a real Synapse must show,
// which bin/test.js runs once with our defences and once without.
import { defineConfig } from "vitest/config";

const NOT_TESTS = ["node_modules/**", ".next/**", ".data/**", ".cache/**", "e2e/**"];
const INTEGRATION = "**/*.integration.test.{ts,tsx}";
const REFUSALS = "test/refusals/**/*.refusal.test.ts";
const HEAVY = {
  globalSetup: ["test/global-setup.ts"],
  testTimeout: 60_000,
  hookTimeout: 180_000,
  // each file brings processes of its own up
  maxWorkers: 2,
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["**/*.test.{ts,tsx}"],
          exclude: [...NOT_TESTS, INTEGRATION, REFUSALS],
          testTimeout: 20_000,
        },
      },
      { test: { name: "integration", include: [INTEGRATION], exclude: NOT_TESTS, ...HEAVY } },
      {
        test: {
          name: "refusals",
          include: [REFUSALS],
          exclude: NOT_TESTS,
          ...HEAVY,
          // one Synapse for all of them (test/refusals/world.ts)
          maxWorkers: 1,
          isolate: false,
        },
      },
    ],
  },
});
