// The first version of schools that the directory has just brought: the state's frame as it stands.
import { z } from "zod";
import { SYSTEM_ACTOR, writeAuditMany } from "#lib/audit/write.ts";
import type { Transaction } from "#lib/db/client.ts";
import { correlationId } from "#lib/log/log.ts";
import { effectiveCells } from "./frame.ts";
import { holdFrame, readFrame } from "./store.ts";

const FIRST = 1;
const ids = z.array(z.object({ id: z.string() })).transform((rows) => rows.map(({ id }) => id));

export const writeInitialVersion = (tx: Transaction, schoolId: string): Promise<void> =>
  writeInitialVersions(tx, [schoolId]);

/** Does nothing for schools that have a version. A state brings more than a thousand at once, so all in a few statements. */
export async function writeInitialVersions(tx: Transaction, schoolIds: readonly string[]): Promise<void> {
  await holdFrame(tx);
  const rows: unknown = await tx.$queryRaw`
    SELECT id FROM school WHERE id = ANY(${[...schoolIds]}::text[]) AND current_version = 0
    ORDER BY id FOR NO KEY UPDATE`;
  const unversioned = ids.parse(rows);
  if (unversioned.length === 0) return;
  const frame = await readFrame(tx);
  const cells = effectiveCells(frame, new Map());
  await tx.policyVersion.createMany({
    data: unversioned.map((schoolId) => ({
      schoolId,
      number: FIRST,
      kind: "initial",
      cells,
      frameVersion: frame.version,
      reason: "",
      endings: {},
    })),
  });
  await writeAuditMany(
    tx,
    unversioned.map((scope) => ({ scope, event: { type: "firstVersion", version: FIRST, after: cells } })),
    { actor: SYSTEM_ACTOR, correlationId: correlationId() },
  );
}
