// The time that is left is said in words of the right size, and what waits is not called late.
import { describe, expect, test } from "vitest";
import { translatorOf } from "#lib/i18n/texts.ts";
import { due, duration, type Writer } from "./writer.ts";

const now = new Date("2026-11-15T12:00:00Z");
const writer: Writer = { t: translatorOf("de"), locale: "de", now };
const HOUR_MS = 3_600_000;
const at = (hours: number) => new Date(now.getTime() + hours * HOUR_MS);
const open = { state: "new", dueAt: at(10), firstActionAt: null, closedAt: null, waitingUntil: null };

test.each([
  [1_000, "1 Minute"],
  [59 * 60_000, "59 Minuten"],
  [HOUR_MS, "1 Stunde"],
  [-30 * HOUR_MS, "30 Stunden"],
  [72 * HOUR_MS, "3 Tagen"],
])("%d ms are %s", (milliseconds, text) => {
  expect(duration(writer, milliseconds)).toBe(text);
});

describe("what a case waits for", () => {
  test.each([
    [open, "fällig in 10 Stunden", "calm"],
    [{ ...open, dueAt: at(1) }, "fällig in 1 Stunde", "soon"],
    [{ ...open, dueAt: at(-3) }, "überfällig seit 3 Stunden", "late"],
    [{ ...open, dueAt: at(-3), firstActionAt: at(-4) }, "überfällig seit 3 Stunden", "late"],
    [{ ...open, firstActionAt: at(-4) }, "erste Reaktion heute, 09:00", "calm"],
    [{ ...open, dueAt: at(-3), waitingUntil: at(48) }, "Wiedervorlage in 2 Tagen", "calm"],
    [{ ...open, waitingUntil: at(-48) }, "Wiedervorlage überschritten seit 2 Tagen", "late"],
    [{ ...open, dueAt: at(-3), closedAt: at(-2) }, "abgeschlossen heute, 11:00", "calm"],
  ])("%#", (dates, text, urgency) => {
    expect(due(writer, dates)).toEqual({ text, urgency });
  });
});
