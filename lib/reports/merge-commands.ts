// Two cases that are one, and one case that is two: reports move, with the parties they bring; nothing is deleted.
import { z } from "zod";
import type { StateActionContext, StateActionDefinition } from "#lib/action/perform-action.ts";
import { ActionRefusal } from "#lib/action/result.ts";
import { supportRole } from "./access.ts";
import { writeCaseEntry } from "./case-entries.ts";
import { holdOf, holdOfBoth, NO_HOLD, type Hold } from "./case-hold.ts";
import { dueAt } from "./case-life.ts";
import { lockCase, writeCaseStep } from "./case-lock.ts";
import { isAwaited } from "./case-obligations.ts";
import { raiseCase } from "./case-raising.ts";

const shown = { caseId: z.uuid(), version: z.number().int().positive() };
const mergeInput = z.object({ ...shown, intoNumber: z.number().int().positive().max(Number.MAX_SAFE_INTEGER) });
const splitInput = z.object({ ...shown, reportIds: z.array(z.uuid()).min(1).max(200) });

async function merge(context: StateActionContext<z.infer<typeof mergeInput>>): Promise<{ readonly caseId: string }> {
  const { tx, principal, input, now, actor } = context;
  const target = await tx.reportCase.findUnique({ where: { number: input.intoNumber }, select: { id: true } });
  if (target === null) throw new ActionRefusal("notFound");
  if (target.id === input.caseId) throw new ActionRefusal("nothingChanged");
  // in one order, so that two merges the other way round do not wait for each other
  for (const id of [input.caseId, target.id].toSorted()) {
    await lockCase(tx, principal, id, id === input.caseId ? input.version : undefined);
  }
  const [from, into] = [await lockCase(tx, principal, input.caseId), await lockCase(tx, principal, target.id)];
  // neither could be answered or confirmed in a case that has ended in another one
  if (await isAwaited(tx, from.id)) throw new ActionRefusal("caseAwaited");
  const { count } = await tx.report.updateMany({ where: { caseId: from.id }, data: { caseId: into.id } });
  await tx.$executeRaw`
    INSERT INTO case_party (case_id, person_id, role) SELECT ${into.id}::uuid, person_id, role FROM case_party
    WHERE case_id = ${from.id}::uuid ON CONFLICT DO NOTHING`;
  const hold = holdOfBoth(into, from);
  await raiseCase(tx, into.id, from, {
    ...hold,
    reportCount: { increment: count },
    lastReportAt: from.lastReportAt > into.lastReportAt ? from.lastReportAt : into.lastReportAt,
    changedAt: now,
  });
  if (hold.holdReason !== into.holdReason) await tellHold(context, into, hold);
  const event = { type: "merged", fromId: from.id, intoId: into.id } as const;
  await writeCaseEntry(tx, into.id, event, actor);
  await writeCaseStep(
    context,
    from,
    {
      state: "resolved",
      outcome: "duplicate",
      closedAt: from.closedAt ?? now,
      waitingUntil: null,
      mergedIntoId: into.id,
      reportCount: 0,
      ...NO_HOLD,
    },
    event,
    { step: "merged", after: String(into.number) },
  );
  return { caseId: into.id };
}

async function split(context: StateActionContext<z.infer<typeof splitInput>>): Promise<{ readonly caseId: string }> {
  const { tx, principal, input, now, actor } = context;
  const found = await lockCase(tx, principal, input.caseId, input.version);
  const moved = await tx.report.findMany({ where: { id: { in: input.reportIds }, caseId: found.id } });
  if (moved.length < new Set(input.reportIds).size) throw new ActionRefusal("notFound");
  // one report must stay, else it would only be another number
  if (moved.length >= found.reportCount) throw new ActionRefusal("stepNotPossible");
  const received = moved.map(({ receivedAt }) => receivedAt.getTime());
  const createdAt = new Date(Math.min(...received));
  const roomId = onlyOne(moved.map((report) => report.roomId));
  const created = await tx.reportCase.create({
    data: {
      category: found.category,
      severity: found.severity,
      schoolId: found.schoolId,
      roomId,
      roomName: roomId === found.roomId ? found.roomName : null,
      // whom the whole is about says nothing about a part: a measure would hit the wrong one
      reportedUserId: onlyOne(moved.map(({ targetUserId }) => targetUserId).filter((userId) => userId !== null)),
      createdAt,
      lastReportAt: new Date(Math.max(...received)),
      dueAt: dueAt(createdAt, found.severity),
      reportCount: moved.length,
      firstActionAt: now,
      ...holdOf(found),
    },
  });
  await tx.report.updateMany({ where: { id: { in: moved.map(({ id }) => id) } }, data: { caseId: created.id } });
  // whoever was a party of the whole stays one of both parts: nobody gains sight of a case by a split
  await tx.$executeRaw`
    INSERT INTO case_party (case_id, person_id, role) SELECT ${created.id}::uuid, person_id, role FROM case_party
    WHERE case_id = ${found.id}::uuid`;
  if (created.holdReason !== null) await tellHold(context, created, created);
  const event = { type: "split", newCaseId: created.id, reportIds: moved.map(({ id }) => id) } as const;
  await writeCaseEntry(tx, created.id, event, actor);
  const data = { reportCount: { decrement: moved.length } };
  await writeCaseStep(context, found, data, event, { step: "split", after: String(created.number) });
  return { caseId: created.id };
}

/** Where a hold has come to, it is to be found, and lifted, by itself. */
async function tellHold(
  { tx, actor, audit }: Pick<StateActionContext<unknown>, "tx" | "actor" | "audit">,
  { id: caseId, number }: { readonly id: string; readonly number: bigint },
  { holdReason: reason }: Hold,
): Promise<void> {
  if (reason === null) return;
  await writeCaseEntry(tx, caseId, { type: "holdSet", reason }, actor);
  await audit({ type: "caseHoldSet", caseId, number: Number(number), reason });
}

/** Null if they differ, or nobody knows. */
function onlyOne(values: readonly (string | null)[]): string | null {
  const [first = null, ...others] = new Set(values);
  return others.length === 0 ? first : null;
}

export const mergeCaseCommand: StateActionDefinition<typeof mergeInput, { readonly caseId: string }> = {
  name: "mergeCase",
  input: mergeInput,
  consoleRole: supportRole,
  run: merge,
};

export const splitCaseCommand: StateActionDefinition<typeof splitInput, { readonly caseId: string }> = {
  name: "splitCase",
  input: splitInput,
  consoleRole: supportRole,
  run: split,
};
