// What a job of the queue directory-sync does: a sync of everything or of a school, or a dry run.
import type { Reader } from "#lib/db/client.ts";
import type { JobData } from "#lib/jobs/queues.ts";
import { SOURCE } from "./difference.ts";
import { dryRun } from "./dry-run.ts";
import { syncDirectory, type SyncDependencies, type SyncFailure } from "./sync.ts";

/** Changes alone never say what a source has forgotten to say. */
const FULL_INTERVAL_MS = 24 * 3_600_000;

/** @returns null if it succeeded */
export async function runSyncJob(
  dependencies: SyncDependencies,
  { full, requestedBy, schoolId = null, dryRun: isDryRun = false, asServed = false }: JobData<"directory-sync">,
): Promise<SyncFailure | null> {
  const requestedById = requestedBy;
  const result = isDryRun
    ? await dryRun(dependencies, { schoolId, requestedById, asServed })
    : await syncDirectory(dependencies, { full, schoolId, requestedById });
  return result.failure;
}

/** Whether the last complete full run is too old to go on with changes only. */
export async function isFullSyncDue(reader: Reader, now: Date): Promise<boolean> {
  const latest = await reader.syncRun.findFirst({
    where: { source: SOURCE, kind: "full", schoolId: null, outcome: "succeeded" },
    orderBy: { startedAt: "desc" },
    select: { startedAt: true },
  });
  return latest === null || now.getTime() - latest.startedAt.getTime() >= FULL_INTERVAL_MS;
}
