// Syncs of the directory as the worker does them, in a process of its own, so that its memory is its own too. Says how
// long it read the source and how long its transactions took: that is the database part, difference and guard included.
import { z } from "zod";
import { syncDependencies } from "#bin/sync-dependencies.ts";
import { openDatabase, type Database } from "#lib/db/client.ts";
import { syncDirectory } from "#lib/directory/sync.ts";
import { readEnvironment } from "#lib/env/env.ts";
import { JobSender } from "#lib/jobs/boss.ts";
import type { DirectoryPull } from "#lib/oneroster/client.ts";

const spentMs = { source: 0, transactions: 0 };

async function timed<T>(work: () => Promise<T>, part: keyof typeof spentMs = "source"): Promise<T> {
  const start = performance.now();
  try {
    return await work();
  } finally {
    spentMs[part] += performance.now() - start;
  }
}

/** The same database, with a watch on its transactions. */
function watchedDatabase(db: Database): Database {
  const begin: unknown = Reflect.get(db, "$transaction");
  if (typeof begin !== "function") throw new TypeError("no transactions");
  const transaction = (...all: readonly unknown[]): Promise<unknown> =>
    timed(async () => (await Reflect.apply(begin, db, all)) as unknown, "transactions");
  return new Proxy(db, {
    get: (target, key): unknown => (key === "$transaction" ? transaction : Reflect.get(target, key)),
  });
}

async function* timedPages<T>(pages: AsyncIterable<T>): AsyncGenerator<T, void, void> {
  const iterator = pages[Symbol.asyncIterator]();
  for (;;) {
    const next = await timed(() => iterator.next());
    if (next.done === true) return;
    yield next.value;
  }
}

/** The same pull, with a watch on it. */
function watched(pull: DirectoryPull): DirectoryPull {
  return {
    ...pull,
    schools: (since) => timed(() => pull.schools(since)),
    users: (schoolId, since) => timed(() => pull.users(schoolId, since)),
    classes: (schoolId, since) => timed(() => pull.classes(schoolId, since)),
    enrollments: (schoolId, since) => timed(() => pull.enrollments(schoolId, since)),
    allUsers: (since) => timedPages(pull.allUsers(since)),
    allClasses: (since) => timedPages(pull.allClasses(since)),
    allEnrollments: (since) => timedPages(pull.allEnrollments(since)),
    findFilterScope: (schoolId) => timed(() => pull.findFilterScope(schoolId)),
  };
}

const env = readEnvironment("worker");
const db = openDatabase(env.DATABASE_URL);
const jobs = new JobSender(env.DATABASE_URL);
const dependencies = syncDependencies(env, db, jobs);

async function run(isFull: boolean): Promise<object> {
  Object.assign(spentMs, { source: 0, transactions: 0 });
  const start = performance.now();
  const { counts, failure, kind, problems } = await syncDirectory(
    { ...dependencies, db: watchedDatabase(db), pull: () => watched(dependencies.pull()) },
    { full: isFull },
  );
  const totalMs = performance.now() - start;
  const maxRssBytes = process.resourceUsage().maxRSS * 1_024;
  return { failure, kind, counts, problems: problems.length, totalMs, spentMs, maxRssBytes };
}

const command = z.object({ full: z.boolean() });
process.on("message", (message) => {
  run(command.parse(message).full).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.send?.("ready");
