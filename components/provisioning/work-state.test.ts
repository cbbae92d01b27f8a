// A page that is open follows the work without asking for everything each time.
import { createTranslator } from "next-intl";
import { expect, test } from "vitest";
import type { Translator } from "#components/ui/translator.ts";
import de from "../../messages/de.json" with { type: "json" };
import { shownRun, workState } from "./work-state.ts";

const t: Translator = createTranslator({ locale: "de", messages: de });
const now = new Date("2026-11-21T12:00:00Z");
const writer = { t, locale: "de", now } as const;
const idle = { sync: null, dryRun: null };
const progress = (remaining: number, minutesLeft: number | null = null) => {
  return { total: 100, done: 100 - remaining, perMinute: 40.2, remaining, minutesLeft };
};

test("nothing moves: nothing is said", () => {
  expect(workState(writer, idle, progress(0), ["run"])).toMatchObject({
    sync: null,
    dryRun: null,
    progress: null,
    isMoving: false,
  });
});

test("work is told with what is left, its rate and the time that it takes", () => {
  const { progress: shown, isMoving } = workState(writer, idle, progress(60, 2), []);
  expect(isMoving).toBe(true);
  expect(shown).toMatchObject({ done: 40, total: 100 });
  expect(shown?.text).toContain("40 von 100");
  expect(shown?.pace).toMatch(/40.*2 Minuten/);
  expect(workState(writer, idle, progress(60), []).progress?.pace).toBeNull();
});

test("a run over all schools is told with how many are read, its rate and the time that it takes", () => {
  const startedAt = new Date(now.getTime() - 2 * 60_000);
  const shown = shownRun(writer, { of: "sync", total: 1_600, done: 400, startedAt });
  expect(shown).toMatchObject({ of: "sync", done: 400, total: 1_600 });
  expect(shown?.text).toContain("400 von 1.600");
  expect(shown?.pace).toMatch(/200 Schulen.*6 Minuten/);
  expect(shownRun(writer, { of: "dryRun", total: 1_600, done: 0, startedAt: now })).toMatchObject({ pace: null });
  expect(shownRun(writer, null)).toBeNull();
});

test("a sync that waits or runs is told with its time", () => {
  const since = new Date("2026-11-21T11:58:00Z");
  const running = workState(writer, { sync: { state: "running", since }, dryRun: null }, progress(0), []);
  expect(running.sync).toContain("12:58");
  expect(running.isMoving).toBe(true);
});

test("the rest of the page is fetched when the work has halved, ended, or something else is new", () => {
  const mark = (remaining: number, fact: string) => workState(writer, idle, progress(remaining), [fact]).mark;
  expect(mark(60, "a")).toBe(mark(50, "a"));
  expect(mark(60, "a")).not.toBe(mark(30, "a"));
  expect(mark(1, "a")).not.toBe(mark(0, "a"));
  expect(mark(0, "a")).not.toBe(mark(0, "b"));
});
