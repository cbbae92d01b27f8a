// Every step from every state, as a table that a reader can check against design §8.
import { describe, expect, test } from "vitest";
import { afterStep, DUE_HOURS, dueAt, isOpen, type CaseState, type CaseStep } from "./case-life.ts";

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
