// What the actions of the policy domain do inside their transaction. Apart from actions.ts, because every export of a
// "use server" file is a public endpoint.
import { z } from "zod";
import { CommittedRefusal, type ActionContext, type ActionDefinition } from "#lib/action/perform-action.ts";
import { ActionRefusal } from "#lib/action/result.ts";
import { mayEditSchool, rolesAt } from "#lib/auth/principal.ts";
import { authoringRole, mayApprove, mayReject } from "./approval.ts";
import { planChange } from "./change.ts";
import { isPossibleEnd, parseDay } from "./end-date.ts";
import {
  addToRequest,
  decisionQuestion,
  endedCells,
  expireOpenRequest,
  lockRequest,
  openingsOf,
  overtakenCells,
  schoolOfRequest,
} from "./requests.ts";
import { CELLS, cellKey, parseCellKey } from "./roles.ts";
import { lockSchoolPolicy, writeVersion } from "./store.ts";

const schoolId = z.string().min(1).max(255);
const reason = z.string().trim().min(10).max(1_000);
const cell = z.string().transform((key, context) => {
  const parsed = parseCellKey(key);
  if (parsed) return parsed;
  context.addIssue("not a cell of the matrix");
  return z.NEVER;
});

const submitInput = z.object({
  schoolId,
  baseVersion: z.number().int().min(1),
  edits: z
    .array(z.object({ key: cell, allowed: z.boolean() }))
    .min(1)
    .max(CELLS.length)
    .refine((edits) => new Set(edits.map(({ key }) => cellKey(key))).size === edits.length, "a cell is named twice"),
  reason,
  endsOn: z
    .string()
    .transform((text, context) => {
      const day = parseDay(text);
      if (day) return day;
      context.addIssue("not a day of the calendar");
      return z.NEVER;
    })
    .nullable()
    .default(null),
});

const decisionInput = { schoolId, requestId: z.uuid() };
const approveInput = z.object({ ...decisionInput, contentHash: z.string().length(64) });
const rejectInput = z.object({ ...decisionInput, reason });

async function lockedPolicy({ tx, schoolId: id }: Pick<ActionContext<unknown>, "tx" | "schoolId">) {
  const policy = await lockSchoolPolicy(tx, id);
  if (!policy) throw new ActionRefusal("notFound");
  return policy;
}

/** Pending invitations follow every version (design §4.11); the job is queued with it. */
async function followVersion(context: Pick<ActionContext<unknown>, "enqueue" | "schoolId">, version: number) {
  await context.enqueue("withdraw-invitations", { schoolId: context.schoolId, version }, context.schoolId);
}

async function submit(context: ActionContext<z.infer<typeof submitInput>>) {
  const { tx, principal, input, now } = context;
  const authorRole = authoringRole(rolesAt(principal, context.schoolId));
  if (!authorRole) throw new ActionRefusal("noApprovalRole");
  const policy = await lockedPolicy(context);
  if (input.baseVersion !== policy.version) throw new ActionRefusal("staleVersion");
  const plan = planChange(
    policy.frame,
    policy.cells,
    input.edits.map(({ key, allowed }) => ({ cell: key, allowed })),
  );
  if (plan.locked.length > 0) throw new ActionRefusal("cellLocked");
  const { endsOn } = input;
  const opens = [...plan.immediate, ...plan.waiting].some(({ allowed }) => allowed);
  if (endsOn !== null && !(opens && isPossibleEnd(endsOn, now))) throw new ActionRefusal("endDateNotPossible");

  let version: { number: number } | null = null;
  if (plan.immediate.length > 0) {
    const written = await writeVersion(tx, {
      schoolId: context.schoolId,
      kind: "change",
      policy,
      edits: plan.immediate.map((change) => ({ ...change, endsOn })),
      authorId: principal.personId,
      reason: input.reason,
    });
    version = written;
    await context.audit({
      type: "policyChanged",
      version: written.number,
      before: policy.cells,
      after: written.cells,
      edits: plan.immediate.map((change) => ({ key: cellKey(change.cell), allowed: change.allowed })),
      reason: input.reason,
      endsOn: plan.immediate.some(({ allowed }) => allowed) ? endsOn : null,
    });
    await followVersion(context, written.number);
  }

  const part = {
    schoolId: context.schoolId,
    authorId: principal.personId,
    authorRole,
    cells: plan.waiting.map((change) => change.cell),
    reason: input.reason,
    baseVersion: version?.number ?? policy.version,
    endsOn,
  };
  const expired = await expireOpenRequest(tx, context.schoolId, now);
  if (expired) await context.audit({ type: "requestExpired", requestId: expired.requestId, cells: [...expired.cells] });
  const request = plan.waiting.length === 0 ? null : await addToRequest(tx, part, policy.frame, now);
  if (request) {
    await context.audit({
      type: request.extended ? "requestExtended" : "requestSubmitted",
      requestId: request.requestId,
      cells: request.cells,
      reason: input.reason,
      endsOn,
    });
  }
  if (!version && !request) throw new ActionRefusal("nothingChanged");
  return { versionNumber: version?.number ?? null, requestId: request?.requestId ?? null };
}

/** The school before the request, as submit does it: two people never wait for each other in a ring. */
export async function lockedDecision(context: ActionContext<{ readonly requestId: string }>) {
  const policy = await lockedPolicy(context);
  const request = await lockRequest(context.tx, context.input.requestId, context.principal.personId);
  if (request.status !== "pending") throw new ActionRefusal("requestDecided");
  return { policy, request };
}

async function approve(context: ActionContext<z.infer<typeof approveInput>>) {
  const { tx, principal, input, now } = context;
  const { policy, request } = await lockedDecision(context);
  const keys = request.cells.map(cellKey);
  if (request.expiresAt <= now) {
    await tx.changeRequest.update({ where: { id: request.id }, data: { status: "expired", decidedAt: now } });
    await context.audit({ type: "requestExpired", requestId: request.id, cells: keys });
    return new CommittedRefusal("requestExpired");
  }
  if (request.contentHash !== input.contentHash) throw new ActionRefusal("requestChanged");
  const { frame } = policy;
  const decision = mayApprove(await decisionQuestion(tx, request, principal.personId, frame.approverRoleAgeDays, now));
  if (!decision.allowed) throw new ActionRefusal(decision.refusal);

  const gone = [...(await overtakenCells(tx, request, frame)), ...endedCells(request.parts, now)];
  const overtaken = [...new Set(gone)];
  if (overtaken.length > 0) {
    await tx.changeRequest.update({ where: { id: request.id }, data: { status: "void", decidedAt: now } });
    await context.audit({ type: "requestVoided", requestId: request.id, cells: overtaken });
    return new CommittedRefusal("requestVoid");
  }

  const approverId = principal.personId;
  await tx.changeRequest.update({
    where: { id: request.id },
    data: { status: "approved", decidedAt: now, decidedById: approverId },
  });
  const [first] = request.parts;
  const written = await writeVersion(tx, {
    schoolId: context.schoolId,
    kind: "approval",
    policy,
    edits: openingsOf(request.parts),
    authorId: first?.authorId ?? null,
    approval: { requestId: request.id, approverId },
    reason: first?.reason ?? "",
  });
  await context.audit({
    type: "requestApproved",
    requestId: request.id,
    version: written.number,
    before: policy.cells,
    after: written.cells,
    cells: keys,
  });
  await followVersion(context, written.number);
  return { versionNumber: written.number };
}

async function reject(context: ActionContext<z.infer<typeof rejectInput>>) {
  const { tx, principal, input, now } = context;
  const { request } = await lockedDecision(context);
  const question = await decisionQuestion(tx, request, principal.personId, 0, now);
  const decision = mayReject(question);
  if (!decision.allowed) throw new ActionRefusal(decision.refusal);
  await tx.changeRequest.update({
    where: { id: request.id },
    data: { status: "rejected", decidedAt: now, decidedById: principal.personId, decisionReason: input.reason },
  });
  const cells = request.cells.map(cellKey);
  await context.audit({ type: "requestRejected", requestId: request.id, cells, reason: input.reason });
  return null;
}

type Submitted = { readonly versionNumber: number | null; readonly requestId: string | null };

export const submitChangeCommand: ActionDefinition<typeof submitInput, Submitted> = {
  name: "submitChange",
  input: submitInput,
  school: (_tx, input) => Promise.resolve(input.schoolId),
  authorise: mayEditSchool,
  run: submit,
};

export const approveRequestCommand: ActionDefinition<typeof approveInput, { readonly versionNumber: number }> = {
  name: "approveRequest",
  input: approveInput,
  school: schoolOfRequest,
  authorise: mayEditSchool,
  recentSignIn: true,
  run: approve,
};

export const rejectRequestCommand: ActionDefinition<typeof rejectInput, null> = {
  name: "rejectRequest",
  input: rejectInput,
  school: schoolOfRequest,
  authorise: mayEditSchool,
  run: reject,
};
