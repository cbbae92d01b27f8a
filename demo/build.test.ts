import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { fingerprintOf } from "./build.ts";

const root = mkdtempSync(join(tmpdir(), "schulchat-build-"));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

test("a build is repeated for any change of content, name or place, and not for a test's", async () => {
  mkdirSync(join(root, "app/page"), { recursive: true });
  writeFileSync(join(root, "app/page/a.ts"), "1");
  writeFileSync(join(root, "next.config.ts"), "{}");
  const fingerprint = (): Promise<string> => fingerprintOf(root, ["app", "next.config.ts", "missing"]);

  const first = await fingerprint();
  writeFileSync(join(root, "app/page/a.test.ts"), "test");
  expect(await fingerprint()).toBe(first);

  renameSync(join(root, "app/page/a.ts"), join(root, "app/page/b.ts"));
  const renamed = await fingerprint();
  expect(renamed).not.toBe(first);
  renameSync(join(root, "app/page/b.ts"), join(root, "app/page/a.ts"));
  expect(await fingerprint()).toBe(first);

  writeFileSync(join(root, "next.config.ts"), "{ }");
  expect(await fingerprint()).not.toBe(first);
});
