// The hash chain of the audit log (design §10): the commitment of an entry to its payload, and the verification that
// recomputes what the database wrote (chain_audit_entry in prisma/migrations/0002_guarantees). Pure.
import { createHash, randomBytes } from "node:crypto";

export type ChainedEntry = {
  readonly scope: string;
  readonly seq: number;
  readonly at: Date;
  readonly actorId: string | null;
  readonly actorRole: string;
  readonly type: string;
  readonly outcome: string;
  readonly correlationId: string;
  readonly commitment: string;
  readonly previousHash: string;
  readonly hash: string;
};
/** Absent once retention has erased it. */
export type StoredPayload = { readonly salt: string; readonly payload: string };

export type ChainFault = { readonly seq: number; readonly fault: "gap" | "link" | "hash" | "payload" };

const sha256 = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");

/** The salt keeps a short payload from being guessed from its commitment after it was erased. */
export function newSalt(): string {
  return randomBytes(16).toString("hex");
}

export function commitmentTo(salt: string, payload: string): string {
  return sha256(`${salt}\n${payload}`);
}

/** PostgreSQL's json_build_array puts ", " between elements. */
export function entryHash(entry: Omit<ChainedEntry, "hash">): string {
  const parts = [
    entry.previousHash,
    entry.scope,
    String(entry.seq),
    entry.at.toISOString(),
    entry.actorId ?? "",
    entry.actorRole,
    entry.type,
    entry.outcome,
    entry.correlationId,
    entry.commitment,
  ];
  return sha256(`[${parts.map((part) => JSON.stringify(part)).join(", ")}]`);
}

/**
 * Verifies consecutive entries of one chain, oldest first.
 * @param previousHash hash of the entry before the first one; "" at the start of the chain
 */
export function verifyChain(
  entries: readonly (ChainedEntry & { readonly stored: StoredPayload | null })[],
  start: { readonly seq: number; readonly previousHash: string } = { seq: 1, previousHash: "" },
): ChainFault | undefined {
  let { seq, previousHash } = start;
  for (const entry of entries) {
    if (entry.seq !== seq) return { seq, fault: "gap" };
    if (entry.previousHash !== previousHash) return { seq, fault: "link" };
    if (entry.hash !== entryHash(entry)) return { seq, fault: "hash" };
    if (entry.stored && commitmentTo(entry.stored.salt, entry.stored.payload) !== entry.commitment)
      return { seq, fault: "payload" };
    previousHash = entry.hash;
    seq += 1;
  }
  return undefined;
}
