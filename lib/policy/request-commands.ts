// What can be done with an open request apart from deciding it: taking it back, and talking about it.
import { z } from "zod";
import { CommittedRefusal, type ActionContext, type ActionDefinition } from "#lib/action/perform-action.ts";
import { ActionRefusal } from "#lib/action/result.ts";
import { mayEditSchool, rolesAt } from "#lib/auth/principal.ts";
import { authoringRole, mayWithdraw } from "./approval.ts";
import { COMMENT_LENGTH, MOST_COMMENTS } from "./comments.ts";
import { lockedDecision } from "./commands.ts";
import { noticeTools, tellOfRequest } from "./request-notices.ts";
import { isOver, schoolOfRequest, type StoredRequest } from "./requests.ts";
import { cellKey } from "./roles.ts";

const requestInput = { schoolId: z.string().min(1).max(255), requestId: z.uuid() };
const withdrawInput = z.object(requestInput);
const commentInput = z.object({
  ...requestInput,
  text: z.string().trim().min(COMMENT_LENGTH.least).max(COMMENT_LENGTH.most),
});

/** Marks the request as expired if its time is over: whoever comes too late is told so, and the record says it too. */
async function closeIfOver(context: ActionContext<unknown>, request: StoredRequest) {
  const { tx, audit, now } = context;
  if (!isOver(request, now)) return null;
  await tx.changeRequest.update({ where: { id: request.id }, data: { status: "expired", decidedAt: now } });
  await audit({ type: "requestExpired", requestId: request.id, cells: request.cells.map(cellKey) });
  await tellOfRequest(noticeTools(context), request.id, "expired");
  return new CommittedRefusal("requestExpired");
}

async function withdraw(context: ActionContext<z.infer<typeof withdrawInput>>) {
  const { tx, principal, now } = context;
  const { request } = await lockedDecision(context);
  if (!mayWithdraw(request.parts, principal.personId)) throw new ActionRefusal("notAuthor");
  const expired = await closeIfOver(context, request);
  if (expired) return expired;
  await tx.changeRequest.update({
    where: { id: request.id },
    data: { status: "withdrawn", decidedAt: now, decidedById: principal.personId },
  });
  await context.audit({ type: "requestWithdrawn", requestId: request.id, cells: request.cells.map(cellKey) });
  await tellOfRequest(noticeTools(context), request.id, "withdrawn", principal.personId);
  return null;
}

async function comment(context: ActionContext<z.infer<typeof commentInput>>) {
  const { tx, principal, input, now } = context;
  const authorRole = authoringRole(rolesAt(principal, context.schoolId));
  if (!authorRole) throw new ActionRefusal("noApprovalRole");
  const { request } = await lockedDecision(context);
  const expired = await closeIfOver(context, request);
  if (expired) return expired;
  const written = await tx.changeRequestComment.count({ where: { requestId: request.id } });
  if (written >= MOST_COMMENTS) throw new ActionRefusal("tooManyComments");
  const { text } = input;
  await tx.changeRequestComment.create({
    data: { requestId: request.id, authorId: principal.personId, authorRole, text, createdAt: now },
  });
  await context.audit({ type: "requestCommented", requestId: request.id, text });
  return null;
}

export const withdrawRequestCommand: ActionDefinition<typeof withdrawInput, null> = {
  name: "withdrawRequest",
  input: withdrawInput,
  school: schoolOfRequest,
  authorise: mayEditSchool,
  run: withdraw,
};

export const commentOnRequestCommand: ActionDefinition<typeof commentInput, null> = {
  name: "commentOnRequest",
  input: commentInput,
  school: schoolOfRequest,
  authorise: mayEditSchool,
  run: comment,
};
