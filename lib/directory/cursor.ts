// Up to where a source has been read: the rules of moving it, and its rows.
import type { Reader, Transaction } from "#lib/db/client.ts";
import { SOURCE } from "./difference.ts";
import type { DirectoryProblem } from "./types.ts";

/** Beside the ids of schools. */
export const ALL_SCHOOLS = "*";
export const SCHOOL_LIST = "orgs";

/** Read again each time: a record's date may be older than the moment at which the provider shows it. */
const OVERLAP_MS = 5 * 60_000;
/** For a record that could not be stored a cursor waits this long; then only the daily full run tries it again. */
const LONGEST_WAIT_MS = 2 * 86_400_000;
/** Stored after all, or not storable by waiting. */
const SETTLED = /^(duplicateId|unknownRole)/;

/** @param clock the source's, from before the first record of the run was read */
export function cursorAfter(clock: Date, problems: readonly DirectoryProblem[]): Date {
  const latest = clock.getTime() - OVERLAP_MS;
  const waiting = problems.flatMap(({ reason, modifiedAt }) =>
    modifiedAt && !SETTLED.test(reason) ? [modifiedAt.getTime() - 1] : [],
  );
  const oldest = waiting.reduce((earliest, time) => Math.min(earliest, time), latest);
  return new Date(Math.max(oldest, latest - LONGEST_WAIT_MS));
}

/** A cursor later than the source's clock means that the clock was set back: what changed since is not known. */
export const isUsable = (cursor: Date, clock: Date): boolean => cursor <= clock;

export async function readCursors(reader: Reader): Promise<ReadonlyMap<string, Date>> {
  const rows = await reader.syncCursor.findMany({ where: { source: SOURCE } });
  return new Map(rows.map(({ scope, cursorAt }) => [scope, cursorAt]));
}

/** To be called in the transaction that stores everything up to it, or after it. */
export async function moveCursor(tx: Transaction, scope: string, cursorAt: Date): Promise<void> {
  await tx.syncCursor.upsert({
    where: { source_scope: { source: SOURCE, scope } },
    create: { source: SOURCE, scope, cursorAt },
    update: { cursorAt },
  });
}

/** What changed up to now is not known any more; the next run reads everything. */
export async function forgetCursor(tx: Transaction, scope: string): Promise<void> {
  await tx.syncCursor.deleteMany({ where: { source: SOURCE, scope } });
}
