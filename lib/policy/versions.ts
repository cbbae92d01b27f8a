// The first version of a school that the directory has just brought: the state's frame as it stands.
import { SYSTEM_ACTOR, writeAudit } from "#lib/audit/write.ts";
import type { Transaction } from "#lib/db/client.ts";
import { correlationId } from "#lib/log/log.ts";
import { holdFrame, readFrame, writeVersion } from "./store.ts";

/** Does nothing for a school that has a version. */
export async function writeInitialVersion(tx: Transaction, schoolId: string): Promise<void> {
  await holdFrame(tx);
  const [school] = await tx.$queryRaw<{ current_version: number }[]>`
    SELECT current_version FROM school WHERE id = ${schoolId} FOR NO KEY UPDATE`;
  if (school?.current_version !== 0) return;
  const frame = await readFrame(tx);
  const { number, cells } = await writeVersion(tx, {
    schoolId,
    kind: "initial",
    policy: { frame, own: new Map(), version: 0 },
    edits: [],
    authorId: null,
    reason: "",
  });
  await writeAudit(tx, {
    scope: schoolId,
    actor: SYSTEM_ACTOR,
    event: { type: "firstVersion", version: number, after: cells },
    outcome: "done",
    correlationId: correlationId(),
  });
}
