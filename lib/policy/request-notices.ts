// Whom a change request concerns, for the notices about it (lib/notify): its authors, those who may approve it, and how
// somebody stands to it when a notice is sent.
import type { ActionContext } from "#lib/action/perform-action.ts";
import type { Reader } from "#lib/db/client.ts";
import { readMailReach, type MailReach } from "#lib/notify/queries.ts";
import { writeNotices, type NoticeTools } from "#lib/notify/outbox.ts";
import type { RequestNoticeKind, Standing } from "#lib/notify/rules.ts";
import { mayApprove } from "./approval.ts";
import { readHolders } from "./request-facts.ts";
import { toStoredRequest, type StoredRequest } from "./requests.ts";
import type { Role } from "./roles.ts";

/** Of an action of a school. */
export function noticeTools({ tx, enqueue }: Pick<ActionContext<unknown>, "tx" | "enqueue">): NoticeTools {
  return { tx, queueNotice: (noticeId) => enqueue("send-mail", { noticeId }, noticeId) };
}

async function readStoredRequest(reader: Reader, requestId: string): Promise<StoredRequest> {
  const row = await reader.changeRequest.findUniqueOrThrow({
    where: { id: requestId },
    include: { parts: { orderBy: { id: "asc" } } },
  });
  return toStoredRequest(row);
}

/**
 * Everybody with access to the console who may approve the request at any moment before its end, if the roles stay as
 * they are: whoever is a few days short of the role's age must not learn of it only by the reminder.
 */
async function approverIdsOf(reader: Reader, request: StoredRequest): Promise<string[]> {
  const holders = await readHolders(reader, request.schoolId);
  const authorRoles = new Map<string, Role[]>(
    holders.map(({ personId, roles }) => [personId, roles.map(({ role }) => role)]),
  );
  const frame = await reader.policyFrame.findFirstOrThrow({
    orderBy: { version: "desc" },
    select: { approverRoleAgeDays: true },
  });
  const lastMoment = new Date(request.expiresAt.getTime() - 1);
  const may = holders
    .filter((approver) => mayApprove({ ...request, ...frame, authorRoles, approver, now: lastMoment }).allowed)
    .map(({ personId }) => personId);
  const blocks = await reader.consoleAccessBlock.findMany({ where: { personId: { in: may } } });
  const blocked = new Set(blocks.map(({ personId }) => personId));
  return may.filter((personId) => !blocked.has(personId));
}

/** Writes the notices in the transaction of their cause. Call it once the cause is written. */
export async function tellOfRequest(
  tools: NoticeTools,
  requestId: string,
  kind: RequestNoticeKind,
  deciderId: string | null = null,
): Promise<void> {
  const request = await readStoredRequest(tools.tx, requestId);
  const authorIds = request.parts.map(({ authorId }) => authorId);
  const sides = { authorIds, approverIds: await approverIdsOf(tools.tx, request), deciderId };
  await writeNotices(tools, { kind, about: { requestId }, version: String(request.parts.length), sides });
}

/** How many of those who may approve know of the request by mail. */
export async function mailReachOfRequest(reader: Reader, requestId: string): Promise<MailReach> {
  const request = await readStoredRequest(reader, requestId);
  return await readMailReach(reader, { requestId }, await approverIdsOf(reader, request));
}

export async function standingAtRequest(
  reader: Reader,
  requestId: string,
  personId: string,
  now: Date,
): Promise<Standing> {
  const request = await readStoredRequest(reader, requestId);
  const person = { enabled: true, leftAt: null, accessBlock: { is: null } };
  const roles = await reader.affiliation.count({
    where: { personId, schoolId: request.schoolId, role: { in: ["schoolManagement", "orgAdmin"] }, person },
  });
  return {
    isOpen: request.status === "pending" && request.expiresAt > now,
    mayApprove: (await approverIdsOf(reader, request)).includes(personId),
    mayRead: roles > 0,
  };
}
