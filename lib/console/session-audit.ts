// Signing in and out as entries of the state's chain.
import { STATE_SCOPE } from "#lib/audit/events.ts";
import { writeAudit } from "#lib/audit/write.ts";
import type { Transaction } from "#lib/db/client.ts";
import { correlationId } from "#lib/log/log.ts";

export async function auditSession(tx: Transaction, personId: string, type: "signedIn" | "signedOut"): Promise<void> {
  await writeAudit(tx, {
    scope: STATE_SCOPE,
    actor: { personId, role: "person" },
    event: { type },
    outcome: "done",
    correlationId: correlationId(),
  });
}
