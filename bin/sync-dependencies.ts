// What a sync works with, from the environment: for the worker and for the command line.
import type { Database } from "#lib/db/client.ts";
import { readSourceOptions } from "#lib/directory/source-options.ts";
import type { SyncDependencies } from "#lib/directory/sync.ts";
import type { Environment } from "#lib/env/env.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { createOneRosterClient } from "#lib/oneroster/client.ts";
import { queueRoomsFollowing } from "#lib/provisioning/group-queue.ts";
import { queueLeavers, queueSchool, queueSchools } from "#lib/provisioning/queue.ts";

export function syncDependencies(env: Environment<"worker">, db: Database, jobs: JobSender): SyncDependencies {
  const { client: settings, roles } = readSourceOptions(env.ONEROSTER_OPTIONS);
  const client = createOneRosterClient({
    ...settings,
    baseUrl: env.ONEROSTER_URL,
    tokenUrl: env.ONEROSTER_TOKEN_URL,
    clientId: env.ONEROSTER_CLIENT_ID,
    clientSecret: env.ONEROSTER_CLIENT_SECRET,
  });
  return {
    db,
    roles,
    pull: client.pull,
    serviceId: env.ONEROSTER_SERVICE_ID,
    subject: env.ONEROSTER_SUBJECT,
    serverName: env.SYNAPSE_SERVER_NAME,
    onSchoolChanged: async (tx, change) => {
      const queued = await queueSchool(tx, jobs, change);
      return queued + (await queueRoomsFollowing(tx, jobs, change));
    },
    onSchoolsSwitched: (tx, schoolIds) => queueSchools(tx, jobs, schoolIds),
    onPeopleLeft: (tx, personIds) => queueLeavers(tx, jobs, personIds),
  };
}
