// The rows of what the guard holds back, and how they end: applied after a release, or dropped when the source does not
// say it any more.
import type { Transaction } from "#lib/db/client.ts";
import { SOURCE } from "./difference.ts";
import { holdKey, type Held, type HoldKind } from "./guard.ts";
import type { PulledSource } from "./runs.ts";

export type HoldRow = {
  readonly id: bigint;
  readonly kind: string;
  readonly item: string;
  readonly status: "open" | "released";
};

export async function readHolds(
  tx: Transaction,
  schoolIds: readonly string[],
  source: PulledSource = SOURCE,
): Promise<readonly HoldRow[]> {
  const rows = await tx.syncHold.findMany({
    where: { schoolId: { in: [...schoolIds] }, source, status: { in: ["open", "released"] } },
    select: { id: true, kind: true, item: true, status: true },
  });
  return rows.flatMap(({ status, ...row }) => (status === "open" || status === "released" ? [{ ...row, status }] : []));
}

export const isKind = (row: HoldRow, ...kinds: readonly HoldKind[]): boolean => kinds.some((kind) => kind === row.kind);
export const keyOf = (row: Pick<HoldRow, "kind" | "item">): string => `${row.kind}\n${row.item}`;

/** With the school's lock, and what is released read under it: a release of just now would be undone otherwise. */
export async function writeHolds(
  tx: Transaction,
  schoolId: string,
  runId: string,
  held: readonly Held[],
  source: PulledSource = SOURCE,
): Promise<void> {
  for (const { kind, item, rule, personId, groupId, role } of held) {
    await tx.syncHold.upsert({
      where: { schoolId_source_kind_item: { schoolId, source, kind, item } },
      create: { schoolId, source, kind, item, rule, personId, groupId, role, runId },
      update: { rule, runId, status: "open" },
    });
  }
}

/**
 * What was released and done is applied; what the source does not say any more is dropped.
 * @param done keys of changes that this run made
 * @param judged whether the run has looked at what the row is about
 */
export async function settleHolds(
  tx: Transaction,
  rows: readonly HoldRow[],
  held: readonly Held[],
  done: ReadonlySet<string>,
  judged: (row: HoldRow) => boolean,
): Promise<void> {
  const stillHeld = new Set(held.map(holdKey));
  const settled = rows.filter((row) => judged(row) && !stillHeld.has(keyOf(row)));
  const isApplied = (row: HoldRow): boolean => row.status === "released" && done.has(keyOf(row));
  const applied = settled.filter(isApplied).map(({ id }) => id);
  const dropped = settled.filter((row) => !isApplied(row)).map(({ id }) => id);
  if (applied.length > 0) {
    await tx.syncHold.updateMany({ where: { id: { in: applied } }, data: { status: "applied" } });
  }
  if (dropped.length > 0) {
    await tx.syncHold.updateMany({ where: { id: { in: dropped } }, data: { status: "dropped" } });
  }
}
