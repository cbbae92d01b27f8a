// Entries about a case are not for its parties: whoever reported or is reported finds no trace of it in the audit log
// either, whatever their roles (design §8).
import { z } from "zod";
import type { Reader } from "#lib/db/client.ts";
import type { Prisma } from "#prisma/generated/client.ts";

const rowSchema = z.object({ scope: z.string(), seq: z.number().int() });
export type EntryKey = z.infer<typeof rowSchema>;

/** Entries about cases that the person is a party of: few, because few people are party of much. */
export async function entriesOfOwnCases(reader: Reader, personId: string): Promise<readonly EntryKey[]> {
  const rows: unknown = await reader.$queryRaw`
    SELECT p.scope, p.seq FROM case_party c
      JOIN audit_payload p ON p.payload::jsonb ->> 'caseId' = c.case_id::text
    WHERE c.person_id = ${personId}`;
  return z.array(rowSchema).parse(rows);
}

export function without(hidden: readonly EntryKey[]): Prisma.AuditEntryWhereInput {
  return hidden.length === 0 ? {} : { NOT: { OR: hidden.map(({ scope, seq }) => ({ scope, seq })) } };
}
