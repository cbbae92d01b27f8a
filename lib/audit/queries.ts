// Reads the audit log of a school for its administrators and the state (design §9).
import { mayAuditSchool, type Principal } from "#lib/auth/principal.ts";
import { database } from "#lib/db/shared.ts";
import { verifyChain } from "./chain.ts";
import { auditEventSchema, type AuditEvent } from "./events.ts";

export type AuditView = {
  readonly seq: number;
  readonly at: Date;
  readonly actorName: string | null;
  readonly actorRole: string;
  /** Null once retention has erased the content. */
  readonly event: AuditEvent | null;
  readonly type: string;
  readonly outcome: "done" | "refused";
  readonly correlationId: string;
};
export type AuditPage = {
  readonly entries: readonly AuditView[];
  /** Pass as `before` for the next page; null on the last. */
  readonly nextBefore: number | null;
  /** The entries of this page link to each other and their content is what was committed to. */
  readonly chainVerified: boolean;
};

const PAGE_SIZE = 50;

/** Newest first. Null when there is no such school for this principal. */
export async function listAuditEntries(
  principal: Principal,
  schoolId: string,
  { before }: { readonly before?: number | undefined } = {},
): Promise<AuditPage | null> {
  if (!mayAuditSchool(principal, schoolId)) return null;
  const db = database();
  const rows = await db.auditEntry.findMany({
    where: { scope: schoolId, ...(before === undefined ? {} : { seq: { lt: before } }) },
    orderBy: { seq: "desc" },
    take: PAGE_SIZE + 1,
    include: { payload: true },
  });
  const page = rows.slice(0, PAGE_SIZE);
  const actors = await db.person.findMany({
    where: { id: { in: page.flatMap(({ actorId }) => (actorId === null ? [] : [actorId])) } },
    select: { id: true, displayName: true },
  });
  const nameOf = new Map(actors.map(({ id, displayName }) => [id, displayName]));
  const oldestFirst = page.toReversed().map((row) => ({ ...row, stored: row.payload }));
  const [oldest] = oldestFirst;
  const fault = oldest && verifyChain(oldestFirst, { seq: oldest.seq, previousHash: oldest.previousHash });
  return {
    entries: page.map((row) => ({
      seq: row.seq,
      at: row.at,
      actorName: row.actorId === null ? null : (nameOf.get(row.actorId) ?? null),
      actorRole: row.actorRole,
      event: row.payload ? auditEventSchema.parse(JSON.parse(row.payload.payload)) : null,
      type: row.type,
      outcome: row.outcome === "refused" ? "refused" : "done",
      correlationId: row.correlationId,
    })),
    nextBefore: rows.length > PAGE_SIZE ? (page.at(-1)?.seq ?? null) : null,
    chainVerified: fault === undefined,
  };
}
