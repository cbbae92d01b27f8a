// What others did to a matrix since somebody began to work on it: which cell, in which direction, by whom and when.
import type { Reader } from "#lib/db/client.ts";
import { cellState, parseCells, type MatrixCells } from "./cells.ts";
import { differingCells } from "./change.ts";
import { cellKey } from "./roles.ts";
import type { ChangedMeanwhile, VersionHead, VersionKind } from "./types.ts";

export const versionNames = {
  author: { select: { displayName: true } },
  approvedBy: { select: { displayName: true } },
} as const;

type VersionRow = {
  readonly number: number;
  readonly kind: VersionKind;
  readonly createdAt: Date;
  readonly author: { readonly displayName: string } | null;
  readonly approvedBy: { readonly displayName: string } | null;
};

export function toVersionHead({ number, kind, createdAt, author, approvedBy }: VersionRow): VersionHead {
  return {
    number,
    kind,
    createdAt,
    authorName: author?.displayName ?? null,
    approverName: approvedBy?.displayName ?? null,
  };
}

type VersionState = { readonly cells: MatrixCells; readonly head: VersionHead };

/** @param versions the version on which the work began and all that followed, oldest first */
export function changedSince(versions: readonly VersionState[]): ChangedMeanwhile[] {
  const [base, newest] = [versions[0], versions.at(-1)];
  if (!base || !newest) return [];
  return differingCells(base.cells, newest.cells).flatMap(({ cell, allowed }) => {
    // the last version that is not yet as it is now; the next one did it
    const before = versions.findLastIndex(({ cells }) => cellState(cells, cell).allowed !== allowed);
    const by = versions[before + 1]?.head;
    return by ? [{ key: cellKey(cell), allowed, by }] : [];
  });
}

/** @param current the version in effect; nothing is read where it is the base */
export async function readChangedMeanwhile(
  reader: Reader,
  schoolId: string,
  baseVersion: number,
  current: { readonly version: number },
): Promise<ChangedMeanwhile[]> {
  if (baseVersion === current.version) return [];
  const rows = await reader.policyVersion.findMany({
    where: { schoolId, number: { gte: baseVersion, lte: current.version } },
    orderBy: { number: "asc" },
    include: versionNames,
  });
  return changedSince(rows.map((row) => ({ cells: parseCells(row.cells), head: toVersionHead(row) })));
}
