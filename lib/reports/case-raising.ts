// What a further report does to a case that stands: what is closed or waits begins again, and the worse of both counts.
import { z } from "zod";
import type { Transaction } from "#lib/db/client.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { SYSTEM, writeCaseEntry } from "./case-entries.ts";
import { lockCases } from "./case-leaving.ts";
import { isWorse, urgencyAfter, type Urgency } from "./case-life.ts";

const flag = z.tuple([z.object({ is: z.boolean() })]);

/** What support has called it is support's to change; that a report says worse raises the severity all the same. */
async function isCategorisedByHand(tx: Transaction, caseId: string): Promise<boolean> {
  const rows: unknown = await tx.$queryRaw`
    SELECT EXISTS (SELECT FROM case_entry WHERE case_id = ${caseId}::uuid AND actor_role <> ${SYSTEM.role}
      AND content ->> 'type' = 'categorised') AS is`;
  return flag.parse(rows)[0].is;
}

/**
 * Support is told anew of what has opened again or is worse than it was, and the timeline says so.
 * @param added of the report alone, or of the case that is merged into this one
 * @param data what else is written with it
 */
export async function raiseCase(
  tx: Transaction,
  caseId: string,
  added: Urgency,
  data: Prisma.ReportCaseUncheckedUpdateInput,
): Promise<void> {
  await lockCases(tx, [caseId]);
  const before = await tx.reportCase.findUniqueOrThrow({ where: { id: caseId } });
  const now = new Date();
  const after = urgencyAfter(before, added, now);
  const { state, severity, dueAt } = after;
  const isReopened = state !== before.state;
  const isRaised = isWorse(severity, before.severity);
  const category = isRaised && !(await isCategorisedByHand(tx, caseId)) ? after.category : before.category;
  await tx.reportCase.update({
    where: { id: caseId },
    data: {
      state,
      severity,
      category,
      dueAt,
      ...(isReopened && { outcome: null, closedAt: null, waitingUntil: null }),
      ...((isReopened || isRaised) && { toldNewAt: null }),
      ...(dueAt.getTime() !== before.dueAt.getTime() && { toldOverdueAt: null }),
      changedAt: now,
      version: { increment: 1 },
      ...data,
    },
  });
  if (severity !== before.severity) {
    await writeCaseEntry(tx, caseId, { type: "severitySet", before: before.severity, after: severity });
  }
  if (category !== before.category) {
    await writeCaseEntry(tx, caseId, { type: "categorised", before: before.category, after: category });
  }
}
