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

const insertedRows = z.array(z.object({ scope: z.string(), seq: z.number().int() }));

/** One entry in each of many chains, for what concerns many schools at once. The scopes must differ. */
export async function writeAuditMany(
  tx: Transaction,
  records: readonly { readonly scope: string; readonly event: AuditEvent }[],
  { actor, correlationId }: Pick<AuditRecord, "actor" | "correlationId">,
): Promise<void> {
  if (records.length === 0) return;
  const payloads = records.map(({ event }) => ({ payload: JSON.stringify(event), salt: newSalt() }));
  const scopes = records.map(({ scope }) => scope);
  const rows = await tx.$queryRaw`
    INSERT INTO audit_entry (scope, seq, actor_id, actor_role, type, outcome, correlation_id, commitment, previous_hash, hash)
    SELECT scope, 0, ${actor.personId}, ${actor.role}, type, 'done', ${correlationId}, commitment, '', ''
    FROM unnest(${scopes}::text[], ${records.map(({ event }) => event.type)}::text[],
      ${payloads.map(({ salt, payload }) => commitmentTo(salt, payload))}::text[]) AS entry (scope, type, commitment)
    RETURNING scope, seq`;
  const seqOf = new Map(insertedRows.parse(rows).map(({ scope, seq }) => [scope, seq]));
  await tx.$executeRaw`
    INSERT INTO audit_payload (scope, seq, salt, payload)
    SELECT * FROM unnest(${scopes}::text[], ${scopes.map((scope) => seqOf.get(scope) ?? 0)}::int[],
      ${payloads.map(({ salt }) => salt)}::text[], ${payloads.map(({ payload }) => payload)}::text[])`;
}
