// Asks the worker for a full sync, or shows what one would do: node bin/sync.ts [--dry-run] [--school <id>]
// Reads the worker's environment.
import { parseArgs } from "node:util";
import { openDatabase } from "#lib/db/client.ts";
import { dryRun } from "#lib/directory/dry-run.ts";
import { findRunReports, findRunProblems } from "#lib/directory/queries.ts";
import { EnvironmentError, readEnvironment } from "#lib/env/env.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { syncKey } from "#lib/jobs/queues.ts";
import { syncDependencies } from "./sync-dependencies.ts";

const USAGE = "npm run sync -- [--dry-run] [--school <id>]";
const COLUMNS = [
  ["peopleAdded", "people +"],
  ["peopleChanged", "people ~"],
  ["peopleRemoved", "people -"],
  ["rolesAdded", "roles +"],
  ["rolesRemoved", "roles -"],
  ["groupsAdded", "groups +"],
  ["groupsChanged", "groups ~"],
  ["groupsRemoved", "groups -"],
  ["membersAdded", "members +"],
  ["membersRemoved", "members -"],
  ["held", "held back"],
] as const;

function readArguments(): { readonly isDryRun: boolean; readonly schoolId: string | null } | null {
  try {
    const options = { "dry-run": { type: "boolean" }, school: { type: "string" } } as const;
    const { values } = parseArgs({ options });
    return { isDryRun: values["dry-run"] ?? false, schoolId: values.school ?? null };
  } catch {
    return null;
  }
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
}

async function main(): Promise<void> {
  const asked = readArguments();
  if (asked === null) {
    console.error(`Usage: ${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const { isDryRun, schoolId } = asked;
  const env = readEnvironment("worker");
  const db = openDatabase(env.DATABASE_URL);
  const jobs = new JobSender(env.DATABASE_URL);
  try {
    if (!isDryRun) {
      const data = { full: true, requestedBy: null, schoolId };
      await db.$transaction((tx) => jobs.send(tx, "directory-sync", data, syncKey(schoolId)));
      console.log("The worker has been asked for a full sync.");
      return;
    }
    const result = await dryRun(syncDependencies(env, db, jobs), { schoolId, requestedById: null });
    const reports = await findRunReports(db, result.runId);
    const head = ["school", ...COLUMNS.map(([, title]) => title), "jobs"];
    const rows = reports.map(({ schoolId: school, report }) => [
      school,
      ...COLUMNS.map(([key]) => String(report[key].count)),
      String(report.jobs),
    ]);
    if (rows.length > 0) printTable([head, ...rows]);
    const problems = await findRunProblems(db, result.runId);
    for (const { recordType, recordId, reason } of problems) console.log(`${recordType} ${recordId}: ${reason}`);
    const { counts, failure } = result;
    console.log(
      `${String(counts.schools)} schools read, ${String(reports.length)} would change, ` +
        `${String(counts.schoolsRemoved)} would go, ${String(counts.held)} changes would be held back, ` +
        `${String(counts.jobs)} jobs would follow, ${String(problems.length)} records cannot be used. Nothing was changed.`,
    );
    if (failure !== null) {
      console.error(`The source could not be read as a whole: ${failure}`);
      process.exitCode = 1;
    }
  } finally {
    await jobs.stop();
    await db.$disconnect();
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof EnvironmentError ? error.message : error);
  process.exitCode = 1;
}
