// Which state of the message intake the console shows when several workers write it.
import { describe, expect, test } from "vitest";
import { stateToWrite } from "./intake-state.ts";

const now = new Date("2026-03-02T10:00:00Z");
const before = (seconds: number, detail = "") => ({ detail, checkedAt: new Date(now.getTime() - seconds * 1_000) });

describe("stateToWrite", () => {
  test.each([
    ["nothing is known yet", [], null, null],
    ["all are consumed", ["", ""], null, ""],
    ["one is not", ["", "unreachable"], before(5), "unreachable"],
    ["another worker consumes", ["queueInUse"], before(5), null],
    ["a foreign program consumes", ["queueInUse"], before(120), "queueInUse"],
    ["it did so before", ["queueInUse"], before(5, "queueInUse"), "queueInUse"],
    ["nobody ever wrote", ["queueInUse"], null, "queueInUse"],
    ["the other worker sees trouble that we do not", ["queueInUse"], before(5, "paused"), null],
  ] as const)("%s", (_, states, written, expected) => {
    expect(stateToWrite(states, written, now)).toBe(expected);
  });
});
