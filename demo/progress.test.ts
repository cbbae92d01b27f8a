import { expect, test } from "vitest";
import { createProgress } from "./progress.ts";

function record(isTTY: boolean) {
  const written: string[] = [];
  let nowMs = 0;
  const progress = createProgress(0, { isTTY, write: (text) => written.push(text) }, () => nowMs);
  return { progress, written, advance: (ms: number) => (nowMs += ms) };
}

test("a step ends with its note and the time since the start", async () => {
  const { progress, written, advance } = record(false);
  await progress.step("PostgreSQL 18", async (note) => {
    advance(1_250);
    note("127.0.0.1:9432");
    return Promise.resolve();
  });
  expect(written.join("")).toBe("[  1.3 s] PostgreSQL 18: 127.0.0.1:9432\n");
});

test("off a terminal a live line is plain, and not repeated every moment", () => {
  const { progress, written, advance } = record(false);
  progress.live("1 of 9");
  progress.live("2 of 9");
  advance(10_000);
  progress.live("9 of 9");
  expect(written).toEqual(["[  0.0 s] 1 of 9\n", "[ 10.0 s] 9 of 9\n"]);
});

test("on a terminal a line printed meanwhile leaves the live line below it", () => {
  const { progress, written } = record(true);
  progress.live("1 of 9");
  progress.line("gate ended");
  expect(written.at(-1)).toBe("\r\u001b[K[  0.0 s] gate ended\n[  0.0 s] 1 of 9");
});
