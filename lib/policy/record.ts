// A request as a record for the school's files: everything that was said and decided, and where the audit log tells it.
import { listRequestEntries, type RequestEntry } from "#lib/audit/request-entries.ts";
import { mayAuditSchool, type Principal } from "#lib/auth/principal.ts";
import { database } from "#lib/db/shared.ts";
import { parseCells, withCell } from "./cells.ts";
import { frameCell } from "./frame.ts";
import { readPopulation } from "./population.ts";
import { getRequest } from "./queries.ts";
import { reachOfCell } from "./reach.ts";
import { cellKey } from "./roles.ts";
import { parseCellKeys, readSchoolPolicy } from "./store.ts";
import type { RequestView, SummaryItem } from "./types.ts";

export type RequestRecord = {
  readonly request: RequestView;
  /** The school's number with the state's authorities; empty if the directory does not tell it. */
  readonly schoolIdentifier: string;
  /** The version that the approval put into effect. */
  readonly versionNumber: number | null;
  /** Every cell of the request; the numbers are counted anew over the people of today. */
  readonly items: readonly SummaryItem[];
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
  const version = await db.policyVersion.findFirst({
    where: { schoolId, requestId },
    select: { number: true, cells: true },
  });
  const cells = parseCellKeys(request.head.cells);
  const decided = version ? parseCells(version.cells) : policy.cells;
  const opened = cells.reduce((matrix, cell) => withCell(matrix, cell, true), decided);
  const population = await readPopulation(db, schoolId);
  return {
    request,
    schoolIdentifier: school.identifier,
    versionNumber: version?.number ?? null,
    items: cells.map((cell) => ({
      key: cellKey(cell),
      allowed: true,
      sensitive: frameCell(policy.frame, cell).sensitive,
      endsOn: request.parts.find((part) => part.cells.includes(cellKey(cell)))?.endsOn ?? null,
      waits: request.head.status === "pending",
      reach: reachOfCell(population, opened, { cell, allowed: true }),
    })),
    entries,
    madeAt: new Date(),
    madeBy: principal.displayName,
  };
}
