// Reads what the test runners wrote, so that the last line of `npm test` counts every test of every kind.
import { existsSync, readFileSync } from "node:fs";

/** @typedef {{ passed: number, failed: number }} Count */
/** @typedef {{ fullName: string, status: string, failureMessages?: string[] }} VitestTest */
/** @typedef {{ numPassedTests: number, numFailedTests: number, testResults: { name: string, assertionResults: VitestTest[] }[] }} VitestFile */

/** test/refusals/refused.ts saying what came through. A broken test, or one that Synapse refuses by itself, says other things. */
const SHOWN = /^NotRefused\b/;

/** Something failed outside of any test: a run that broke off must not look like one without failures. */
const BROKE_OFF = { passed: 0, failed: 1 };

/**
 * @param {string} path
 * @returns {any}
 */
function readJson(path) {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * @param {string} path
 * @param {number} status of the runner
 * @returns {Count}
 */
export function readVitest(path, status) {
  /** @type {VitestFile | undefined} */
  const results = readJson(path);
  if (results === undefined) return BROKE_OFF;
  const { numPassedTests: passed, numFailedTests } = results;
  const failed = numFailedTests === 0 && status !== 0 ? 1 : numFailedTests;
  // no test at all is no success
  return { passed, failed: passed + failed === 0 ? 1 : failed };
}

/**
 * @param {string} path
 * @param {number} status of the runner
 * @returns {Count}
 */
export function readPlaywright(path, status) {
  const stats = readJson(path)?.stats;
  if (stats === undefined) return BROKE_OFF;
  const passed = stats.expected;
  const failed = stats.unexpected + stats.flaky;
  if (failed === 0 && (status !== 0 || passed === 0)) return { passed, failed: 1 };
  return { passed, failed };
}

/**
 * The run without our defences: a test passes here if what it refuses came through, not if something broke.
 * @param {string} path
 * @param {string} withDefences results of the same tests with our defences
 * @returns {{ lines: string[], count: Count }}
 */
export function readRefusalsOff(path, withDefences) {
  const off = new Map(testsOf(path).map((test) => [test.fullName, test]));
  const names = testsOf(withDefences).map(({ fullName }) => fullName);
  const verdicts = [...new Set([...names, ...off.keys()])].map((name) => {
    const test = off.get(name);
    if (test === undefined || !["passed", "failed"].includes(test.status)) return { name, verdict: "did not run" };
    if (test.status === "passed") return { name, verdict: "STILL GREEN" };
    const cameThrough = (test.failureMessages ?? []).some((message) => SHOWN.test(message));
    return { name, verdict: cameThrough ? "red" : "red for another reason" };
  });
  const failed = verdicts.filter(({ verdict }) => verdict !== "red");
  const lines = verdicts.map(({ name, verdict }) => `  ${verdict.padEnd(22)}  ${name}`);
  if (verdicts.length === 0) return { lines: ["  there are no results"], count: BROKE_OFF };
  return { lines, count: { passed: verdicts.length - failed.length, failed: failed.length } };
}

/**
 * @param {string} path
 * @returns {VitestTest[]}
 */
function testsOf(path) {
  /** @type {VitestFile | undefined} */
  const results = readJson(path);
  return (results?.testResults ?? []).flatMap(({ assertionResults }) => assertionResults);
}

/**
 * @param {Count} total
 * @param {readonly string[]} leftOut
 */
export function lastLine({ passed, failed }, leftOut) {
  const counts = `${passed} passed, ${failed} failed`;
  return leftOut.length === 0 ? counts : `${counts}, left out: ${leftOut.join(", ")}`;
}
