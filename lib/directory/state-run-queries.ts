// One run over all schools, school by school, for the state: what it changed there, or would change.
import { z } from "zod";
import { isLandAdmin, type Principal } from "#lib/auth/principal.ts";
import type { Reader } from "#lib/db/client.ts";
import { findRunProblems, findStateRuns, type RunProblem, type StateRunHead } from "./queries.ts";
import { schoolReportSchema, type SchoolReport } from "./report.ts";

export type SchoolOfRun = {
  readonly schoolId: string;
  /** Null for a school that a dry run found and the console does not know yet. */
  readonly name: string | null;
  readonly report: SchoolReport;
};

export type StateRun = {
  readonly run: StateRunHead;
  readonly problems: readonly RunProblem[];
  /** Of this page: what is held back first, then where people go, then by name. */
  readonly changes: readonly SchoolOfRun[];
  /** Of all schools where something changes. */
  readonly total: number;
  /** From 1. */
  readonly page: number;
  readonly pages: number;
};

const PAGE_SIZE = 25;
const changeRow = z.object({
  schoolId: z.string(),
  name: z.string().nullable(),
  report: schoolReportSchema,
});

/** Null for everybody but the state, and for what is no run over all schools. */
export async function findStateRun(
  reader: Reader,
  principal: Principal,
  runId: string,
  wantedPage = 1,
): Promise<StateRun | null> {
  if (!isLandAdmin(principal) || !z.uuid().safeParse(runId).success) return null;
  const [run] = await findStateRuns(reader, principal, 1, runId);
  if (run === undefined) return null;
  const total = await reader.syncSchoolChange.count({ where: { runId } });
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE));
  const page = Math.min(wantedPage, pages);
  const rows: unknown = await reader.$queryRaw`
    SELECT c.school_id AS "schoolId", s.name, c.report FROM sync_school_change c LEFT JOIN school s ON s.id = c.school_id
    WHERE c.run_id = ${runId}::uuid
    ORDER BY (c.report->'held'->>'count')::int DESC, (c.report->'peopleRemoved'->>'count')::int DESC, s.name, c.school_id
    OFFSET ${(page - 1) * PAGE_SIZE} LIMIT ${PAGE_SIZE}`;
  const problems = await findRunProblems(reader, runId);
  return { run, problems, changes: z.array(changeRow).parse(rows), total, page, pages };
}
