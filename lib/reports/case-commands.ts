// What support does with a case, inside the action's transaction. Apart from actions.ts, because every export of a
// "use server" file is a public endpoint.
import { z } from "zod";
import type { StateActionContext, StateActionDefinition } from "#lib/action/perform-action.ts";
import { ActionRefusal } from "#lib/action/result.ts";
import { CaseOutcome, CaseSeverity, ReportCategory } from "#prisma/generated/enums.ts";
import { assigningRole, supportRole } from "./access.ts";
import { afterStep, dueAfter, dueAt } from "./case-life.ts";
import { lockCase, stateAfter, writeCaseStep } from "./case-lock.ts";
import { CASE_TEXT, MOST_BULK, TEAM_LENGTH, WAITING_DAYS } from "./limits.ts";

const caseId = z.uuid();
const version = z.number().int().positive();
const text = z.string().trim().min(CASE_TEXT.least).max(CASE_TEXT.most);
const reason = z.string().trim().min(CASE_TEXT.leastReason).max(CASE_TEXT.most);
const shown = { caseId, version };

const assignInput = z.object({
  ...shown,
  to: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("me") }),
    z.object({ kind: z.literal("person"), personId: z.string().min(1).max(255) }),
    z.object({ kind: z.literal("team"), team: z.string().trim().min(1).max(TEAM_LENGTH) }),
    z.object({ kind: z.literal("nobody") }),
  ]),
});
const correctInput = z.object({
  ...shown,
  category: z.enum(ReportCategory).optional(),
  severity: z.enum(CaseSeverity).optional(),
  schoolId: z.string().min(1).max(255).optional(),
});
const noteInput = z.object({ caseId, text });
const waitInput = z.object({ ...shown, until: z.iso.date(), text });
const resumeInput = z.object(shown);
const resolveInput = z.object({ ...shown, outcome: z.enum(CaseOutcome), text: reason });
const reopenInput = z.object({ ...shown, text: reason });
const bulkInput = z.object({
  cases: z.array(z.object(shown)).min(1).max(MOST_BULK),
  outcome: z.enum(CaseOutcome),
  text: reason,
});

type Context<Schema extends z.ZodType> = StateActionContext<z.infer<Schema>>;

async function assign(context: Context<typeof assignInput>): Promise<null> {
  const { tx, principal, input } = context;
  const found = await lockCase(tx, principal, input.caseId, input.version);
  const { to } = input;
  const assigneeId = to.kind === "me" ? principal.personId : to.kind === "person" ? to.personId : null;
  const team = to.kind === "team" ? to.team : null;
  if (found.assigneeId === assigneeId && found.team === team) throw new ActionRefusal("nothingChanged");
  if (found.state === "resolved") throw new ActionRefusal("stepNotPossible");
  if (assigneeId !== null) await requireWorker(context, found.id, assigneeId);
  const state = assigneeId === null ? found.state : (afterStep(found.state, "take") ?? found.state);
  await writeCaseStep(
    context,
    found,
    { assigneeId, team, state },
    { type: "assigned", personId: assigneeId, team },
    { step: "assigned", before: found.assigneeId ?? found.team, after: assigneeId ?? team },
  );
  return null;
}

/** Somebody of support who is there, and is no party of the case. */
async function requireWorker(
  { tx }: Pick<StateActionContext<unknown>, "tx">,
  id: string,
  personId: string,
): Promise<void> {
  const person = await tx.person.findFirst({
    where: {
      id: personId,
      enabled: true,
      leftAt: null,
      accessBlock: null,
      consoleRoles: { some: { role: "support" } },
    },
    select: { id: true },
  });
  if (person === null) throw new ActionRefusal("notFound");
  const party = await tx.caseParty.findFirst({ where: { caseId: id, personId } });
  if (party !== null) throw new ActionRefusal("isParty");
}

async function correct(context: Context<typeof correctInput>): Promise<null> {
  const { tx, principal, input } = context;
  const found = await lockCase(tx, principal, input.caseId, input.version);
  const { category = found.category, severity = found.severity, schoolId = found.schoolId } = input;
  if (category === found.category && severity === found.severity && schoolId === found.schoolId) {
    throw new ActionRefusal("nothingChanged");
  }
  if (schoolId !== null && (await tx.school.findUnique({ where: { id: schoolId } })) === null) {
    throw new ActionRefusal("notFound");
  }
  if (category !== found.category) {
    const change = { before: found.category, after: category };
    await writeCaseStep(
      context,
      found,
      { category },
      { type: "categorised", ...change },
      { step: "categorised", ...change },
    );
  }
  if (severity !== found.severity) {
    const change = { before: found.severity, after: severity };
    const data = { severity, dueAt: dueAfter(found, severity), toldOverdueAt: null };
    await writeCaseStep(context, found, data, { type: "severitySet", ...change }, { step: "severitySet", ...change });
  }
  if (schoolId !== found.schoolId) {
    const change = { before: found.schoolId, after: schoolId };
    await writeCaseStep(
      context,
      found,
      { schoolId },
      { type: "schoolSet", ...change },
      { step: "schoolSet", ...change },
    );
  }
  return null;
}

async function note(context: Context<typeof noteInput>): Promise<null> {
  const { tx, principal, input } = context;
  const found = await lockCase(tx, principal, input.caseId);
  // a note is no reason to refuse what somebody else is about to do
  await writeCaseStep(
    context,
    found,
    { version: found.version },
    { type: "note", text: input.text },
    { step: "noted" },
  );
  return null;
}

const DAY_MS = 86_400_000;

async function wait(context: Context<typeof waitInput>): Promise<null> {
  const { tx, principal, input, now } = context;
  const until = new Date(`${input.until}T00:00:00Z`);
  const latest = new Date(now.getTime() + WAITING_DAYS * DAY_MS);
  if (until <= now || until > latest) throw new ActionRefusal("endDateNotPossible");
  const found = await lockCase(tx, principal, input.caseId, input.version);
  await writeCaseStep(
    context,
    found,
    { state: stateAfter(found, "wait"), waitingUntil: until },
    { type: "waiting", until: input.until, text: input.text },
    { step: "waiting", after: input.until },
  );
  return null;
}

async function resume(context: Context<typeof resumeInput>): Promise<null> {
  const { tx, principal, input } = context;
  const found = await lockCase(tx, principal, input.caseId, input.version);
  const data = { state: stateAfter(found, "resume"), waitingUntil: null };
  await writeCaseStep(context, found, data, { type: "resumed" }, { step: "resumed" });
  return null;
}

async function close(
  context: StateActionContext<unknown>,
  { caseId: id, version: seen }: { readonly caseId: string; readonly version: number },
  { outcome, text: why }: { readonly outcome: CaseOutcome; readonly text: string },
): Promise<void> {
  const found = await lockCase(context.tx, context.principal, id, seen);
  const data = { state: stateAfter(found, "resolve"), outcome, closedAt: context.now, waitingUntil: null };
  await writeCaseStep(
    context,
    found,
    data,
    { type: "resolved", outcome, text: why },
    { step: "resolved", after: outcome },
  );
}

async function resolve(context: Context<typeof resolveInput>): Promise<null> {
  await close(context, context.input, context.input);
  return null;
}

async function reopen(context: Context<typeof reopenInput>): Promise<null> {
  const { tx, principal, input, now } = context;
  const found = await lockCase(tx, principal, input.caseId, input.version);
  const data = {
    state: stateAfter(found, "reopen"),
    outcome: null,
    closedAt: null,
    dueAt: dueAt(now, found.severity),
    toldOverdueAt: null,
  };
  await writeCaseStep(
    context,
    found,
    data,
    { type: "reopened", text: input.text },
    { step: "reopened", before: found.outcome },
  );
  return null;
}

/** What changed since it was shown is left as it is, and told; the rest is closed. */
async function closeMany(context: Context<typeof bulkInput>): Promise<{ closed: number; skipped: number }> {
  const { input } = context;
  const wanted = new Map(input.cases.map((one) => [one.caseId, one]));
  let skipped = 0;
  // in one order, so that two people with the same selection do not wait for each other in a circle
  for (const one of [...wanted.values()].toSorted((a, b) => (a.caseId < b.caseId ? -1 : 1))) {
    try {
      await close(context, one, input);
    } catch (error) {
      if (!(error instanceof ActionRefusal)) throw error;
      skipped += 1;
    }
  }
  if (skipped === wanted.size) throw new ActionRefusal("caseChanged");
  return { closed: wanted.size - skipped, skipped };
}

export const assignCaseCommand: StateActionDefinition<typeof assignInput, null> = {
  name: "assignCase",
  input: assignInput,
  consoleRole: assigningRole,
  run: assign,
};

export const correctCaseCommand: StateActionDefinition<typeof correctInput, null> = {
  name: "correctCase",
  input: correctInput,
  consoleRole: supportRole,
  run: correct,
};

export const noteCaseCommand: StateActionDefinition<typeof noteInput, null> = {
  name: "noteCase",
  input: noteInput,
  consoleRole: supportRole,
  run: note,
};

export const waitCaseCommand: StateActionDefinition<typeof waitInput, null> = {
  name: "waitCase",
  input: waitInput,
  consoleRole: supportRole,
  run: wait,
};

export const resumeCaseCommand: StateActionDefinition<typeof resumeInput, null> = {
  name: "resumeCase",
  input: resumeInput,
  consoleRole: supportRole,
  run: resume,
};

export const resolveCaseCommand: StateActionDefinition<typeof resolveInput, null> = {
  name: "resolveCase",
  input: resolveInput,
  consoleRole: supportRole,
  run: resolve,
};

export const reopenCaseCommand: StateActionDefinition<typeof reopenInput, null> = {
  name: "reopenCase",
  input: reopenInput,
  consoleRole: supportRole,
  run: reopen,
};

export const closeCasesCommand: StateActionDefinition<typeof bulkInput, { closed: number; skipped: number }> = {
  name: "closeCases",
  input: bulkInput,
  consoleRole: supportRole,
  timeoutMs: 30_000,
  run: closeMany,
};
