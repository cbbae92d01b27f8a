// A report goes on in another case: the one that it leaves keeps the rest, or, with nothing left, is closed as a double.
import { z } from "zod";
import type { Transaction } from "#lib/db/client.ts";
import { writeCaseEntry, type CaseActor } from "./case-entries.ts";
import type { CaseEvent } from "./case-events.ts";
import { isObliged } from "./case-obligations.ts";

const idRows = z.array(z.object({ id: z.string() }));

/** Takes cases for a change, always in the same order, so that two with the same cases do not wait in a circle. */
export async function lockCases(tx: Transaction, caseIds: readonly string[]): Promise<void> {
  const rows: unknown = await tx.$queryRaw`
    SELECT id FROM report_case WHERE id = ANY(${[...caseIds]}::uuid[]) ORDER BY id FOR UPDATE`;
  idRows.parse(rows);
}

/** The caller has moved the reports, and locks nothing that comes before these cases. */
export async function leaveCase(
  tx: Transaction,
  caseId: string,
  otherId: string,
  reportIds: readonly string[],
  actor: CaseActor,
): Promise<void> {
  await lockCases(tx, [caseId, otherId]);
  const before = await tx.reportCase.findUniqueOrThrow({ where: { id: caseId } });
  const reportCount = before.reportCount - reportIds.length;
  const changed = { reportCount, changedAt: new Date(), version: { increment: 1 } };
  if (caseId === otherId) {
    await tx.reportCase.update({ where: { id: caseId }, data: changed });
    return;
  }
  // what somebody is still to answer, confirm or keep stands in this case: it stays open, for support to close
  const isDouble = reportCount === 0 && !(await isObliged(tx, before));
  await tx.reportCase.update({
    where: { id: caseId },
    data: isDouble
      ? {
          ...changed,
          state: "resolved",
          outcome: "duplicate",
          closedAt: before.closedAt ?? new Date(),
          waitingUntil: null,
          mergedIntoId: otherId,
        }
      : changed,
  });
  const event: CaseEvent = isDouble
    ? { type: "merged", fromId: caseId, intoId: otherId }
    : { type: "split", newCaseId: otherId, reportIds: [...reportIds] };
  await writeCaseEntry(tx, caseId, event, actor);
}
