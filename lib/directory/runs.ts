// The record of each sync run: when, how it ended, what it read and changed, and which records it could not use.
import { z } from "zod";
import type { Database, Transaction } from "#lib/db/client.ts";
import { mergeReports, schoolReportSchema, type SchoolReport } from "./report.ts";
import type { DirectoryProblem } from "./types.ts";

/** Sources that are read from time to time; messages come by themselves. */
export const PULLED_SOURCES = ["oneroster", "ldap"] as const;
export type PulledSource = (typeof PULLED_SOURCES)[number];

export const RUN_KINDS = ["full", "delta", "dryRun"] as const;
export type RunKind = (typeof RUN_KINDS)[number];

export const syncCountsSchema = z.object({
  schools: z.number().default(0),
  people: z.number().default(0),
  groups: z.number().default(0),
  members: z.number().default(0),
  schoolsRemoved: z.number().default(0),
  peopleChanged: z.number().default(0),
  peopleLeft: z.number().default(0),
  affiliationsChanged: z.number().default(0),
  groupsChanged: z.number().default(0),
  membersChanged: z.number().default(0),
  held: z.number().default(0),
  jobs: z.number().default(0),
  problems: z.number().default(0),
  requests: z.number().default(0),
});
/** Read: schools, people, groups, members; requests to the source. The others say what the run changed. */
export type SyncCounts = z.infer<typeof syncCountsSchema>;

export const emptyCounts = (): SyncCounts => syncCountsSchema.parse({});

/** A broken source may have as many problems as records; their number is counted, these many are kept. */
const MAX_PROBLEMS_KEPT = 1_000;

export type RunHead = {
  readonly source: PulledSource;
  readonly kind: RunKind;
  readonly schoolId: string | null;
  readonly requestedById: string | null;
  readonly correlationId: string;
};

/** Also closes runs that ended with their process: of one kind and school there is only one at a time. */
export async function startRun(db: Database, head: RunHead): Promise<string> {
  const { source, schoolId, kind } = head;
  const same = { source, schoolId, kind: kind === "dryRun" ? kind : { not: "dryRun" } };
  await db.syncRun.updateMany({
    where: { ...same, outcome: "running" },
    data: { outcome: "failed", failure: "interrupted", finishedAt: new Date() },
  });
  await db.$executeRaw`
    DELETE FROM sync_staged_user WHERE run_id IN (SELECT id FROM sync_run WHERE outcome <> 'running')`;
  const run = await db.syncRun.create({ data: head });
  return run.id;
}

/** Written so often at most: a run over a state has 1,600 schools. */
const PROGRESS_INTERVAL_MS = 2_000;

export type SchoolProgress = {
  /** To be called after each school. */
  readonly step: () => Promise<void>;
};

/** Says how far the run is, for the page that shows it. */
export async function trackSchools(
  db: Database,
  runId: string,
  total: number,
  intervalMs: number = PROGRESS_INTERVAL_MS,
): Promise<SchoolProgress> {
  let done = 0;
  let writtenAt = Date.now();
  const write = async (): Promise<void> => {
    writtenAt = Date.now();
    await db.syncRun.update({ where: { id: runId }, data: { schoolsTotal: total, schoolsDone: done } });
  };
  await write();
  return {
    step: async () => {
      done += 1;
      if (Date.now() - writtenAt >= intervalMs) await write();
    },
  };
}

export async function finishRun(
  db: Database,
  runId: string,
  result: {
    readonly kind: RunKind;
    readonly failure: string | null;
    readonly counts: SyncCounts;
    readonly problems: readonly DirectoryProblem[];
  },
): Promise<void> {
  const { kind, failure, counts, problems } = result;
  await db.$transaction([
    db.syncProblem.createMany({
      data: problems.slice(0, MAX_PROBLEMS_KEPT).map(({ recordType, recordId, reason, schoolId = null }) => ({
        runId,
        recordType,
        recordId,
        reason,
        schoolId,
      })),
    }),
    db.syncStagedUser.deleteMany({ where: { runId } }),
    db.syncRun.update({
      where: { id: runId },
      data: {
        finishedAt: new Date(),
        kind,
        outcome: failure === null ? "succeeded" : "failed",
        failure,
        counts: { ...counts, problems: problems.length },
      },
    }),
  ]);
}

/** Adds to what the run has reported of the school already. */
export async function addReport(tx: Transaction, runId: string, schoolId: string, report: SchoolReport): Promise<void> {
  const key = { runId_schoolId: { runId, schoolId } };
  const known = await tx.syncSchoolChange.findUnique({ where: key });
  const before = schoolReportSchema.safeParse(known?.report).data;
  const whole = before === undefined ? report : mergeReports(before, report);
  await tx.syncSchoolChange.upsert({
    where: key,
    create: { runId, schoolId, report: whole },
    update: { report: whole },
  });
}
