// Whom a proposal to loosen the state's frame concerns, for the notices about it, and how a proposal ends without a
// decision: overtaken, or over.
import type { StateActionContext } from "#lib/action/perform-action.ts";
import { STATE_SCOPE } from "#lib/audit/events.ts";
import { SYSTEM_ACTOR, writeAudit } from "#lib/audit/write.ts";
import type { Database, Reader } from "#lib/db/client.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { correlationId } from "#lib/log/log.ts";
import { noticeToolsOf, writeNotices, type NoticeTools } from "#lib/notify/outbox.ts";
import { readMailReach, type MailReach } from "#lib/notify/queries.ts";
import type { RequestNoticeKind, Standing } from "#lib/notify/rules.ts";
import { lockFrame, openProposal } from "./frame-store.ts";

/** Of an action of the state. */
export function noticeTools({ tx, enqueueMany }: Pick<StateActionContext<unknown>, "tx" | "enqueueMany">): NoticeTools {
  return { tx, queueNotice: (noticeId) => enqueueMany("send-mail", [{ data: { noticeId }, key: noticeId }]) };
}

type Proposed = { readonly id: string; readonly authorId: string; readonly createdAt: Date };

const withAccess = { enabled: true, leftAt: null, accessBlock: { is: null } } as const;

/** Every other state administrator who was one before it was written. */
async function approverIdsOf(reader: Reader, { authorId, createdAt }: Proposed): Promise<string[]> {
  const rows = await reader.consoleRoleGrant.findMany({
    where: { role: "landAdmin", personId: { not: authorId }, grantedAt: { lt: createdAt }, person: withAccess },
    select: { personId: true },
  });
  return rows.map(({ personId }) => personId);
}

/** Writes the notices in the transaction of their cause. */
export async function tellOfProposal(
  tools: NoticeTools,
  proposalId: string,
  kind: RequestNoticeKind,
  deciderId: string | null = null,
): Promise<void> {
  const proposal = await tools.tx.frameProposal.findUniqueOrThrow({ where: { id: proposalId } });
  const sides = { authorIds: [proposal.authorId], approverIds: await approverIdsOf(tools.tx, proposal), deciderId };
  await writeNotices(tools, { kind, about: { proposalId }, version: "1", sides });
}

/** How many of those who may approve know of the proposal by mail. */
export async function mailReachOfProposal(reader: Reader, proposal: Proposed): Promise<MailReach> {
  return await readMailReach(reader, { proposalId: proposal.id }, await approverIdsOf(reader, proposal));
}

export async function standingAtProposal(
  reader: Reader,
  proposalId: string,
  personId: string,
  now: Date,
): Promise<Standing> {
  const proposal = await reader.frameProposal.findUniqueOrThrow({ where: { id: proposalId } });
  const grants = await reader.consoleRoleGrant.count({ where: { personId, role: "landAdmin", person: withAccess } });
  return {
    isOpen: proposal.status === "pending" && proposal.expiresAt > now,
    mayApprove: (await approverIdsOf(reader, proposal)).includes(personId),
    mayRead: grants > 0,
  };
}

type Ending = Pick<StateActionContext<unknown>, "audit" | "now"> & { readonly tools: NoticeTools };

/** Ends a proposal that nobody has decided. The caller holds the frame. */
export async function endProposal(
  { tools, audit, now }: Ending,
  proposalId: string,
  status: "expired" | "void",
): Promise<void> {
  await tools.tx.frameProposal.update({ where: { id: proposalId }, data: { status, decidedAt: now } });
  await audit({ type: status === "void" ? "frameProposalVoided" : "frameProposalExpired", proposalId });
  await tellOfProposal(tools, proposalId, status);
}

/** What the calendar does once the time of the open proposal is over; doing it twice changes nothing. */
export async function expireOpenProposal(
  { db, jobs }: { readonly db: Database; readonly jobs: Pick<JobSender, "send"> },
  now: Date,
): Promise<void> {
  await db.$transaction(async (tx) => {
    await lockFrame(tx);
    const open = await openProposal(tx);
    if (!open || open.expiresAt > now) return;
    const record = {
      scope: STATE_SCOPE,
      actor: SYSTEM_ACTOR,
      outcome: "done",
      correlationId: correlationId(),
    } as const;
    const audit: Ending["audit"] = (event) => writeAudit(tx, { ...record, event });
    await endProposal({ tools: noticeToolsOf(tx, jobs), audit, now }, open.id, "expired");
  });
}
