// Verifies a whole chain of the audit log, a stretch at a time, so that no request reads without end.
import type { Principal } from "#lib/auth/principal.ts";
import type { Reader } from "#lib/db/client.ts";
import { database } from "#lib/db/shared.ts";
import { log } from "#lib/log/log.ts";
import { verifyChain, type ChainFault } from "./chain.ts";
import { mayAuditScope } from "./queries.ts";

export type VerifiedStretch = {
  /** Number of the last entry that holds. */
  readonly verified: number;
  /** Entries of the chain. */
  readonly total: number;
  /** Hash of the last entry that holds; on the last stretch it is the head of the chain. */
  readonly head: string;
  /** "head": the chain does not end where its head says, so its end was cut off or its head changed. */
  readonly fault: ChainFault | { readonly seq: number; readonly fault: "head" } | null;
  readonly isComplete: boolean;
};

const STRETCH = 5_000;
const BATCH = 1_000;

/**
 * Verifies at most 5,000 entries.
 * @param after number of the last entry that an earlier call found to hold; 0 at the beginning
 */
export async function verifyStretch(reader: Reader, scope: string, after: number): Promise<VerifiedStretch> {
  // read first: whatever is written meanwhile lies behind it
  const chain = await reader.auditChain.findUnique({ where: { scope } });
  const total = chain?.lastSeq ?? 0;
  const previous =
    after === 0 ? null : await reader.auditEntry.findUnique({ where: { scope_seq: { scope, seq: after } } });
  let head = previous?.hash ?? "";
  let verified = previous === null ? 0 : after;
  const end = Math.min(verified + STRETCH, total);
  const answer = (fault: VerifiedStretch["fault"]): VerifiedStretch => {
    return { verified, total, head, fault, isComplete: fault !== null || verified >= total };
  };
  while (verified < end) {
    const rows = await reader.auditEntry.findMany({
      where: { scope, seq: { gt: verified, lte: Math.min(verified + BATCH, end) } },
      orderBy: { seq: "asc" },
      include: { payload: true },
    });
    const entries = rows.map((row) => ({ ...row, stored: row.payload }));
    const fault = verifyChain(entries, { seq: verified + 1, previousHash: head });
    if (fault) return answer(fault);
    const last = entries.at(-1);
    if (!last) return answer({ seq: verified + 1, fault: "gap" });
    ({ seq: verified, hash: head } = last);
  }
  if (verified < total) return answer(null);
  if (head !== (chain?.head ?? "")) return answer({ seq: verified, fault: "head" });
  const beyond = await reader.auditEntry.count({ where: { scope, seq: { gt: total } } });
  const grown = beyond > 0 && (await reader.auditChain.findUnique({ where: { scope } }))?.lastSeq === total;
  return answer(grown ? { seq: total + 1, fault: "head" } : null);
}

/** Null when there is no such log for this principal. */
export async function verifyAuditLog(
  principal: Principal,
  scope: string,
  after: number,
): Promise<VerifiedStretch | null> {
  if (!mayAuditScope(principal, scope)) return null;
  const stretch = await verifyStretch(database(), scope, after);
  if (stretch.fault) log.error({ scope, ...stretch.fault }, "the audit log does not verify");
  return stretch;
}
