// Writes the timeline of a case, in the caller's transaction.
import type { Transaction } from "#lib/db/client.ts";
import { caseEventSchema, type CaseEvent } from "./case-events.ts";

export type CaseActor = { readonly personId: string | null; readonly role: string };
export const SYSTEM: CaseActor = { personId: null, role: "system" };

export async function writeCaseEntry(
  tx: Transaction,
  caseId: string,
  event: CaseEvent,
  actor: CaseActor = SYSTEM,
): Promise<void> {
  await tx.caseEntry.create({
    data: { caseId, actorId: actor.personId, actorRole: actor.role, content: caseEventSchema.parse(event) },
  });
}
