// Asks the worker for a full sync, or shows what one would do:
// node bin/sync.ts [--dry-run] [--school <id>] [--source oneroster|ldap]
// Reads the worker's environment.
import { parseArgs } from "node:util";
import { openDatabase, type Database } from "#lib/db/client.ts";
import { dryRun } from "#lib/directory/dry-run.ts";
import { syncLdap } from "#lib/directory/intake/ldap.ts";
import { readIntakeOptions } from "#lib/directory/intake/options.ts";
import { findRunReports, findRunProblems } from "#lib/directory/queries.ts";
import { PULLED_SOURCES, type PulledSource, type SyncCounts } from "#lib/directory/runs.ts";
import { EnvironmentError, readEnvironment } from "#lib/env/env.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { ldapKey, syncKey } from "#lib/jobs/queues.ts";
import { syncDependencies } from "./sync-dependencies.ts";

const USAGE = "npm run sync -- [--dry-run] [--school <id>] [--source oneroster|ldap]";
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

type Asked = {
  readonly isDryRun: boolean;
  readonly schoolId: string | null;
  /** Null: every one that is configured. */
  readonly source: PulledSource | null;
};

function readArguments(): Asked | null {
  try {
    const options = { "dry-run": { type: "boolean" }, school: { type: "string" }, source: { type: "string" } } as const;
    const { values } = parseArgs({ options });
    const source = values.source === undefined ? null : PULLED_SOURCES.find((known) => known === values.source);
    if (source === undefined) return null;
    return { isDryRun: values["dry-run"] ?? false, schoolId: values.school ?? null, source };
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

type Ran = { readonly runId: string; readonly counts: SyncCounts; readonly failure: string | null };

/** @returns whether the source could be read as a whole */
async function printRun(db: Database, { runId, counts, failure }: Ran): Promise<boolean> {
  const reports = await findRunReports(db, runId);
  const head = ["school", ...COLUMNS.map(([, title]) => title), "jobs"];
  const rows = reports.map(({ schoolId: school, report }) => [
    school,
    ...COLUMNS.map(([key]) => String(report[key].count)),
    String(report.jobs),
  ]);
  if (rows.length > 0) printTable([head, ...rows]);
  const problems = await findRunProblems(db, runId);
  for (const { recordType, recordId, reason } of problems) console.log(`${recordType} ${recordId}: ${reason}`);
  console.log(
    `${String(counts.schools)} schools read, ${String(reports.length)} would change, ` +
      `${String(counts.schoolsRemoved)} would go, ${String(counts.held)} changes would be held back, ` +
      `${String(counts.jobs)} jobs would follow, ${String(problems.length)} records cannot be used. Nothing was changed.`,
  );
  if (failure !== null) console.error(`The source could not be read as a whole: ${failure}`);
  return failure === null;
}

type Tools = { readonly db: Database; readonly jobs: JobSender };

async function ask({ db, jobs }: Tools, sources: readonly PulledSource[], schoolId: string | null): Promise<void> {
  await db.$transaction(async (tx) => {
    if (sources.includes("oneroster")) {
      const data = { full: true, requestedBy: null, schoolId };
      await jobs.send(tx, "directory-sync", data, syncKey(schoolId));
    }
    if (sources.includes("ldap")) await jobs.send(tx, "ldap-sync", { schoolId }, ldapKey(schoolId));
  });
  console.log("The worker has been asked for a full sync.");
}

async function main(): Promise<void> {
  const asked = readArguments();
  if (asked === null) {
    console.error(`Usage: ${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const { isDryRun, schoolId, source } = asked;
  const env = readEnvironment("worker");
  const { ldap } = readIntakeOptions(env);
  if (source === "ldap" && ldap === null)
    throw new EnvironmentError("LDAP_URL is missing: there are no groups from LDAP");
  const sources = PULLED_SOURCES.filter((one) => (source === null ? one !== "ldap" || ldap !== null : one === source));
  const db = openDatabase(env.DATABASE_URL);
  const jobs = new JobSender(env.DATABASE_URL);
  try {
    if (!isDryRun) {
      await ask({ db, jobs }, sources, schoolId);
      return;
    }
    const sync = syncDependencies(env, db, jobs);
    const request = { schoolId, requestedById: null };
    for (const one of sources) {
      if (sources.length > 1) console.log(one);
      const ran =
        one === "ldap" && ldap !== null
          ? await syncLdap(
              { ...ldap, db, ldap: ldap.connection, onSchoolChanged: sync.onSchoolChanged },
              { ...request, dryRun: true },
            )
          : await dryRun(sync, request);
      if (!(await printRun(db, ran))) process.exitCode = 1;
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
