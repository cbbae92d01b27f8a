// Rate and remaining time follow from how far it is; where nothing is known, nothing is said.
import { expect, test } from "vitest";
import { paceOf } from "./pace.ts";

test.each<[string, number, number, number, ReturnType<typeof paceOf>]>([
  ["half of it in ten seconds", 50, 100, 10_000, { perMinute: 300, remainingSeconds: 10 }],
  ["slower than one a minute", 1, 3, 120_000, { perMinute: 1, remainingSeconds: 240 }],
  ["only just begun", 5, 100, 1_500, null],
  ["nothing done", 0, 100, 60_000, null],
  ["all done", 100, 100, 60_000, null],
])("%s", (_, done, total, sinceMs, pace) => {
  expect(paceOf(done, total, sinceMs)).toEqual(pace);
});
