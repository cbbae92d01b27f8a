// Reads what is under way at a school, or in the state, for the pages and for the page that asks again.
import { getLocale, getTranslations } from "next-intl/server";
import type { Principal } from "#lib/auth/principal.ts";
import type { Database } from "#lib/db/client.ts";
import { findSchoolRuns, findStateRuns } from "#lib/directory/queries.ts";
import { findStateSyncWork, findSyncWork } from "#lib/directory/work-queries.ts";
import { findProgress } from "#lib/provisioning/progress.ts";
import { findQueueHealth, type QueueHealth } from "#lib/provisioning/queries.ts";
import { roughly, shownRun, workState, type WorkState, type Writer } from "./work-state.ts";

/** Null for a school that is not the principal's to see. */
export async function readWork(db: Database, principal: Principal, schoolId: string): Promise<WorkState | null> {
  const [work, progress, runs] = await Promise.all([
    findSyncWork(db, principal, schoolId),
    findProgress(db, principal, schoolId),
    findSchoolRuns(db, principal, schoolId, { limit: 1, kinds: ["full", "delta", "dryRun"] }),
  ]);
  if (work === null || progress === null) return null;
  const [latest] = runs;
  return workState(await writerOf(), work, progress, [latest?.id ?? null, latest?.outcome ?? null]);
}

export type StateWork = {
  readonly work: WorkState;
  readonly health: readonly QueueHealth[];
  /** The last over all schools. */
  readonly runs: Awaited<ReturnType<typeof findStateRuns>>;
};

/** Syncs of all schools, and whether the workers have anything to do; null for everybody but the state. */
export async function readStateWork(db: Database, principal: Principal, lastRuns = 1): Promise<StateWork | null> {
  const [work, health, runs] = await Promise.all([
    findStateSyncWork(db, principal),
    findQueueHealth(db, principal),
    findStateRuns(db, principal, lastRuns),
  ]);
  if (work === null || health === null) return null;
  const [latest] = runs;
  const queues = health.flatMap(({ waiting, active, retrying, failed }) => [
    roughly(waiting + active),
    roughly(retrying),
    failed,
  ]);
  const writer = await writerOf();
  const state = workState(writer, work, null, [latest?.id ?? null, latest?.outcome ?? null, ...queues]);
  const isMoving = state.isMoving || health.some(({ active }) => active > 0);
  return { work: { ...state, progress: shownRun(writer, work.progress), isMoving }, health, runs };
}

async function writerOf(): Promise<Writer> {
  return { t: await getTranslations(), locale: await getLocale(), now: new Date() };
}
