// Reading the directory and its runs.
import type { Reader } from "#lib/db/client.ts";
import { emptyCounts, syncCountsSchema, type SyncCounts } from "./runs.ts";

export type SyncRunHead = {
  readonly id: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly outcome: "running" | "succeeded" | "failed";
  readonly failure: string | null;
  readonly correlationId: string;
  readonly counts: SyncCounts;
};

/** The newest run of a source, or null before the first one. */
export async function findLatestRun(reader: Reader, source = "oneroster"): Promise<SyncRunHead | null> {
  const run = await reader.syncRun.findFirst({ where: { source }, orderBy: { startedAt: "desc" } });
  if (run === null) return null;
  const { id, startedAt, finishedAt, outcome, failure, correlationId } = run;
  const counts = syncCountsSchema.safeParse(run.counts).data ?? emptyCounts();
  return { id, startedAt, finishedAt, outcome, failure, correlationId, counts };
}

/** The records that a run could not use, in the order in which they came. */
export async function findRunProblems(
  reader: Reader,
  runId: string,
  limit = 200,
): Promise<readonly { recordType: string; recordId: string; reason: string }[]> {
  return await reader.syncProblem.findMany({
    where: { runId },
    orderBy: { id: "asc" },
    take: limit,
    select: { recordType: true, recordId: true, reason: true },
  });
}
