// Every step from every state, as a table that a reader can check against design §8.
import { describe, expect, test } from "vitest";
import {
  afterStep,
  DUE_HOURS,
  dueAt,
  isOpen,
  urgencyAfter,
  type CaseState,
  type CaseStep,
  type Urgency,
} from "./case-life.ts";

const STATES: readonly CaseState[] = ["new", "inProgress", "waiting", "escalated", "resolved", "reopened"];

const TABLE: Readonly<Record<CaseStep, readonly (CaseState | null)[]>> = {
  //          new           inProgress    waiting       escalated     resolved    reopened
  take: ["inProgress", "inProgress", null, null, null, "inProgress"],
  wait: ["waiting", "waiting", null, null, null, "waiting"],
  resume: [null, null, "inProgress", null, null, null],
  escalate: ["escalated", "escalated", "escalated", null, null, "escalated"],
  answer: [null, null, null, "inProgress", null, null],
  resolve: ["resolved", "resolved", "resolved", "resolved", null, "resolved"],
  reopen: [null, null, null, null, "reopened", null],
  newReport: [null, null, "reopened", null, "reopened", null],
};

describe("the life of a case", () => {
  test.each(Object.entries(TABLE) as [CaseStep, readonly (CaseState | null)[]][])("%s", (step, expected) => {
    expect(STATES.map((state) => afterStep(state, step))).toEqual(expected);
  });

  test("only a resolved case is closed", () => {
    expect(STATES.filter((state) => !isOpen(state))).toEqual(["resolved"]);
  });

  test("worse is due sooner", () => {
    const { critical, high, medium, low } = DUE_HOURS;
    expect([critical, high, medium, low].toSorted((a, b) => a - b)).toEqual([critical, high, medium, low]);
    const first = new Date("2026-11-21T10:00:00Z");
    expect(dueAt(first, "critical").toISOString()).toBe("2026-11-21T14:00:00.000Z");
  });
});

describe("what a case demands when another matter comes to it", () => {
  const NOW = new Date("2026-11-21T10:00:00Z");
  const at = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);
  const low: Urgency = { state: "inProgress", severity: "low", category: "spam", dueAt: at(100) };
  const critical: Urgency = { state: "new", severity: "critical", category: "violence", dueAt: at(4) };

  test.each<[string, Urgency, Urgency, Urgency]>([
    ["the worse counts", low, critical, { ...critical, state: "inProgress" }],
    ["the milder changes nothing", { ...critical, state: "escalated" }, low, { ...critical, state: "escalated" }],
    [
      "the earlier date counts, also of the milder",
      critical,
      { ...low, state: "new", dueAt: at(-1) },
      { ...critical, dueAt: at(-1) },
    ],
    [
      "what was closed begins again with a date of its own",
      { ...critical, state: "resolved", dueAt: at(-500) },
      { ...low, state: "new" },
      { ...critical, state: "reopened", dueAt: at(DUE_HOURS.critical) },
    ],
    [
      "what waited does not wait any longer",
      { ...low, state: "waiting", dueAt: at(-1) },
      critical,
      { ...critical, state: "reopened" },
    ],
    [
      "a closed matter opens nothing, but makes it worse",
      { ...low, state: "resolved" },
      { ...critical, state: "resolved", dueAt: at(-50) },
      { ...critical, state: "resolved", dueAt: at(100) },
    ],
    ["a matter that waits has no date", low, { ...low, state: "waiting", dueAt: at(-50) }, low],
  ])("%s", (_, before, added, expected) => {
    expect(urgencyAfter(before, added, NOW)).toEqual(expected);
  });
});
