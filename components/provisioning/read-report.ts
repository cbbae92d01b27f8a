// The lines of a run's report, with names; read for the page.
import { getTranslations } from "next-intl/server";
import type { Database } from "#lib/db/client.ts";
import type { SchoolRun } from "#lib/directory/queries.ts";
import { findReportNames } from "#lib/directory/work-queries.ts";
import { reportLines, type ReportLine } from "./report-lines.ts";

export async function readReport(
  db: Database,
  { report, kind }: Pick<SchoolRun, "report" | "kind">,
): Promise<readonly ReportLine[]> {
  if (report === null) return [];
  const names = await findReportNames(db, report);
  return reportLines(report, names, await getTranslations(), kind === "dryRun" ? "would" : "did");
}
