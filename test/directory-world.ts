// A database, a OneRoster server over the small directory, and what a sync of it needs.
import { DEMO_SERVICE_ID } from "#demo/data/records.ts";
import { startOneRosterServer, type OneRosterServer, type OneRosterServerOptions } from "#demo/oneroster-server.ts";
import { dryRun, type DryRunRequest, type DryRunResult } from "#lib/directory/dry-run.ts";
import { syncDirectory, type SyncDependencies, type SyncRequest, type SyncResult } from "#lib/directory/sync.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import { createOneRosterClient } from "#lib/oneroster/client.ts";
import { queueLeavers, queueSchool, queueSchools } from "#lib/provisioning/queue.ts";
import { startTestDatabase, type TestDatabase } from "./database.ts";
import { buildSmallDirectory, type SmallDirectory } from "./small-directory.ts";

const CLIENT = { clientId: "console", clientSecret: "small directory" };

export type DirectoryWorld = {
  readonly database: TestDatabase;
  readonly server: OneRosterServer;
  readonly small: SmallDirectory;
  readonly jobs: JobSender;
  readonly dependencies: SyncDependencies;
  sync(request?: SyncRequest, changes?: Partial<SyncDependencies>): Promise<SyncResult>;
  dryRun(request?: Partial<DryRunRequest>): Promise<DryRunResult>;
  stop(): Promise<void>;
};

export async function startDirectoryWorld(options: Partial<OneRosterServerOptions> = {}): Promise<DirectoryWorld> {
  const small = buildSmallDirectory();
  const database = await startTestDatabase();
  const server = await startOneRosterServer({ port: 0, directory: small.directory, ...CLIENT, ...options });
  const jobs = new JobSender(database.url);
  const client = createOneRosterClient({ baseUrl: server.baseUrl, tokenUrl: server.tokenUrl, ...CLIENT });
  const dependencies: SyncDependencies = {
    db: database.db,
    pull: client.pull,
    serviceId: DEMO_SERVICE_ID,
    subject: "sourcedId",
    serverName: "localhost",
    onSchoolChanged: (tx, change) => queueSchool(tx, jobs, change),
    onSchoolsSwitched: (tx, ids) => queueSchools(tx, jobs, ids),
    onPeopleLeft: (tx, ids) => queueLeavers(tx, jobs, ids),
  };
  return {
    database,
    server,
    small,
    jobs,
    dependencies,
    sync: (request = { full: true }, changes = {}) => syncDirectory({ ...dependencies, ...changes }, request),
    dryRun: (request = {}) => dryRun(dependencies, { schoolId: null, requestedById: null, ...request }),
    stop: async () => {
      await jobs.stop();
      await server.stop();
      await database.stop();
    },
  };
}
