// The server actions on cases. Every export is a public endpoint: one line over the commands.
"use server";
import { defineAction } from "#lib/action/define-action.ts";
import type { ActionResult } from "#lib/action/result.ts";
import type { CaseOutcome, CaseSeverity, MeasureKind, ReportCategory } from "#prisma/generated/enums.ts";
import {
  assignCaseCommand,
  closeCasesCommand,
  correctCaseCommand,
  noteCaseCommand,
  reopenCaseCommand,
  resolveCaseCommand,
  resumeCaseCommand,
  waitCaseCommand,
} from "./case-commands.ts";
import { answerEscalationCommand, escalateCaseCommand, releaseToSchoolCommand } from "./escalation-commands.ts";
import { openEvidenceCommand, openReleasedCommand, type OpenedEvidence } from "./evidence.ts";
import { mergeCaseCommand, splitCaseCommand } from "./merge-commands.ts";
import { removeViewCommand, saveViewCommand } from "./view-commands.ts";

type Shown = { readonly caseId: string; readonly version: number };
type Done = Promise<ActionResult<null>>;

const assign = defineAction(assignCaseCommand);
const correct = defineAction(correctCaseCommand);
const note = defineAction(noteCaseCommand);
const wait = defineAction(waitCaseCommand);
const resume = defineAction(resumeCaseCommand);
const resolve = defineAction(resolveCaseCommand);
const reopen = defineAction(reopenCaseCommand);
const closeMany = defineAction(closeCasesCommand);
const merge = defineAction(mergeCaseCommand);
const split = defineAction(splitCaseCommand);
const escalate = defineAction(escalateCaseCommand);
const release = defineAction(releaseToSchoolCommand);
const answer = defineAction(answerEscalationCommand);
const look = defineAction(openEvidenceCommand());
const lookReleased = defineAction(openReleasedCommand());
const save = defineAction(saveViewCommand);
const remove = defineAction(removeViewCommand);

export type AssignTo =
  | { readonly kind: "me" | "nobody" }
  | { readonly kind: "person"; readonly personId: string }
  | { readonly kind: "team"; readonly team: string };

export async function assignCase(input: Shown & { readonly to: AssignTo }): Done {
  return await assign(input);
}

export async function correctCase(
  input: Shown & { readonly category?: ReportCategory; readonly severity?: CaseSeverity; readonly schoolId?: string },
): Done {
  return await correct(input);
}

export async function noteCase(input: { readonly caseId: string; readonly text: string }): Done {
  return await note(input);
}

export async function waitCase(input: Shown & { readonly until: string; readonly text: string }): Done {
  return await wait(input);
}

export async function resumeCase(input: Shown): Done {
  return await resume(input);
}

export async function resolveCase(input: Shown & { readonly outcome: CaseOutcome; readonly text: string }): Done {
  return await resolve(input);
}

export async function reopenCase(input: Shown & { readonly text: string }): Done {
  return await reopen(input);
}

export async function closeCases(input: {
  readonly cases: readonly Shown[];
  readonly outcome: CaseOutcome;
  readonly text: string;
}): Promise<ActionResult<{ readonly closed: number; readonly skipped: number }>> {
  return await closeMany(input);
}

export async function mergeCase(
  input: Shown & { readonly intoNumber: number },
): Promise<ActionResult<{ readonly caseId: string }>> {
  return await merge(input);
}

export async function splitCase(
  input: Shown & { readonly reportIds: readonly string[] },
): Promise<ActionResult<{ readonly caseId: string }>> {
  return await split(input);
}

export async function escalateCase(
  input: Shown & { readonly message: string },
): Promise<ActionResult<{ readonly toState: boolean }>> {
  return await escalate(input);
}

export async function releaseToSchool(
  input: Shown & { readonly what: "reporter" | "screenshot"; readonly reason: string },
): Done {
  return await release(input);
}

export async function answerEscalation(input: {
  readonly escalationId: string;
  readonly text: string;
  readonly wanted: readonly MeasureKind[];
}): Done {
  return await answer(input);
}

export async function openEvidence(
  input: { readonly caseId: string } & ({ readonly evidenceId: string } | { readonly reportId: string }),
): Promise<ActionResult<OpenedEvidence>> {
  return await look(input);
}

export async function openReleased(input: {
  readonly escalationId: string;
  readonly evidenceId: string;
}): Promise<ActionResult<OpenedEvidence>> {
  return await lookReleased(input);
}

export async function saveView(input: { readonly name: string; readonly query: string }): Done {
  return await save(input);
}

export async function removeView(input: { readonly viewId: string }): Done {
  return await remove(input);
}
