// Handing a case to the school's management and their answer. The school learns neither the reporter nor a screenshot
// unless support releases each with a reason; is a manager a party, the state is asked instead (design §8).
import { z } from "zod";
import type { StateActionContext, StateActionDefinition } from "#lib/action/perform-action.ts";
import { ActionRefusal } from "#lib/action/result.ts";
import type { Transaction } from "#lib/db/client.ts";
import { MeasureKind } from "#prisma/generated/enums.ts";
import { answeringRole, managedSchoolIds, supportRole } from "./access.ts";
import { afterStep } from "./case-life.ts";
import { lockCase, stateAfter, writeCaseStep } from "./case-lock.ts";
import { writeCaseEntry } from "./case-entries.ts";
import { CASE_TEXT } from "./limits.ts";

const reason = z.string().trim().min(CASE_TEXT.leastReason).max(CASE_TEXT.most);
const shown = { caseId: z.uuid(), version: z.number().int().positive() };
const escalateInput = z.object({ ...shown, message: reason });
const releaseInput = z.object({ ...shown, what: z.enum(["reporter", "screenshot"]), reason });
const answerInput = z.object({
  escalationId: z.uuid(),
  text: reason,
  wanted: z.array(z.enum(MeasureKind)).max(Object.values(MeasureKind).length),
});

async function escalate(context: StateActionContext<z.infer<typeof escalateInput>>): Promise<{ toState: boolean }> {
  const { tx, principal, input, now } = context;
  const found = await lockCase(tx, principal, input.caseId, input.version);
  const state = stateAfter(found, "escalate");
  const { schoolId } = found;
  // nobody to ask until support has said which school it is
  if (schoolId === null) throw new ActionRefusal("stepNotPossible");
  const open = await tx.caseEscalation.findFirst({ where: { caseId: found.id, answeredAt: null } });
  if (open !== null) throw new ActionRefusal("alreadyDone");
  const toState = await cannotAskSchool(tx, found.id, schoolId);
  const { id: escalationId } = await tx.caseEscalation.create({
    data: {
      caseId: found.id,
      schoolId,
      toState,
      message: input.message,
      createdById: principal.personId,
      createdAt: now,
    },
  });
  await writeCaseStep(
    context,
    found,
    { state, waitingUntil: null },
    { type: "escalated", escalationId, toState, text: input.message },
    { step: "escalated", after: toState ? "state" : schoolId },
  );
  return { toState };
}

/** A manager is a party, or there is none who could answer. */
async function cannotAskSchool(tx: Transaction, caseId: string, schoolId: string): Promise<boolean> {
  const managers = await tx.person.findMany({
    where: { affiliations: { some: { schoolId, role: "schoolManagement" } } },
    select: { enabled: true, leftAt: true, caseParties: { where: { caseId }, select: { role: true } } },
  });
  const isThere = managers.some(({ enabled, leftAt }) => enabled && leftAt === null);
  return !isThere || managers.some(({ caseParties }) => caseParties.length > 0);
}

async function release(context: StateActionContext<z.infer<typeof releaseInput>>): Promise<null> {
  const { tx, principal, input, actor, now } = context;
  const found = await lockCase(tx, principal, input.caseId, input.version);
  const escalation = await tx.caseEscalation.findFirst({
    where: { caseId: found.id },
    orderBy: { createdAt: "desc" },
  });
  if (escalation === null) throw new ActionRefusal("stepNotPossible");
  const { what } = input;
  const before = what === "reporter" ? escalation.reporterReleasedReason : escalation.screenshotReleasedReason;
  if (before !== null) throw new ActionRefusal("alreadyDone");
  await tx.caseEscalation.update({
    where: { id: escalation.id },
    data: what === "reporter" ? { reporterReleasedReason: input.reason } : { screenshotReleasedReason: input.reason },
  });
  await tx.reportCase.update({
    where: { id: found.id },
    data: { changedAt: now, version: { increment: 1 } },
  });
  await writeCaseEntry(tx, found.id, { type: "released", what, reason: input.reason }, actor);
  await context.audit({
    type: "caseReleased",
    caseId: found.id,
    number: Number(found.number),
    what,
    reason: input.reason,
  });
  return null;
}

async function answer(context: StateActionContext<z.infer<typeof answerInput>>): Promise<null> {
  const { tx, principal, input, now, actor } = context;
  const escalation = await tx.caseEscalation.findFirst({
    where: {
      id: input.escalationId,
      OR: [
        { toState: false, schoolId: { in: managedSchoolIds(principal) } },
        ...(principal.consoleRoles.includes("landAdmin") ? [{ toState: true }] : []),
      ],
    },
  });
  if (escalation === null) throw new ActionRefusal("notFound");
  const found = await lockCase(tx, principal, escalation.caseId);
  // read again under the lock: of two managers the second sees that the first answered
  const open = await tx.caseEscalation.findUniqueOrThrow({ where: { id: escalation.id } });
  if (open.answeredAt !== null) throw new ActionRefusal("alreadyDone");
  const wanted = [...new Set(input.wanted)];
  await tx.caseEscalation.update({
    where: { id: open.id },
    data: { answer: input.text, wantedMeasures: wanted, answeredById: principal.personId, answeredAt: now },
  });
  const event = { type: "escalationAnswered", escalationId: open.id, text: input.text, wanted } as const;
  const as = escalation.toState ? "landAdmin" : "schoolManagement";
  await writeCaseStep(
    { ...context, actor: { ...actor, role: as } },
    found,
    { state: afterStep(found.state, "answer") ?? found.state },
    event,
    { step: "answered", after: as },
  );
  return null;
}

export const escalateCaseCommand: StateActionDefinition<typeof escalateInput, { toState: boolean }> = {
  name: "escalateCase",
  input: escalateInput,
  consoleRole: supportRole,
  run: escalate,
};

export const releaseToSchoolCommand: StateActionDefinition<typeof releaseInput, null> = {
  name: "releaseToSchool",
  input: releaseInput,
  consoleRole: supportRole,
  run: release,
};

export const answerEscalationCommand: StateActionDefinition<typeof answerInput, null> = {
  name: "answerEscalation",
  input: answerInput,
  consoleRole: answeringRole,
  run: answer,
};
