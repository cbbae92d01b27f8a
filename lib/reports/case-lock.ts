// Takes a case for a change: only one works on it at a time, whoever is a party is told that there is none, and whoever
// has seen an older state is told that somebody was quicker.
import { z } from "zod";
import type { StateActionContext } from "#lib/action/perform-action.ts";
import { ActionRefusal } from "#lib/action/result.ts";
import type { AuditEvent } from "#lib/audit/events.ts";
import type { Principal } from "#lib/auth/principal.ts";
import type { Transaction } from "#lib/db/client.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { noParty } from "./access.ts";
import { writeCaseEntry } from "./case-entries.ts";
import type { CaseEvent } from "./case-events.ts";
import { afterStep, type CaseState, type CaseStep } from "./case-life.ts";

export type LockedCase = Awaited<ReturnType<typeof findCase>>;
type CaseAudit = Extract<AuditEvent, { readonly type: "caseChanged" }>;

const findCase = (tx: Transaction, id: string) => tx.reportCase.findUniqueOrThrow({ where: { id } });
const lockedRow = z.array(z.object({ version: z.number().int() }));

/**
 * @param version as it was shown; undefined for what may be done on any state, e.g. a note
 * @throws {ActionRefusal} notFound (also for a party), caseChanged
 */
export async function lockCase(
  tx: Transaction,
  principal: Principal,
  caseId: string,
  version?: number,
): Promise<LockedCase> {
  const rows: unknown = await tx.$queryRaw`
    SELECT c.version FROM report_case c WHERE c.id = ${caseId}::uuid AND ${noParty(principal)} FOR UPDATE OF c`;
  const [row] = lockedRow.parse(rows);
  if (!row) throw new ActionRefusal("notFound");
  if (version !== undefined && row.version !== version) throw new ActionRefusal("caseChanged");
  const found = await findCase(tx, caseId);
  // its content is gone, or it went on in another case
  if (found.erasedAt !== null || found.mergedIntoId !== null) throw new ActionRefusal("stepNotPossible");
  return found;
}

/** @throws {ActionRefusal} stepNotPossible */
export function stateAfter({ state }: { readonly state: CaseState }, step: CaseStep): CaseState {
  const after = afterStep(state, step);
  if (after === null) throw new ActionRefusal("stepNotPossible");
  return after;
}

type Writing = Pick<StateActionContext<unknown>, "tx" | "principal" | "now" | "actor" | "audit">;

/** Changes the case, tells its timeline and the audit log, and counts as read by whoever did it. */
export async function writeCaseStep(
  { tx, principal, now, actor, audit }: Writing,
  found: LockedCase,
  data: Prisma.ReportCaseUncheckedUpdateInput,
  event: CaseEvent,
  {
    step,
    before = null,
    after = null,
  }: Pick<CaseAudit, "step"> & { readonly before?: string | null; readonly after?: string | null },
): Promise<void> {
  const { id: caseId, number } = found;
  await tx.reportCase.update({
    where: { id: caseId },
    data: { changedAt: now, firstActionAt: found.firstActionAt ?? now, version: { increment: 1 }, ...data },
  });
  await writeCaseEntry(tx, caseId, event, actor);
  await audit({ type: "caseChanged", caseId, number: Number(number), step, was: before, is: after });
  await markRead(tx, principal, caseId, now);
}

/** What somebody has seen, or did, is not new to them. */
export async function markRead(tx: Transaction, principal: Principal, caseId: string, now: Date): Promise<void> {
  await tx.caseReadMark.upsert({
    where: { caseId_personId: { caseId, personId: principal.personId } },
    create: { caseId, personId: principal.personId, readAt: now },
    update: { readAt: now },
  });
}
