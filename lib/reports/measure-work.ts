// The job that carries out what a case wants of Synapse, in the order of the wishes: what Synapse refuses is told in the
// timeline, and while it is away everything waits.
import { z } from "zod";
import type { Database, Transaction } from "#lib/db/client.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { log } from "#lib/log/log.ts";
import { lastingRefusal, problemOf } from "#lib/matrix/errors.ts";
import type { MeasureKind } from "#prisma/generated/enums.ts";
import { writeCaseEntry } from "./case-entries.ts";
import type { CaseEvent } from "./case-events.ts";
import { APPLY, findDue, MeasureProblem, REVERT, type Measure, type MeasureDependencies } from "./measure-steps.ts";

export async function carryOutMeasures(
  dependencies: MeasureDependencies,
  caseId: string,
  signal: AbortSignal,
): Promise<void> {
  for (const measure of await findDue(dependencies.db, caseId)) {
    signal.throwIfAborted();
    await carryOut(dependencies, measure, signal);
  }
}

async function carryOut(dependencies: MeasureDependencies, measure: Measure, signal: AbortSignal): Promise<void> {
  const { kind, state, id: measureId } = measure;
  try {
    if (state === "reverting") {
      await REVERT[kind]?.(dependencies, measure, signal);
      await settle(dependencies, measure, "reverted", { type: "measureReverted", measureId, kind });
    } else {
      await APPLY[kind](dependencies, measure, signal);
      const isConfirmed = measure.confirmedAt !== null;
      await settle(dependencies, measure, isConfirmed ? "confirmed" : "done", {
        type: "measureDone",
        measureId,
        kind,
      });
    }
  } catch (error) {
    const problem = lastingProblemOf(error);
    if (problem === null) throw error;
    log.warn({ measureId, kind, problem }, "measure not carried out");
    await settle(dependencies, measure, "failed", { type: "measureFailed", measureId, kind, problem }, problem);
  }
}

/** Synapse said no, and would say so again; null for what is tried again by the rules of the queue. */
function lastingProblemOf(error: unknown): string | null {
  if (error instanceof MeasureProblem) return error.code;
  const refusal = lastingRefusal(error);
  return refusal && problemOf(refusal);
}

async function settle(
  { db, jobs }: MeasureDependencies,
  { id, caseId, kind, state: before, confirmedAt, case: { roomId } }: Measure,
  state: "done" | "confirmed" | "reverted" | "failed",
  event: CaseEvent,
  problem: string | null = null,
): Promise<void> {
  const now = new Date();
  await db.$transaction(async (tx) => {
    const { count } = await tx.caseMeasure.updateMany({
      // somebody may have confirmed it, or taken it back, meanwhile: that has a job of its own
      where: { id, state: before, confirmedAt },
      data: { state, problem, ...((state === "done" || state === "confirmed") && { doneAt: now }) },
    });
    if (count === 0) return;
    await writeCaseEntry(tx, caseId, event);
    await tx.reportCase.update({ where: { id: caseId }, data: { changedAt: now } });
    if (CHANGES_MEMBERS.has(kind) && roomId !== null) await compareRoom(tx, jobs, roomId);
  });
}

const CHANGES_MEMBERS: ReadonlySet<MeasureKind> = new Set<MeasureKind>(["removeFromRoom", "letBackIn"]);

/** In a room of the directory its own job records who is kept out, and brings back whoever may come again. */
async function compareRoom(tx: Transaction, jobs: Pick<JobSender, "sendMany">, roomId: string): Promise<void> {
  const rooms = await tx.managedRoom.findMany({ where: { roomId }, select: { alias: true } });
  await tx.managedRoom.updateMany({ where: { roomId }, data: { verifyDue: true } });
  await jobs.sendMany(
    tx,
    "provision-room",
    rooms.map(({ alias }) => ({ data: { alias }, key: alias })),
  );
}

const MOST_AT_ONCE = 500;
const caseRows = z.array(z.object({ case_id: z.string() }));

/**
 * What nobody has confirmed in time is taken back, and whatever has lost its job gets one.
 * @returns how many jobs were queued
 */
export async function followMeasures(
  { db, jobs }: { readonly db: Database; readonly jobs: Pick<JobSender, "sendMissing"> },
  now: Date,
): Promise<number> {
  return await db.$transaction(async (tx) => {
    await tx.caseMeasure.updateMany({
      where: { confirmBy: { lte: now }, confirmedAt: null, state: { in: ["queued", "done"] } },
      data: { state: "reverting" },
    });
    const waiting = caseRows.parse(
      await tx.$queryRaw`
        SELECT DISTINCT case_id FROM case_measure WHERE state IN ('queued', 'reverting') LIMIT ${MOST_AT_ONCE}`,
    );
    return await jobs.sendMissing(
      tx,
      "case-measures",
      waiting.map(({ case_id: caseId }) => ({ data: { caseId }, key: caseId })),
    );
  });
}
