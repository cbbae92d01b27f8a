import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { lastLine, readPlaywright, readRefusalsOff, readVitest } from "./test-results.js";

const folder = mkdtempSync(join(tmpdir(), "schulchat-results-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

let files = 0;
function write(content: unknown): string {
  const path = join(folder, `${String((files += 1))}.json`);
  writeFileSync(path, JSON.stringify(content));
  return path;
}
const vitest = (...tests: object[]) => write({ testResults: [{ name: "a.test.ts", assertionResults: tests }] });

test("a runner that broke off, or found no test, has failed", () => {
  expect(readVitest(join(folder, "none.json"), 0)).toEqual({ passed: 0, failed: 1 });
  expect(readVitest(write({ numPassedTests: 3, numFailedTests: 0 }), 1)).toEqual({ passed: 3, failed: 1 });
  expect(readVitest(write({ numPassedTests: 0, numFailedTests: 0 }), 0)).toEqual({ passed: 0, failed: 1 });
  expect(readVitest(write({ numPassedTests: 3, numFailedTests: 2 }), 1)).toEqual({ passed: 3, failed: 2 });
  expect(readPlaywright(write({ stats: { expected: 0, unexpected: 0, flaky: 0 } }), 0)).toEqual({
    passed: 0,
    failed: 1,
  });
  expect(readPlaywright(write({ stats: { expected: 2, unexpected: 0, flaky: 1 } }), 0)).toEqual({
    passed: 2,
    failed: 1,
  });
});

test("without defences only a test that turns red because something came through has passed", () => {
  const names = ["came through", "green", "refused by Synapse", "broken", "gone"];
  const on = vitest(...names.map((fullName) => ({ fullName, status: "passed" })));
  const off = vitest(
    { fullName: "green", status: "passed" },
    { fullName: "came through", status: "failed", failureMessages: ["NotRefused: answered 200; new rooms: 1"] },
    { fullName: "refused by Synapse", status: "failed", failureMessages: ["RefusedOtherwise: expected 403 …"] },
    { fullName: "broken", status: "failed", failureMessages: ["Error: connect ECONNREFUSED"] },
  );
  expect(readRefusalsOff(off, on)).toEqual({
    lines: [
      "  red                     came through",
      "  STILL GREEN             green",
      "  red for another reason  refused by Synapse",
      "  red for another reason  broken",
      "  did not run             gone",
    ],
    count: { passed: 1, failed: 4 },
  });
});

test("the last line says what was left out", () => {
  expect(lastLine({ passed: 4, failed: 0 }, [])).toBe("4 passed, 0 failed");
  expect(lastLine({ passed: 4, failed: 1 }, ["browser"])).toBe("4 passed, 1 failed, left out: browser");
});
