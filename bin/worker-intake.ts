// The worker's part in the sources beside the directory: consuming the configured queues, and pulling groups from LDAP at
// an interval. Without settings it does nothing.
import type { PgBoss } from "pg-boss";
import type { AmqpFailure } from "#lib/amqp/errors.ts";
import type { Database } from "#lib/db/client.ts";
import { startAmqpIntake } from "#lib/directory/intake/amqp.ts";
import { stateToWrite } from "#lib/directory/intake/intake-state.ts";
import { syncLdap } from "#lib/directory/intake/ldap.ts";
import type { IntakeOptions } from "#lib/directory/intake/options.ts";
import { findLatestRun } from "#lib/directory/queries.ts";
import type { SyncDependencies } from "#lib/directory/sync.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { repeat } from "#lib/jobs/intervals.ts";
import { LDAP_KEY } from "#lib/jobs/queues.ts";
import { workQueue } from "#lib/jobs/work.ts";
import { log } from "#lib/log/log.ts";
import { writeServiceState } from "#lib/provisioning/synapse-monitor.ts";

export type Intake = {
  readonly db: Database;
  readonly jobs: JobSender;
  readonly boss: PgBoss;
  readonly options: IntakeOptions;
  readonly sync: Pick<SyncDependencies, "serverName" | "onSchoolChanged" | "onPeopleLeft">;
  readonly ldapIntervalMs: number;
};

const STATE_INTERVAL_MS = 10_000;
const RETRY_INTERVAL_MS = 5_000;
/** After a pull that failed, if the interval is longer. */
const FAILED_LDAP_INTERVAL_MS = 60_000;

type Running = { stop(): Promise<void> };

export async function startIntake(intake: Intake): Promise<Running> {
  const running = [...startMessages(intake), ...(await startLdap(intake))];
  return {
    stop: async () => {
      await Promise.all(running.map((one) => one.stop()));
    },
  };
}

function startMessages({ db, options: { amqp }, sync }: Intake): readonly Running[] {
  if (amqp === null) return [];
  const states = new Map<string, AmqpFailure | "">();
  async function writeState(): Promise<number> {
    try {
      const written = await db.serviceState.findUnique({ where: { name: "amqp" } });
      const state = stateToWrite([...states.values()], written, new Date());
      if (state !== null) await writeServiceState(db, "amqp", state);
      return STATE_INTERVAL_MS;
    } catch (error) {
      log.warn({ err: error }, "state of the message intake not written");
      return RETRY_INTERVAL_MS;
    }
  }
  const writer = repeat(writeState);
  const { serverName, onSchoolChanged, onPeopleLeft } = sync;
  const consumer = startAmqpIntake({
    ...{ db, serverName, onSchoolChanged, onPeopleLeft },
    ...amqp,
    onState: (queue, state) => {
      states.set(queue, state);
      writer.poke();
    },
  });
  return [consumer, writer];
}

async function startLdap({
  db,
  jobs,
  boss,
  options: { ldap },
  sync,
  ldapIntervalMs,
}: Intake): Promise<readonly Running[]> {
  if (ldap === null) return [];
  const { connection, people, groups } = ldap;
  await workQueue(boss, "ldap-sync", { parallelism: 1, batchSize: 1 }, async (job) => {
    const { onSchoolChanged } = sync;
    const dependencies = { db, ldap: connection, people, groups, onSchoolChanged };
    const { requestedBy: requestedById = null, schoolId = null, dryRun = false } = job;
    const { failure } = await syncLdap(dependencies, { requestedById, schoolId, dryRun });
    await writeServiceState(db, "ldap", failure ?? "");
  });
  let isFirst = true;
  async function request(): Promise<number> {
    try {
      // the directory first: LDAP only says in which groups its people are
      const directory = await findLatestRun(db);
      if (isFirst && (directory === null || directory.outcome === "running")) return RETRY_INTERVAL_MS;
      const latest = isFirst ? null : await findLatestRun(db, "ldap");
      const dueAfterMs =
        latest?.outcome === "failed" ? Math.min(ldapIntervalMs, FAILED_LDAP_INTERVAL_MS) : ldapIntervalMs;
      const ageMs = latest === null ? dueAfterMs : Date.now() - latest.startedAt.getTime();
      if (ageMs < dueAfterMs) return dueAfterMs - ageMs;
      await db.$transaction((tx) => jobs.send(tx, "ldap-sync", {}, LDAP_KEY));
      isFirst = false;
      return Math.min(ldapIntervalMs, FAILED_LDAP_INTERVAL_MS);
    } catch (error) {
      log.warn({ err: error }, "LDAP sync not requested");
      return RETRY_INTERVAL_MS;
    }
  }
  return [repeat(request)];
}
