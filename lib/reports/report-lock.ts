// Lets what must not happen twice at once, and has no row yet to lock, wait for each other.
import type { Transaction } from "#lib/db/client.ts";

/** Until the end of the transaction. */
export async function lockFor(tx: Transaction, ...key: readonly (string | null)[]): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${JSON.stringify(key)}, 0))`;
}
