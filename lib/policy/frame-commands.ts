// What the actions on the state's frame do inside their transaction (design §4.6): whatever closes is in effect at once,
// whatever opens waits for a second state administrator.
import { z } from "zod";
import { CommittedRefusal, type StateActionContext, type StateActionDefinition } from "#lib/action/perform-action.ts";
import { reason } from "#lib/action/reason.ts";
import { ActionRefusal } from "#lib/action/result.ts";
import { writeAuditMany } from "#lib/audit/write.ts";
import { correlationId } from "#lib/log/log.ts";
import { differingCells } from "./change.ts";
import {
  editsOf,
  frameItems,
  frameProblems,
  planFrameChange,
  withFrameEdits,
  type FrameItem,
  type FrameState,
} from "./frame-change.ts";
import { frameEditsSchema } from "./frame-content.ts";
import { endProposal, noticeTools, tellOfProposal } from "./frame-notices.ts";
import {
  landAdminSince,
  lockFrame,
  lockProposal,
  openProposal,
  writeFrame,
  writeProposal,
  type StoredProposal,
} from "./frame-store.ts";

/** A version, an entry and a job for each of some thousand schools. */
const TIMEOUT_MS = 60_000;

const proposeInput = z.object({ baseVersion: z.number().int().min(1), edits: frameEditsSchema, reason });
const proposalInput = { proposalId: z.uuid() };
const approveInput = z.object({ ...proposalInput, contentHash: z.string().length(64) });
const rejectInput = z.object({ ...proposalInput, reason });
const withdrawInput = z.object(proposalInput);

type Context = Pick<StateActionContext<unknown>, "tx" | "principal" | "actor" | "audit" | "enqueueMany" | "now">;
type FrameChange = { readonly authorId: string; readonly approvedById: string | null; readonly reason: string };

/** For the audit log; a lock's reason is read in the frame itself. */
function recordOf(items: readonly FrameItem[]) {
  return {
    rules: items.flatMap((item) =>
      item.kind === "cell" ? [{ key: item.key, before: item.before, after: item.after }] : [],
    ),
    settings: items.flatMap((item) =>
      item.kind === "setting" ? [{ name: item.name, before: item.before, after: item.after }] : [],
    ),
  };
}

/** Frame, versions, audit entries and jobs together. @returns the number of schools whose matrix it altered */
async function putIntoEffect(
  context: Context,
  base: FrameState,
  items: readonly FrameItem[],
  change: FrameChange,
): Promise<{ readonly next: FrameState; readonly schools: number }> {
  const next = withFrameEdits(base, editsOf(items));
  const altered = await writeFrame(context.tx, { next, ...change });
  await writeAuditMany(
    context.tx,
    altered.map(({ school, cells }) => ({
      scope: school.id,
      event: {
        type: "frameChanged",
        version: school.version + 1,
        frameVersion: next.version,
        before: school.cells,
        after: cells,
        edits: differingCells(school.cells, cells).map(({ cell, allowed }) => ({
          key: `${cell.from}>${cell.to}`,
          allowed,
        })),
        reason: change.reason,
      },
    })),
    { actor: context.actor, correlationId: correlationId() },
  );
  await context.audit({
    type: "frameWritten",
    frameVersion: next.version,
    ...recordOf(items),
    schools: altered.length,
    authorId: change.authorId,
    approvedById: change.approvedById,
    reason: change.reason,
  });
  // an opening withdraws nothing
  const closing = altered.filter(({ school, cells }) =>
    differingCells(school.cells, cells).some(({ allowed }) => !allowed),
  );
  await context.enqueueMany(
    "withdraw-invitations",
    closing.map(({ school }) => ({
      data: { schoolId: school.id, version: school.version + 1 },
      key: school.id,
    })),
  );
  return { next, schools: altered.length };
}

async function close(context: Context, proposal: StoredProposal, status: "expired" | "void"): Promise<void> {
  await endProposal({ ...context, tools: noticeTools(context) }, proposal.id, status);
}

async function propose(context: StateActionContext<z.infer<typeof proposeInput>>) {
  const { tx, principal, input, now } = context;
  const base = await lockFrame(tx);
  if (input.baseVersion !== base.version) throw new ActionRefusal("staleVersion");
  if (frameProblems(base, input.edits).length > 0) throw new ActionRefusal("frameInvalid");
  const { immediate, waiting } = planFrameChange(base, input.edits);
  if (immediate.length === 0 && waiting.length === 0) throw new ActionRefusal("nothingChanged");

  const open = await openProposal(tx);
  if (open && open.expiresAt <= now) await close(context, open, "expired");
  else if (open && waiting.length > 0) throw new ActionRefusal("proposalOpen");
  // it was shown on the frame that ends now
  else if (open) await close(context, open, "void");

  const authorId = principal.personId;
  const applied =
    immediate.length === 0
      ? null
      : await putIntoEffect(context, base, immediate, { authorId, approvedById: null, reason: input.reason });
  if (waiting.length === 0) return { frameVersion: applied?.next.version ?? null, proposalId: null };

  const current = applied?.next ?? base;
  const proposal = { authorId, baseVersion: current.version, edits: editsOf(waiting), reason: input.reason };
  const { id } = await writeProposal(tx, proposal, current.requestExpiryDays, now);
  await context.audit({ type: "frameProposed", proposalId: id, ...recordOf(waiting), reason: input.reason });
  await tellOfProposal(noticeTools(context), id, "submitted");
  return { frameVersion: applied?.next.version ?? null, proposalId: id };
}

/** The frame before the proposal, as propose does it: two people never wait for each other in a ring. */
async function lockedProposal(context: StateActionContext<{ readonly proposalId: string }>) {
  const base = await lockFrame(context.tx);
  const proposal = await lockProposal(context.tx, context.input.proposalId);
  if (!proposal) throw new ActionRefusal("notFound");
  if (proposal.status !== "pending") throw new ActionRefusal("requestDecided");
  return { base, proposal };
}

async function approve(context: StateActionContext<z.infer<typeof approveInput>>) {
  const { tx, principal, input, now } = context;
  const { base, proposal } = await lockedProposal(context);
  if (proposal.expiresAt <= now) {
    await close(context, proposal, "expired");
    return new CommittedRefusal("requestExpired");
  }
  if (proposal.contentHash !== input.contentHash) throw new ActionRefusal("requestChanged");
  const approvedById = principal.personId;
  const { authorId } = proposal;
  if (authorId === approvedById) throw new ActionRefusal("isAuthor");
  const since = await landAdminSince(tx, approvedById);
  if (!since) throw new ActionRefusal("notFound");
  if (since >= proposal.createdAt) throw new ActionRefusal("grantTooYoung");
  if (!(await landAdminSince(tx, authorId))) throw new ActionRefusal("authorLostRole");
  if (proposal.baseVersion !== base.version) {
    await close(context, proposal, "void");
    return new CommittedRefusal("requestVoid");
  }
  await tx.frameProposal.update({
    where: { id: proposal.id },
    data: { status: "approved", decidedAt: now, decidedById: approvedById },
  });
  const items = frameItems(base, proposal.edits);
  const { next } = await putIntoEffect(context, base, items, { authorId, approvedById, reason: proposal.reason });
  await tellOfProposal(noticeTools(context), proposal.id, "approved", approvedById);
  return { frameVersion: next.version };
}

async function reject(context: StateActionContext<z.infer<typeof rejectInput>>) {
  const { tx, principal, input, now } = context;
  const { proposal } = await lockedProposal(context);
  if (proposal.authorId === principal.personId) throw new ActionRefusal("isAuthor");
  await tx.frameProposal.update({
    where: { id: proposal.id },
    data: { status: "rejected", decidedAt: now, decidedById: principal.personId, decisionReason: input.reason },
  });
  await context.audit({ type: "frameProposalRejected", proposalId: proposal.id, reason: input.reason });
  await tellOfProposal(noticeTools(context), proposal.id, "rejected", principal.personId);
  return null;
}

async function withdraw(context: StateActionContext<z.infer<typeof withdrawInput>>) {
  const { tx, principal, now } = context;
  const { proposal } = await lockedProposal(context);
  if (proposal.authorId !== principal.personId) throw new ActionRefusal("notAuthor");
  await tx.frameProposal.update({
    where: { id: proposal.id },
    data: { status: "withdrawn", decidedAt: now, decidedById: principal.personId },
  });
  await context.audit({ type: "frameProposalWithdrawn", proposalId: proposal.id });
  await tellOfProposal(noticeTools(context), proposal.id, "withdrawn", principal.personId);
  return null;
}

type Proposed = { readonly frameVersion: number | null; readonly proposalId: string | null };

export const proposeFrameCommand: StateActionDefinition<typeof proposeInput, Proposed> = {
  name: "proposeFrame",
  input: proposeInput,
  consoleRole: "landAdmin",
  recentSignIn: true,
  timeoutMs: TIMEOUT_MS,
  run: propose,
};

export const approveFrameCommand: StateActionDefinition<typeof approveInput, { readonly frameVersion: number }> = {
  name: "approveFrame",
  input: approveInput,
  consoleRole: "landAdmin",
  recentSignIn: true,
  timeoutMs: TIMEOUT_MS,
  run: approve,
};

export const rejectFrameCommand: StateActionDefinition<typeof rejectInput, null> = {
  name: "rejectFrame",
  input: rejectInput,
  consoleRole: "landAdmin",
  run: reject,
};

export const withdrawFrameCommand: StateActionDefinition<typeof withdrawInput, null> = {
  name: "withdrawFrame",
  input: withdrawInput,
  consoleRole: "landAdmin",
  run: withdraw,
};
