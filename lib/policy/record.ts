// A request as a record for the school's files: everything that was said and decided, and where the audit log tells it.
import { listRequestEntries, type RequestEntry } from "#lib/audit/request-entries.ts";
import { mayAuditSchool, type Principal } from "#lib/auth/principal.ts";
import type { Reader } from "#lib/db/client.ts";
import { database } from "#lib/db/shared.ts";
import { parseCells, withCell, type MatrixCells } from "./cells.ts";
import { frameCell } from "./frame.ts";
import { readPopulation } from "./population.ts";
import { getRequest } from "./queries.ts";
import { reachOfCell, type Reach } from "./reach.ts";
import { cellKey, type Cell } from "./roles.ts";
import { parseCellKeys, readSchoolPolicy, type SchoolPolicy } from "./store.ts";
import { parseDecidedItems } from "./summary-items.ts";
import type { RequestView, SummaryItem } from "./types.ts";

/** Without numbers if approving would not have changed this cell: it was locked, or as asked for already. */
export type RecordItem = Pick<SummaryItem, "key" | "sensitive" | "endsOn" | "formerEnd"> & {
  readonly reach: Reach | null;
};

export type RequestRecord = {
  readonly request: RequestView;
  /** The school's number with the state's authorities; empty if the directory does not tell it. */
  readonly schoolIdentifier: string;
  /** The version that the approval put into effect. */
  readonly versionNumber: number | null;
  /** Every cell of the request. */
  readonly items: readonly RecordItem[];
  /** True: the numbers are those that the decider saw. False: they are counted anew over the people of today. */
  readonly countedAtDecision: boolean;
  readonly entries: readonly RequestEntry[];
  readonly madeAt: Date;
  readonly madeBy: string;
};

/** Null where the request or the school's audit log is not the principal's to read. */
export async function getRequestRecord(
  principal: Principal,
  schoolId: string,
  requestId: string,
): Promise<RequestRecord | null> {
  if (!mayAuditSchool(principal, schoolId)) return null;
  const request = await getRequest(principal, schoolId, requestId);
  const entries = request && (await listRequestEntries(principal, schoolId, requestId));
  const db = database();
  const policy = entries && (await readSchoolPolicy(db, schoolId));
  if (!policy) return null;
  const school = await db.school.findUniqueOrThrow({ where: { id: schoolId }, select: { identifier: true } });
  const stored = await db.changeRequest.findUniqueOrThrow({
    where: { id: request.head.id, schoolId },
    select: { decidedItems: true, versions: { select: { number: true, cells: true }, take: 1 } },
  });
  const [version] = stored.versions;
  const cells = parseCellKeys(request.head.cells);
  const decided = parseDecidedItems(stored.decidedItems);
  return {
    request,
    schoolIdentifier: school.identifier,
    versionNumber: version?.number ?? null,
    items: decided
      ? cells.map((cell) => decided.find(({ key }) => key === cellKey(cell)) ?? uncounted(policy, request, cell))
      : await countAnew(db, schoolId, policy, request, version ? parseCells(version.cells) : policy.cells),
    countedAtDecision: decided !== null,
    entries,
    madeAt: new Date(),
    madeBy: principal.displayName,
  };
}

function uncounted(policy: SchoolPolicy, request: RequestView, cell: Cell): RecordItem {
  const endsOn = request.parts.find((part) => part.cells.includes(cellKey(cell)))?.endsOn ?? null;
  const { sensitive } = frameCell(policy.frame, cell);
  return { key: cellKey(cell), sensitive, endsOn, formerEnd: null, reach: null };
}

/** For what is undecided, was decided by nobody, or before the numbers were kept. */
async function countAnew(
  reader: Reader,
  schoolId: string,
  policy: SchoolPolicy,
  request: RequestView,
  matrix: MatrixCells,
): Promise<RecordItem[]> {
  const cells = parseCellKeys(request.head.cells);
  const opened = cells.reduce((so, cell) => withCell(so, cell, true), matrix);
  const population = await readPopulation(reader, schoolId);
  return cells.map((cell) => ({
    ...uncounted(policy, request, cell),
    formerEnd: request.items.find(({ key }) => key === cellKey(cell))?.formerEnd ?? null,
    reach: reachOfCell(population, opened, { cell, allowed: true }),
  }));
}
