// What a change would do, found out by doing it: the same code in a transaction that is rolled back.
import type { Database, Transaction } from "#lib/db/client.ts";

class RolledBack extends Error {
  override readonly name = "RolledBack";
}

/** @returns what `work` returns; nothing that it writes stays */
export async function rolledBack<T>(
  db: Database,
  work: (tx: Transaction) => Promise<T>,
  options: { readonly timeout: number },
): Promise<T> {
  const results: T[] = [];
  try {
    await db.$transaction(async (tx) => {
      results.push(await work(tx));
      throw new RolledBack("rolled back on purpose");
    }, options);
  } catch (error) {
    const [result] = results;
    if (error instanceof RolledBack && result !== undefined) return result;
    throw error;
  }
  throw new Error("a dry run must not commit");
}
