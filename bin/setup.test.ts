import { expect, test } from "vitest";
import { fingerprint, matchesLock } from "./setup.js";

const packages = (entries: object) => JSON.stringify({ packages: entries });
const lock = packages({
  "": { version: "0.1.0" },
  "node_modules/a": { version: "1.0.0" },
  "node_modules/b-darwin": { version: "1.0.0", optional: true },
});

test.each([
  ["nothing installed", "", false],
  ["everything, but for another platform's package", packages({ "node_modules/a": { version: "1.0.0" } }), true],
  ["another version", packages({ "node_modules/a": { version: "1.0.1" } }), false],
  ["a package missing", packages({ "node_modules/b-darwin": { version: "1.0.0" } }), false],
])("dependencies are taken as installed, or not: %s", (_, installed, expected) => {
  expect(matchesLock(installed, lock)).toBe(expected);
});

test("another lock file has another fingerprint", () => {
  expect(fingerprint(lock)).toBe(fingerprint(lock));
  expect(fingerprint(lock)).not.toBe(fingerprint(`${lock} `));
});
