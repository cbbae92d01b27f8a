// The life of a case (design §8): which step leads from which state to which, and when it is due. Pure.
import type { CaseOutcome, CaseSeverity, CaseState, ReportCategory } from "#prisma/generated/enums.ts";

export type { CaseOutcome, CaseSeverity, CaseState, ReportCategory };

/** What somebody does with a case as a whole; notes, corrections and measures leave its state alone. */
export type CaseStep = "take" | "wait" | "resume" | "escalate" | "answer" | "resolve" | "reopen" | "newReport";

const OPEN: readonly CaseState[] = ["new", "inProgress", "waiting", "escalated", "reopened"];

const STEPS: Readonly<Record<CaseStep, { readonly from: readonly CaseState[]; readonly to: CaseState }>> = {
  take: { from: ["new", "reopened", "inProgress"], to: "inProgress" },
  wait: { from: ["new", "inProgress", "reopened"], to: "waiting" },
  resume: { from: ["waiting"], to: "inProgress" },
  escalate: { from: ["new", "inProgress", "waiting", "reopened"], to: "escalated" },
  answer: { from: ["escalated"], to: "inProgress" },
  resolve: { from: OPEN, to: "resolved" },
  reopen: { from: ["resolved"], to: "reopened" },
  /** Another report about the same: what waits does not wait any longer, what is closed opens again. */
  newReport: { from: ["resolved", "waiting"], to: "reopened" },
};

/** @returns the state that the step leads to; null if it is not possible now */
export function afterStep(state: CaseState, step: CaseStep): CaseState | null {
  const { from, to } = STEPS[step];
  return from.includes(state) ? to : null;
}

export function isOpen(state: CaseState): boolean {
  return OPEN.includes(state);
}

/** Until support has looked at a case the category tells how bad it may be. */
export const SEVERITY_OF: Readonly<Record<ReportCategory, CaseSeverity>> = {
  violence: "critical",
  sexual: "critical",
  extremism: "high",
  bullying: "high",
  other: "medium",
  spam: "low",
};

const HOUR_MS = 3_600_000;
/** Hours until somebody must have acted. A child who reports violence is not left until Monday. */
export const DUE_HOURS: Readonly<Record<CaseSeverity, number>> = { critical: 4, high: 24, medium: 72, low: 168 };

/** Correcting the severity counts from where the time began, so that nobody gains time by it. */
export function dueAfter(before: Pick<Urgency, "severity" | "dueAt">, severity: CaseSeverity): Date {
  return dueAt(new Date(before.dueAt.getTime() - DUE_HOURS[before.severity] * HOUR_MS), severity);
}

/** @param firstReportAt or of when it came back */
export function dueAt(firstReportAt: Date, severity: CaseSeverity): Date {
  return new Date(firstReportAt.getTime() + DUE_HOURS[severity] * HOUR_MS);
}

const SEVERITY_ORDER: readonly CaseSeverity[] = ["low", "medium", "high", "critical"];

export function isWorse(severity: CaseSeverity, than: CaseSeverity): boolean {
  return SEVERITY_ORDER.indexOf(severity) > SEVERITY_ORDER.indexOf(than);
}

/** How bad something is, of which kind, and until when somebody must have acted. */
export type Urgency = {
  readonly state: CaseState;
  readonly severity: CaseSeverity;
  readonly category: ReportCategory;
  readonly dueAt: Date;
};

/**
 * What a case demands when another matter comes to it, a report or a whole case: the worse severity with its category
 * and the earlier date. What was closed or waited begins again, with a new date: the old one is over.
 */
export function urgencyAfter(before: Urgency, added: Urgency, now: Date): Urgency {
  const { severity, category } = isWorse(added.severity, before.severity) ? added : before;
  const state = isOpen(added.state) ? (afterStep(before.state, "newReport") ?? before.state) : before.state;
  const own = state === before.state ? before.dueAt : dueAt(now, severity);
  const isAwaited = isOpen(added.state) && added.state !== "waiting";
  return { state, severity, category, dueAt: isAwaited && added.dueAt < own ? added.dueAt : own };
}
