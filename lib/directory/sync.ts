// One sync of the directory, from its record to its end: full, incremental, or of a single school.
import { correlationId, log } from "#lib/log/log.ts";
import { finishChanges, pullChanges } from "./delta-run.ts";
import { SOURCE } from "./difference.ts";
import { pullEverything, pullOneSchool } from "./full-run.ts";
import { readStoredOrganisations } from "./organisation-store.ts";
import { readOrganisations } from "./organisations.ts";
import { failureOf, HOPELESS, NeedsFullRunError, type Run, type SyncDependencies, type SyncFailure } from "./run.ts";
import { endGoneSchools } from "./gone-schools.ts";
import { emptyCounts, finishRun, startRun, type RunKind, type SyncCounts } from "./runs.ts";
import { storeLeavers, storeRemovals } from "./store-removals.ts";
import type { DirectoryProblem } from "./types.ts";

export type { SyncDependencies, SyncFailure } from "./run.ts";

export type SyncRequest = {
  /** Otherwise only what changed, if the source can say that. */
  readonly full: boolean;
  /** Of one school only, which is then read whole. */
  readonly schoolId?: string | null;
  readonly requestedById?: string | null;
};

export type SyncResult = {
  readonly runId: string;
  readonly kind: RunKind;
  readonly failure: SyncFailure | null;
  readonly counts: SyncCounts;
  readonly problems: readonly DirectoryProblem[];
};

export async function syncDirectory(
  dependencies: SyncDependencies,
  { full, schoolId = null, requestedById = null }: SyncRequest = { full: true },
): Promise<SyncResult> {
  let kind: RunKind = full || schoolId !== null ? "full" : "delta";
  const head = { source: SOURCE, schoolId, requestedById, correlationId: correlationId(), kind } as const;
  const run = await openRun(dependencies, await startRun(dependencies.db, head));
  try {
    if (schoolId !== null) await syncOne(run, schoolId);
    else kind = await syncAll(run, kind);
  } catch (error) {
    run.failure = failureOf(error);
    log.error({ err: error, runId: run.id, failure: run.failure }, "directory sync failed");
  }
  const { id: runId, failure, counts, problems } = run;
  counts.requests = run.pull.requests();
  await finishRun(dependencies.db, runId, { kind, failure, counts, problems });
  log.info({ runId, kind, failure, counts, problems: problems.length }, "directory sync finished");
  return { runId, kind, failure, counts, problems };
}

export async function openRun(dependencies: SyncDependencies, id: string): Promise<Run> {
  const organisations = await readStoredOrganisations(dependencies.db);
  const intakePerson = await dependencies.db.person.findFirst({ where: { source: "amqp" }, select: { id: true } });
  return {
    id,
    dependencies,
    pull: dependencies.pull(),
    counts: emptyCounts(),
    problems: [],
    told: new Set(),
    later: new Map(),
    heldRemovals: [],
    deferredCursors: new Map(),
    organisations,
    schoolOf: readOrganisations(organisations).schoolOf,
    now: dependencies.now ?? (() => new Date()),
    hasIntakePeople: intakePerson !== null,
    failure: null,
  };
}

async function syncAll(run: Run, wanted: RunKind): Promise<RunKind> {
  let kind = wanted;
  let clock: Date | null = null;
  if (kind === "delta") {
    try {
      clock = await pullChanges(run);
    } catch (error) {
      if (!(error instanceof NeedsFullRunError)) throw error;
      log.info({ runId: run.id, reason: error.message }, "everything is read instead of the changes");
      kind = "full";
    }
  }
  if (kind === "full") await pullEverything(run);
  if (run.failure !== null && HOPELESS.has(run.failure)) return kind; // what is missing may be on its way
  await storeRemovals(run);
  await endGoneSchools(run);
  if (kind === "full") await storeLeavers(run);
  if (clock !== null) await finishChanges(run, clock);
  return kind;
}

async function syncOne(run: Run, schoolId: string): Promise<void> {
  const { db, onSchoolChanged } = run.dependencies;
  // first of all what is outstanding here: it does not need the source
  await db.$transaction(async (tx) => {
    run.counts.jobs += await onSchoolChanged(tx, { schoolId, personIds: [], groupIds: [] });
  });
  await pullOneSchool(run, schoolId);
  if (run.failure !== null) return;
  run.counts.schools = 1;
  await storeRemovals(run);
}
