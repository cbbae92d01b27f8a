// What the pages of the versions read: every version of a school with what it changed, any two side by side, and the
// way back to one. Null for a school that is not there or not the principal's.
import { mayEditSchool, maySeeSchool, type Principal } from "#lib/auth/principal.ts";
import type { Reader } from "#lib/db/client.ts";
import { database } from "#lib/db/shared.ts";
import { cellState, parseCells } from "./cells.ts";
import { differingCells, riskiestFirst } from "./change.ts";
import { isOwnOpening } from "./end-change.ts";
import { parseDay, type Day } from "./end-date.ts";
import { versionNames } from "./changed-meanwhile.ts";
import { ALWAYS_SENSITIVE, frameCell } from "./frame.ts";
import { wayBack } from "./going-back.ts";
import { CELLS, cellKey, parseCellKey, type CellKey } from "./roles.ts";
import { readSchoolPolicy } from "./store.ts";
import type { ComparedCell, VersionComparison, VersionEntry, VersionList } from "./types.ts";

const PAGE_SIZE = 25;

async function findVersions(reader: Reader, schoolId: string, before: number | undefined, take: number) {
  return await reader.policyVersion.findMany({
    where: { schoolId, ...(before === undefined ? {} : { number: { lt: before } }) },
    orderBy: { number: "desc" },
    take,
    include: versionNames,
  });
}

type VersionRow = Awaited<ReturnType<typeof findVersions>>[number];

/** Last days by cell; what is not one is left out, as nothing hangs on it. */
function endingsOf({ endings }: VersionRow): Map<CellKey, Day> {
  const found = new Map<CellKey, Day>();
  for (const [key, text] of Object.entries(endings ?? {})) {
    const cell = parseCellKey(key);
    const day = typeof text === "string" ? parseDay(text) : undefined;
    if (cell && day) found.set(cellKey(cell), day);
  }
  return found;
}

/** Riskiest first, by what is sensitive everywhere: the frame of that time may have marked more or less. */
function comparedCells(before: VersionRow, after: VersionRow, isSensitive: (key: CellKey) => boolean): ComparedCell[] {
  const [cellsBefore, cellsAfter] = [parseCells(before.cells), parseCells(after.cells)];
  const [endsBefore, endsAfter] = [endingsOf(before), endingsOf(after)];
  const otherEnds = CELLS.filter(
    (cell) =>
      isOwnOpening(cellsBefore, cell) &&
      isOwnOpening(cellsAfter, cell) &&
      endsBefore.get(cellKey(cell)) !== endsAfter.get(cellKey(cell)),
  ).map((cell) => ({ cell, allowed: true, formerEnd: { day: endsBefore.get(cellKey(cell)) ?? null } }));
  const switched = differingCells(cellsBefore, cellsAfter).map((edit) => ({ ...edit, formerEnd: null }));
  const changes = [...switched, ...otherEnds].map((change) => ({
    ...change,
    sensitive: isSensitive(cellKey(change.cell)),
  }));
  return riskiestFirst(changes).map(({ cell, allowed, sensitive, formerEnd }) => ({
    key: cellKey(cell),
    allowed,
    sensitive,
    endsOn: allowed ? (endsAfter.get(cellKey(cell)) ?? null) : null,
    formerEnd,
  }));
}

function toEntry(row: VersionRow, previous: VersionRow | undefined): VersionEntry {
  return {
    number: row.number,
    kind: row.kind,
    createdAt: row.createdAt,
    authorName: row.author?.displayName ?? null,
    approverName: row.approvedBy?.displayName ?? null,
    reason: row.reason,
    requestId: row.requestId,
    changes: previous ? comparedCells(previous, row, (key) => ALWAYS_SENSITIVE.has(key)) : [],
  };
}

async function readSchool(principal: Principal, schoolId: string) {
  if (!maySeeSchool(principal, schoolId)) return null;
  return await database().school.findUnique({
    where: { id: schoolId, leftAt: null },
    select: { id: true, name: true, currentVersion: true },
  });
}

/** Newest first. @param before number of the version after the page's first; undefined for the newest */
export async function listVersions(
  principal: Principal,
  schoolId: string,
  { before }: { readonly before?: number | undefined } = {},
): Promise<VersionList | null> {
  const school = await readSchool(principal, schoolId);
  if (!school) return null;
  // one more than the page shows: what the last one changed is its difference to that
  const rows = await findVersions(database(), schoolId, before, PAGE_SIZE + 1);
  const page = rows.slice(0, PAGE_SIZE);
  return {
    school: { id: school.id, name: school.name },
    currentVersion: school.currentVersion,
    versions: page.map((row, index) => toEntry(row, rows[index + 1])),
    nextBefore: rows.length > PAGE_SIZE ? (page.at(-1)?.number ?? null) : null,
  };
}

/** Any two versions of the school, in the order in which they are named; null as well if one of them is not there. */
export async function compareVersions(
  principal: Principal,
  schoolId: string,
  from: number,
  to: number,
): Promise<VersionComparison | null> {
  const school = await readSchool(principal, schoolId);
  const db = database();
  const policy = school && (await readSchoolPolicy(db, schoolId));
  if (!school || !policy) return null;
  const rows = await db.policyVersion.findMany({
    where: { schoolId, number: { in: [from, to] } },
    include: versionNames,
  });
  const before = rows.find(({ number }) => number === from);
  const after = rows.find(({ number }) => number === to);
  if (!before || !after) return null;
  const isSensitive = (key: CellKey) => {
    const cell = parseCellKey(key);
    return cell !== undefined && frameCell(policy.frame, cell).sensitive;
  };
  const mayEdit = mayEditSchool(principal, schoolId);
  return {
    school: { id: school.id, name: school.name },
    currentVersion: policy.version,
    from: toEntry(before, undefined),
    to: toEntry(after, undefined),
    cells: comparedCells(before, after, isSensitive),
    waysBack: mayEdit
      ? [before, after]
          .filter(
            ({ number }, index, both) =>
              number !== policy.version && both.findIndex((row) => row.number === number) === index,
          )
          .map(({ number, cells }) => {
            const { edits, skipped } = wayBack(policy.frame, policy.cells, parseCells(cells));
            return {
              version: number,
              edits: edits.map(({ cell, allowed }) => ({ key: cellKey(cell), allowed })),
              skipped: skipped.map((cell) => ({ key: cellKey(cell), allowed: cellState(policy.cells, cell).allowed })),
            };
          })
      : [],
  };
}
