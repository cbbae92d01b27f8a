// The requests to throw a sensitive switch of a school, as their page shows them: who asks, why, and whether the reader
// may decide.
import { mayAuditSchool, mayEditSchool, type Principal } from "#lib/auth/principal.ts";
import type { Reader } from "#lib/db/client.ts";
import { mayApprove, mayReject, type Decision } from "#lib/policy/approval.ts";
import type { RequestStatus } from "#lib/policy/types.ts";
import { switchDecisionQuestion } from "./switch-requests.ts";
import { SCHOOL_SWITCHES, type SchoolSwitch } from "./switches.ts";

export type SwitchRequestView = {
  readonly id: string;
  readonly name: SchoolSwitch;
  readonly status: RequestStatus;
  readonly authorName: string;
  readonly reason: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly decidedAt: Date | null;
  readonly deciderName: string | null;
  readonly decisionReason: string | null;
  /** Null for who cannot decide anything at the school, or when it is decided. */
  readonly decision: {
    readonly approval: Decision;
    readonly mayReject: boolean;
    readonly mayWithdraw: boolean;
  } | null;
};

const SHOWN = 20;

/** The newest first; empty for a school that is not the principal's to see. */
export async function findSwitchRequests(
  reader: Reader,
  principal: Principal,
  schoolId: string,
  now = new Date(),
): Promise<readonly SwitchRequestView[]> {
  if (!mayAuditSchool(principal, schoolId)) return [];
  const rows = await reader.switchRequest.findMany({
    where: { schoolId },
    orderBy: { createdAt: "desc" },
    take: SHOWN,
    include: { author: { select: { displayName: true } }, decidedBy: { select: { displayName: true } } },
  });
  const views: SwitchRequestView[] = [];
  for (const row of rows) {
    const name = SCHOOL_SWITCHES.find((known) => known === row.switchName);
    if (name === undefined) continue;
    const { id, reason, createdAt, expiresAt, decidedAt, decisionReason } = row;
    // the worker, or the next request, writes it down later
    const status = row.status === "pending" && expiresAt <= now ? "expired" : row.status;
    const mayDecide = status === "pending" && mayEditSchool(principal, schoolId);
    const question = mayDecide ? await switchDecisionQuestion(reader, row, principal.personId, now) : null;
    views.push({
      ...{ id, name, status, reason, createdAt, expiresAt, decidedAt, decisionReason },
      authorName: row.author.displayName,
      deciderName: row.decidedBy?.displayName ?? null,
      decision: question && {
        approval: mayApprove(question),
        mayReject: mayReject(question).allowed,
        mayWithdraw: row.authorId === principal.personId,
      },
    });
  }
  return views;
}
