// The rotating look at accounts: reads them in Synapse and makes the record say what it has, so that the ordinary job
// heals what has drifted. Apart from a sync, which asks Synapse nothing about accounts that are as recorded.
import { z } from "zod";
import type { Database } from "#lib/db/client.ts";
import { matrixUserId } from "#lib/ids/ids.ts";
import type { JobSender } from "#lib/jobs/boss.ts";
import { log } from "#lib/log/log.ts";
import type { AccountsApi } from "#lib/matrix/accounts.ts";
import { accountDrift } from "./account-drift.ts";
import { readAccountPeople } from "./account-facts.ts";

/** An account that was looked at since is not looked at again, however few there are. */
const VERIFY_AGAIN_HOURS = 20;
/** Behind everything that somebody waits for. */
const VERIFY_PRIORITY = -10_000_000;
/** Of a job; a few seconds of reading. */
const LOT = 100;

const ids = z.array(z.object({ id: z.string() })).transform((rows) => rows.map(({ id }) => id));

/**
 * Queues a look at the accounts that were not looked at for the longest time.
 * @param atMost with the interval of the calls this is how long a whole turn takes
 */
export async function queueAccountVerification(
  { db, jobs }: { readonly db: Database; readonly jobs: JobSender },
  atMost: number,
  now = new Date(),
): Promise<void> {
  const before = new Date(now.getTime() - VERIFY_AGAIN_HOURS * 3_600_000);
  await db.$transaction(async (tx) => {
    // the turn is taken with the job: one that is given up waits for the next turn
    const rows: unknown = await tx.$queryRaw`
      UPDATE person SET account_verified_at = ${now} WHERE id IN (
        SELECT id FROM person
        WHERE account_state IN ('active', 'locked', 'deactivated')
          AND (account_verified_at IS NULL OR account_verified_at < ${before})
        ORDER BY account_verified_at NULLS FIRST, id LIMIT ${atMost} FOR NO KEY UPDATE SKIP LOCKED)
      RETURNING id`;
    const people = ids.parse(rows).sort();
    const lots = Array.from({ length: Math.ceil(people.length / LOT) }, (_, index) =>
      people.slice(index * LOT, (index + 1) * LOT),
    );
    const looks = lots.map((personIds) => ({
      data: { personIds },
      key: personIds[0] ?? "",
      priority: VERIFY_PRIORITY,
    }));
    await jobs.sendMany(tx, "verify-accounts", looks);
  });
}

export type VerificationDependencies = {
  readonly db: Database;
  readonly jobs: JobSender;
  readonly accounts: Pick<AccountsApi, "find">;
  readonly serverName: string;
};

/**
 * One after the other: there is no hurry, and Synapse has other work.
 * @param signal stops between two accounts
 */
export async function verifyAccounts(
  { db, jobs, accounts, serverName }: VerificationDependencies,
  personIds: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (const { id, localpart, facts } of await readAccountPeople(db, personIds)) {
    signal.throwIfAborted();
    const drift = accountDrift(await accounts.find(matrixUserId(localpart, serverName)), facts);
    if (drift === null) continue;
    log.warn({ personId: id, recorded: facts.recorded.state, drift: Object.keys(drift) }, "account has drifted");
    await db.$transaction(async (tx) => {
      const { state: accountState, displayName: accountDisplayName } = facts.recorded;
      // what its own job has recorded meanwhile is newer than what was read
      const { count } = await tx.person.updateMany({ where: { id, accountState, accountDisplayName }, data: drift });
      if (count > 0) await jobs.send(tx, "provision-account", { personId: id }, id);
    });
  }
}
