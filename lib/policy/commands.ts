// What the actions of the policy domain do inside their transaction. Apart from actions.ts, because every export of a
// "use server" file is a public endpoint.
import { z } from "zod";
import { CommittedRefusal, type ActionContext, type ActionDefinition } from "#lib/action/perform-action.ts";
import { reason } from "#lib/action/reason.ts";
import { ActionRefusal } from "#lib/action/result.ts";
import { mayEditSchool, rolesAt } from "#lib/auth/principal.ts";
import { authoringRole, mayApprove, mayReject } from "./approval.ts";
import { planChange } from "./change.ts";
import { planEnds } from "./end-change.ts";
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
import { noticeTools, tellOfRequest } from "./request-notices.ts";
import { CELLS, cellKey, parseCellKey } from "./roles.ts";
import { lockSchoolPolicy, writeVersion } from "./store.ts";
import { describeRequest, toDecidedItems } from "./summary-items.ts";

const schoolId = z.string().min(1).max(255);
const cell = z.string().transform((key, context) => {
  const parsed = parseCellKey(key);
  if (parsed) return parsed;
  context.addIssue("not a cell of the matrix");
  return z.NEVER;
});

const submitInput = z
  .object({
    schoolId,
    baseVersion: z.number().int().min(1),
    edits: z.array(z.object({ key: cell, allowed: z.boolean() })).max(CELLS.length),
    /** Openings in effect that shall end on `endsOn`, or on no day. */
    ends: z.array(cell).max(CELLS.length).default([]),
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
  })
  .refine(({ edits, ends }) => {
    const keys = [...edits.map(({ key }) => key), ...ends].map(cellKey);
    return keys.length > 0 && new Set(keys).size === keys.length;
  }, "no cell, or a cell that is named twice");

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
  const { endsOn } = input;
  const ends = planEnds(policy, input.ends, endsOn);
  if (plan.locked.length + ends.locked.length > 0) throw new ActionRefusal("cellLocked");
  const immediate = [...plan.immediate, ...ends.immediate];
  const waiting = [...plan.waiting, ...ends.waiting];
  const mayEnd = input.ends.length > 0 || [...immediate, ...waiting].some(({ allowed }) => allowed);
  if (ends.notOpen.length > 0 || (endsOn !== null && !(mayEnd && isPossibleEnd(endsOn, now)))) {
    throw new ActionRefusal("endDateNotPossible");
  }

  let version: { number: number } | null = null;
  if (immediate.length > 0) {
    const written = await writeVersion(tx, {
      schoolId: context.schoolId,
      kind: "change",
      policy,
      edits: immediate.map((change) => ({ ...change, endsOn })),
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
      ends: ends.immediate.map((change) => cellKey(change.cell)),
      reason: input.reason,
      endsOn: immediate.some(({ allowed }) => allowed) ? endsOn : null,
    });
    await followVersion(context, written.number);
  }

  const part = {
    schoolId: context.schoolId,
    authorId: principal.personId,
    authorRole,
    cells: waiting.map((change) => change.cell),
    reason: input.reason,
    baseVersion: version?.number ?? policy.version,
    endsOn,
  };
  const expired = await expireOpenRequest(tx, context.schoolId, now);
  if (expired) {
    await context.audit({ type: "requestExpired", requestId: expired.requestId, cells: [...expired.cells] });
    await tellOfRequest(noticeTools(context), expired.requestId, "expired");
  }
  const request = waiting.length === 0 ? null : await addToRequest(tx, part, policy.frame, now);
  if (request) {
    await context.audit({
      type: request.extended ? "requestExtended" : "requestSubmitted",
      requestId: request.requestId,
      cells: request.cells,
      reason: input.reason,
      endsOn,
    });
    await tellOfRequest(noticeTools(context), request.requestId, request.extended ? "extended" : "submitted");
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
    await tellOfRequest(noticeTools(context), request.id, "expired");
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
    await tellOfRequest(noticeTools(context), request.id, "void");
    return new CommittedRefusal("requestVoid");
  }

  const approverId = principal.personId;
  const decidedItems = toDecidedItems(await describeRequest(tx, policy, request));
  await tx.changeRequest.update({
    where: { id: request.id },
    data: { status: "approved", decidedAt: now, decidedById: approverId, decidedItems },
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
  await tellOfRequest(noticeTools(context), request.id, "approved", approverId);
  await followVersion(context, written.number);
  return { versionNumber: written.number };
}

async function reject(context: ActionContext<z.infer<typeof rejectInput>>) {
  const { tx, principal, input, now } = context;
  const { policy, request } = await lockedDecision(context);
  const question = await decisionQuestion(tx, request, principal.personId, 0, now);
  const answer = mayReject(question);
  if (!answer.allowed) throw new ActionRefusal(answer.refusal);
  const decidedItems = toDecidedItems(await describeRequest(tx, policy, request));
  const decision = { decidedAt: now, decidedById: principal.personId, decisionReason: input.reason, decidedItems };
  await tx.changeRequest.update({ where: { id: request.id }, data: { status: "rejected", ...decision } });
  const cells = request.cells.map(cellKey);
  await context.audit({ type: "requestRejected", requestId: request.id, cells, reason: input.reason });
  await tellOfRequest(noticeTools(context), request.id, "rejected", principal.personId);
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
