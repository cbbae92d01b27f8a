// The record of each sync run: when, how it ended, what it read and changed, and which records it could not use.
import { z } from "zod";
import type { Database } from "#lib/db/client.ts";
import type { DirectoryProblem } from "./types.ts";

export const syncCountsSchema = z.object({
  schools: z.number().default(0),
  people: z.number().default(0),
  groups: z.number().default(0),
  members: z.number().default(0),
  peopleChanged: z.number().default(0),
  peopleLeft: z.number().default(0),
  affiliationsChanged: z.number().default(0),
  groupsChanged: z.number().default(0),
  jobs: z.number().default(0),
  problems: z.number().default(0),
});
/** Read: schools, people, groups, members. The others say what the run changed. */
export type SyncCounts = z.infer<typeof syncCountsSchema>;

export const emptyCounts = (): SyncCounts => syncCountsSchema.parse({});

/** A broken source may have as many problems as records; their number is counted, these many are kept. */
const MAX_PROBLEMS_KEPT = 1_000;

/** Also closes runs that ended with their process: there is only one at a time. */
export async function startRun(db: Database, source: string, correlationId: string): Promise<string> {
  await db.syncRun.updateMany({
    where: { source, outcome: "running" },
    data: { outcome: "failed", failure: "interrupted", finishedAt: new Date() },
  });
  const run = await db.syncRun.create({ data: { source, correlationId } });
  return run.id;
}

export async function finishRun(
  db: Database,
  runId: string,
  result: {
    readonly failure: string | null;
    readonly counts: SyncCounts;
    readonly problems: readonly DirectoryProblem[];
  },
): Promise<void> {
  const { failure, counts, problems } = result;
  await db.$transaction([
    db.syncProblem.createMany({
      data: problems
        .slice(0, MAX_PROBLEMS_KEPT)
        .map(({ recordType, recordId, reason }) => ({ runId, recordType, recordId, reason })),
    }),
    db.syncRun.update({
      where: { id: runId },
      data: {
        finishedAt: new Date(),
        outcome: failure === null ? "succeeded" : "failed",
        failure,
        counts: { ...counts, problems: problems.length },
      },
    }),
  ]);
}
