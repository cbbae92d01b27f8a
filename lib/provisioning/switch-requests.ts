// Sensitive switches of a school: asked for by one person, decided by another (design §4.8, §9). The database holds the
// two persons once more.
import { z } from "zod";
import { CommittedRefusal, type ActionContext, type ActionDefinition } from "#lib/action/perform-action.ts";
import { reason } from "#lib/action/reason.ts";
import { ActionRefusal } from "#lib/action/result.ts";
import { mayEditSchool } from "#lib/auth/principal.ts";
import type { Reader, Transaction } from "#lib/db/client.ts";
import { mayApprove, mayReject, type ApprovalRole, type DecisionQuestion } from "#lib/policy/approval.ts";
import type { SchoolSwitch } from "./switches.ts";

const DAY_MS = 86_400_000;

const decisionInput = z.object({ requestId: z.uuid() });
const rejectInput = decisionInput.extend({ reason });
type AnyContext = Pick<ActionContext<unknown>, "tx" | "schoolId" | "now" | "audit">;

/** @returns its id */
export async function openSwitchRequest(
  context: AnyContext,
  wish: {
    readonly name: SchoolSwitch;
    readonly author: { readonly personId: string; readonly role: ApprovalRole };
    readonly reason: string;
  },
): Promise<string> {
  const { tx, schoolId, now } = context;
  const { name: switchName, author, reason } = wish;
  const open = await tx.switchRequest.findFirst({ where: { schoolId, switchName, status: "pending" } });
  if (open !== null && open.expiresAt > now) throw new ActionRefusal("requestOpen");
  if (open !== null) await expire(context, open);
  const frame = await tx.policyFrame.findFirstOrThrow({ orderBy: { version: "desc" } });
  const { id } = await tx.switchRequest.create({
    data: {
      ...{ schoolId, switchName, authorId: author.personId, authorRole: author.role, reason, createdAt: now },
      expiresAt: new Date(now.getTime() + frame.requestExpiryDays * DAY_MS),
    },
  });
  await context.audit({ type: "switchRequested", requestId: id, switchName, reason });
  return id;
}

type Row = NonNullable<Awaited<ReturnType<Transaction["switchRequest"]["findFirst"]>>>;

async function expire({ tx, now, audit }: AnyContext, { id, switchName }: Row): Promise<void> {
  await tx.switchRequest.update({ where: { id }, data: { status: "expired", decidedAt: now } });
  await audit({ type: "switchExpired", requestId: id, switchName });
}

/** Locks school and request, in this order, as every decision and every switch does. */
async function lockedRequest(context: ActionContext<{ readonly requestId: string }>): Promise<Row> {
  const { tx, schoolId, input } = context;
  await tx.$queryRaw`SELECT id FROM school WHERE id = ${schoolId} FOR UPDATE`;
  await tx.$queryRaw`SELECT id FROM switch_request WHERE id = ${input.requestId}::uuid FOR UPDATE`;
  const request = await tx.switchRequest.findUniqueOrThrow({ where: { id: input.requestId } });
  if (request.status !== "pending") throw new ActionRefusal("requestDecided");
  return request;
}

type AskedRequest = Pick<Row, "schoolId" | "authorId" | "authorRole" | "createdAt">;

/** Who asks may be about to decide it, or only to look at it. */
export async function switchDecisionQuestion(
  reader: Reader,
  request: AskedRequest,
  personId: string,
  now: Date,
): Promise<DecisionQuestion> {
  const { schoolId, authorId, createdAt } = request;
  const held = await reader.affiliation.findMany({ where: { schoolId, personId: { in: [authorId, personId] } } });
  const frame = await reader.policyFrame.findFirstOrThrow({ orderBy: { version: "desc" } });
  const authorRole = request.authorRole === "schoolManagement" ? "schoolManagement" : "orgAdmin";
  const ofAuthor = held.filter((one) => one.personId === authorId).map(({ role }) => role);
  return {
    createdAt,
    parts: [{ authorId, authorRole }],
    authorRoles: new Map([[authorId, ofAuthor]]),
    approver: { personId, roles: held.filter((one) => one.personId === personId) },
    approverRoleAgeDays: frame.approverRoleAgeDays,
    now,
  };
}

async function questionOf({ tx, principal, now }: ActionContext<unknown>, request: Row): Promise<DecisionQuestion> {
  return await switchDecisionQuestion(tx, request, principal.personId, now);
}

async function approve(context: ActionContext<z.infer<typeof decisionInput>>) {
  const { tx, schoolId, principal, now } = context;
  const request = await lockedRequest(context);
  if (request.expiresAt <= now) {
    await expire(context, request);
    return new CommittedRefusal("requestExpired");
  }
  const decision = mayApprove(await questionOf(context, request));
  if (!decision.allowed) throw new ActionRefusal(decision.refusal);
  const { id, switchName } = request;
  const decided = { status: "approved", decidedAt: now, decidedById: principal.personId } as const;
  await tx.switchRequest.update({ where: { id }, data: decided });
  await tx.school.update({ where: { id: schoolId }, data: { announcementsEnabled: true } });
  await tx.managedRoom.updateMany({ where: { schoolId, kind: "announcements" }, data: { unwantedSince: null } });
  await context.audit({ type: "switchApproved", requestId: id, switchName });
  await context.audit({ type: "schoolSwitched", switchName, on: true });
  await context.enqueue("provision-school", { schoolId }, schoolId);
  return null;
}

async function reject(context: ActionContext<z.infer<typeof rejectInput>>): Promise<null> {
  const { tx, principal, input, now } = context;
  const request = await lockedRequest(context);
  const decision = mayReject(await questionOf(context, request));
  if (!decision.allowed) throw new ActionRefusal(decision.refusal);
  const { id, switchName } = request;
  await tx.switchRequest.update({
    where: { id },
    data: { status: "rejected", decidedAt: now, decidedById: principal.personId, decisionReason: input.reason },
  });
  await context.audit({ type: "switchRejected", requestId: id, switchName, reason: input.reason });
  return null;
}

async function withdraw(context: ActionContext<z.infer<typeof decisionInput>>): Promise<null> {
  const { tx, principal, now } = context;
  const { id, switchName, authorId } = await lockedRequest(context);
  if (authorId !== principal.personId) throw new ActionRefusal("notAuthor");
  const decided = { status: "withdrawn", decidedAt: now, decidedById: authorId } as const;
  await tx.switchRequest.update({ where: { id }, data: decided });
  await context.audit({ type: "switchWithdrawn", requestId: id, switchName });
  return null;
}

async function schoolOf(tx: Transaction, { requestId }: { readonly requestId: string }): Promise<string | null> {
  return (await tx.switchRequest.findUnique({ where: { id: requestId } }))?.schoolId ?? null;
}

export const approveSwitchCommand: ActionDefinition<typeof decisionInput, null> = {
  name: "approveSwitch",
  input: decisionInput,
  school: schoolOf,
  authorise: mayEditSchool,
  recentSignIn: true,
  run: approve,
};

export const rejectSwitchCommand: ActionDefinition<typeof rejectInput, null> = {
  name: "rejectSwitch",
  input: rejectInput,
  school: schoolOf,
  authorise: mayEditSchool,
  run: reject,
};

export const withdrawSwitchCommand: ActionDefinition<typeof decisionInput, null> = {
  name: "withdrawSwitch",
  input: decisionInput,
  school: schoolOf,
  authorise: mayEditSchool,
  run: withdraw,
};
