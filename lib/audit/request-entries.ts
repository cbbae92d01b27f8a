// The audit entries about one change request, with what is needed to check each of them against the log.
import { mayAuditSchool, type Principal } from "#lib/auth/principal.ts";
import { database } from "#lib/db/shared.ts";
import { verifyChain } from "./chain.ts";
import { auditEventSchema, type AuditEvent, type AuditEventType } from "./events.ts";

export type RequestEntry = {
  readonly seq: number;
  readonly at: Date;
  readonly actorName: string | null;
  readonly actorRole: string;
  readonly event: AuditEvent;
  readonly hash: string;
  /** Hash and content are what was written. */
  readonly verified: boolean;
};

const TYPES: readonly AuditEventType[] = [
  "requestSubmitted",
  "requestExtended",
  "requestCommented",
  "requestApproved",
  "requestRejected",
  "requestWithdrawn",
  "requestVoided",
  "requestExpired",
];
/** A request has at most 72 parts and 100 comments. */
const MOST_ENTRIES = 200;

/** Oldest first; without those whose content retention has erased. Null if the principal may not read the log. */
export async function listRequestEntries(
  principal: Principal,
  schoolId: string,
  requestId: string,
): Promise<readonly RequestEntry[] | null> {
  if (!mayAuditSchool(principal, schoolId)) return null;
  const db = database();
  const rows = await db.auditEntry.findMany({
    // the id is a UUID, so it stands in a payload's JSON exactly as here
    where: {
      scope: schoolId,
      type: { in: [...TYPES] },
      payload: { payload: { contains: `"requestId":"${requestId}"` } },
    },
    orderBy: { seq: "asc" },
    take: MOST_ENTRIES,
    include: { payload: true },
  });
  const actors = await db.person.findMany({
    where: { id: { in: rows.flatMap(({ actorId }) => actorId ?? []) } },
    select: { id: true, displayName: true },
  });
  const nameOf = new Map(actors.map(({ id, displayName }) => [id, displayName]));
  return rows.flatMap(({ payload, ...row }) => {
    const event = payload && auditEventSchema.parse(JSON.parse(payload.payload));
    // a comment may quote an id
    if (!event || !("requestId" in event) || event.requestId !== requestId) return [];
    const { seq, at, actorId, actorRole, hash, previousHash } = row;
    return {
      seq,
      at,
      actorName: actorId === null ? null : (nameOf.get(actorId) ?? null),
      actorRole,
      event,
      hash,
      verified: verifyChain([{ ...row, stored: payload }], { seq, previousHash }) === undefined,
    };
  });
}
