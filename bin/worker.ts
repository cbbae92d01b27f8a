// The worker process: pulls the directory at an interval and works the provisioning queues while Synapse is there.
import { logChainHeadsDaily } from "#lib/audit/heads.ts";
import { openDatabase, type Database } from "#lib/db/client.ts";
import { findLatestRun } from "#lib/directory/queries.ts";
import { isFullSyncDue, runSyncJob } from "#lib/directory/sync-job.ts";
import { readIntakeOptions } from "#lib/directory/intake/options.ts";
import { EnvironmentError, readEnvironment, readTokenFile, type Environment } from "#lib/env/env.ts";
import { openGatePool } from "#lib/gate/pool.ts";
import { JobSender, startBoss } from "#lib/jobs/boss.ts";
import { repeat } from "#lib/jobs/intervals.ts";
import { stepBehindAnswers } from "#lib/jobs/niceness.ts";
import { CALENDAR_KEY, SYNC_KEY } from "#lib/jobs/queues.ts";
import { workQueue } from "#lib/jobs/work.ts";
import { log } from "#lib/log/log.ts";
import { followCalendar } from "#lib/policy/calendar.ts";
import { queueAccountVerification } from "#lib/provisioning/account-verification.ts";
import { followProvisioningCalendar } from "#lib/provisioning/calendar.ts";
import { queueLooksRound } from "#lib/provisioning/room-looks.ts";
import { requestSweep } from "#lib/provisioning/room-sweep.ts";
import { queueSchool } from "#lib/provisioning/queue.ts";
import { shareBudget } from "#lib/provisioning/synapse-budget.ts";
import { watchSynapse, writeServiceState } from "#lib/provisioning/synapse-monitor.ts";
import { followMeasures } from "#lib/reports/measure-work.ts";
import { followNotices } from "#lib/reports/notices.ts";
import { eraseDueCases } from "#lib/reports/retention.ts";
import { wakeCases } from "#lib/reports/waking.ts";
import { workOnReports } from "#lib/reports/work.ts";
import { startMail } from "./mail.ts";
import { syncDependencies } from "./sync-dependencies.ts";
import { startIntake } from "./worker-intake.ts";
import { SYNAPSE_QUEUES, workSynapseQueues } from "./worker-synapse.ts";

const MINUTE_MS = 60_000;
const CALENDAR_INTERVAL_MS = 10 * MINUTE_MS;
const PROVISIONING_CALENDAR_KEY = "provisioning";
const CASES_INTERVAL_MS = MINUTE_MS;
/** After an error of our own, such as a database that is away. */
const RETRY_INTERVAL_MS = 5_000;
/** After a run that failed, if the interval is longer. */
const FAILED_SYNC_INTERVAL_MS = MINUTE_MS;
const STOP_TIMEOUT_MS = 8_000;

type Worker = { stop(): Promise<void> };

async function startWorker(env: Environment<"worker">): Promise<Worker> {
  const options = readIntakeOptions(env);
  const db = openDatabase(env.DATABASE_URL);
  const jobs = new JobSender(env.DATABASE_URL);
  const decisions = openGatePool(env.DATABASE_URL, 1);
  const boss = await startBoss(env.DATABASE_URL);
  const stopping = new AbortController();
  const sync = syncDependencies(env, db, jobs);

  await workQueue(boss, "directory-sync", { parallelism: 1, batchSize: 1 }, async (job) => {
    const failure = await runSyncJob(sync, job);
    await writeServiceState(db, "oneroster", failure ?? "");
  });

  await workQueue(boss, "policy-calendar", { parallelism: 1, batchSize: 1 }, async (_, signal) => {
    await followCalendar({ db, jobs }, new Date(), AbortSignal.any([signal, stopping.signal]));
  });

  await workQueue(boss, "provision-school", { parallelism: 1, batchSize: 1 }, async ({ schoolId }) => {
    const timeout = 120_000;
    await db.$transaction((tx) => queueSchool(tx, jobs, { schoolId, personIds: [], groupIds: [] }), { timeout });
  });

  await workQueue(boss, "provisioning-calendar", { parallelism: 1, batchSize: 1 }, async (_, signal) => {
    const dependencies = { db, jobs, verifyRooms: env.VERIFY_ROOMS };
    await followProvisioningCalendar(dependencies, AbortSignal.any([signal, stopping.signal]));
    await queueAccountVerification(dependencies, env.VERIFY_ACCOUNTS);
  });

  async function followCases(): Promise<number> {
    try {
      await followMeasures({ db, jobs }, new Date());
      await eraseDueCases(db, new Date(), stopping.signal);
      await wakeCases({ db, jobs }, new Date());
      await followNotices({ db, jobs, hasRoom: env.REPORT_NOTICE_ROOM !== undefined }, new Date());
      return CASES_INTERVAL_MS;
    } catch (error) {
      log.warn({ err: error }, "cases not looked after");
      return RETRY_INTERVAL_MS;
    }
  }

  const work = { env, db, jobs, decisions, stopping: stopping.signal, onAbsence: () => monitor.poke() };
  const shared = shareBudget(db, env.SYNAPSE_PARALLEL_REQUESTS);
  const { budget } = shared;
  const monitor = watchSynapse({
    db,
    baseUrl: env.SYNAPSE_URL,
    serverName: env.SYNAPSE_SERVER_NAME,
    budget,
    readToken: () => readTokenFile(env.SYNAPSE_TOKEN_FILE),
    onUp: (connection) => workSynapseQueues(boss, connection, work),
    onDown: async () => {
      await Promise.all(SYNAPSE_QUEUES.map((name) => boss.offWork(name)));
    },
  });
  const ldapIntervalMs = env.LDAP_INTERVAL_MINUTES * MINUTE_MS;
  const intake = await startIntake({ db, jobs, boss, options, sync, ldapIntervalMs });
  const timer = repeat(() => requestSync(db, jobs, env.SYNC_INTERVAL_MINUTES * MINUTE_MS));
  const calendar = repeat(() => requestCalendar(db, jobs));
  const looks = repeat(() => queueLooksRound(db, jobs));
  const sweep = repeat(() => requestSweep(db, jobs));

  const mail = startMail(env, { db, boss, jobs });
  const heads = repeat(() => logChainHeadsDaily(db));
  const cases = repeat(followCases);
  const reports = workOnReports({
    db,
    keys: env.EVIDENCE_KEYS,
    serverName: env.SYNAPSE_SERVER_NAME,
    synapseUrl: env.SYNAPSE_URL,
    tokenFile: env.SYNAPSE_TOKEN_FILE,
    budget,
  });

  return {
    stop: async () => {
      stopping.abort(new Error("the worker stops"));
      const repeated = [timer, looks, sweep, heads, calendar, mail, monitor, reports, cases];
      await Promise.all(repeated.map((one) => one.stop()));
      await intake.stop();
      await boss.stop({ graceful: true, timeout: STOP_TIMEOUT_MS });
      await Promise.all([jobs.stop(), decisions.end(), shared.stop()]);
      await db.$disconnect();
    },
  };
}

let isFirstRequest = true;

/** Asks for a sync at the start of the process, and later whenever the last one is older than the interval. */
async function requestSync(db: Database, jobs: JobSender, intervalMs: number): Promise<number> {
  try {
    const latest = isFirstRequest ? null : await findLatestRun(db);
    const dueAfterMs = latest?.outcome === "failed" ? Math.min(intervalMs, FAILED_SYNC_INTERVAL_MS) : intervalMs;
    // another worker, or somebody in the console, may have asked meanwhile
    const ageMs = latest === null ? dueAfterMs : Date.now() - latest.startedAt.getTime();
    if (ageMs < dueAfterMs) return dueAfterMs - ageMs;
    const data = { full: await isFullSyncDue(db, new Date()), requestedBy: null };
    await db.$transaction((tx) => jobs.send(tx, "directory-sync", data, SYNC_KEY));
    isFirstRequest = false;
    return Math.min(intervalMs, FAILED_SYNC_INTERVAL_MS);
  } catch (error) {
    log.warn({ err: error }, "sync not requested");
    return RETRY_INTERVAL_MS;
  }
}

/** Every worker asks; of what is asked meanwhile, one job waits. */
async function requestCalendar(db: Database, jobs: JobSender): Promise<number> {
  try {
    await db.$transaction(async (tx) => {
      await jobs.send(tx, "policy-calendar", {}, CALENDAR_KEY);
      await jobs.send(tx, "provisioning-calendar", {}, PROVISIONING_CALENDAR_KEY);
    });
    return CALENDAR_INTERVAL_MS;
  } catch (error) {
    log.warn({ err: error }, "calendar not requested");
    return RETRY_INTERVAL_MS;
  }
}

async function main(): Promise<void> {
  stepBehindAnswers();
  const worker = await startWorker(readEnvironment("worker"));
  log.info("worker runs");
  const stop = () => {
    worker.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, "worker did not stop cleanly");
        process.exit(1);
      },
    );
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof EnvironmentError ? error.message : String(error)}\n`);
  process.exit(1);
}
