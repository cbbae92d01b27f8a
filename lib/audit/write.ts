// Writes an audit entry in the caller's transaction, so that a change and its record stand or fall together.
import { z } from "zod";
import type { Transaction } from "#lib/db/client.ts";
import { commitmentTo, newSalt } from "./chain.ts";
import type { AuditEvent } from "./events.ts";

export type AuditActor = {
  readonly personId: string | null;
  /** role acted in; "system" for the worker */ readonly role: string;
};
export type AuditRecord = {
  /** School id, or STATE_SCOPE. */
  readonly scope: string;
  readonly actor: AuditActor;
  readonly event: AuditEvent;
  readonly outcome: "done" | "refused";
  readonly correlationId: string;
};

export const SYSTEM_ACTOR: AuditActor = { personId: null, role: "system" };

const insertedRow = z.tuple([z.object({ seq: z.number().int() })]);

export async function writeAudit(tx: Transaction, record: AuditRecord): Promise<void> {
  const payload = JSON.stringify(record.event);
  const salt = newSalt();
  // seq, previous_hash and hash are the trigger's to set
  const rows = await tx.$queryRaw`
    INSERT INTO audit_entry (scope, seq, actor_id, actor_role, type, outcome, correlation_id, commitment, previous_hash, hash)
    VALUES (${record.scope}, 0, ${record.actor.personId}, ${record.actor.role}, ${record.event.type}, ${record.outcome},
            ${record.correlationId}, ${commitmentTo(salt, payload)}, '', '')
    RETURNING seq`;
  const [{ seq }] = insertedRow.parse(rows);
  await tx.auditPayload.create({ data: { scope: record.scope, seq, salt, payload } });
}
