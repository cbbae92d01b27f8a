// Once a day the head of each chain goes to the log, which is kept elsewhere: whoever cuts the end off a chain cannot
// change what was logged (design §10).
import type { Database } from "#lib/db/client.ts";
import { log } from "#lib/log/log.ts";

const DAY_MS = 86_400_000;
/** How often to look whether the day is over; several workers look. */
const LOOK_MS = 15 * 60_000;
const RETRY_MS = 60_000;
const MARK = "auditHeads";
const BATCH = 500;

/** Of all workers one gets to do it: whoever moves the mark. */
async function claimDay(db: Database, now: Date): Promise<boolean> {
  const dayAgo = new Date(now.getTime() - DAY_MS);
  const changed = await db.$executeRaw`
    INSERT INTO service_state (name, reachable, checked_at) VALUES (${MARK}, true, ${now})
    ON CONFLICT (name) DO UPDATE SET checked_at = EXCLUDED.checked_at WHERE service_state.checked_at <= ${dayAgo}`;
  return changed === 1;
}

/** @returns how many heads were logged; 0 if today's are in the log already */
export async function logChainHeads(db: Database, now: Date): Promise<number> {
  if (!(await claimDay(db, now))) return 0;
  let after = "";
  let logged = 0;
  for (;;) {
    const chains = await db.auditChain.findMany({
      where: { scope: { gt: after } },
      orderBy: { scope: "asc" },
      take: BATCH,
    });
    for (const { scope, lastSeq, head } of chains) log.info({ scope, entries: lastSeq, head }, "head of an audit log");
    logged += chains.length;
    const last = chains.at(-1);
    if (!last || chains.length < BATCH) return logged;
    after = last.scope;
  }
}

/** A round of the worker; answers when the next one is due, in milliseconds. */
export async function logChainHeadsDaily(db: Database): Promise<number> {
  try {
    await logChainHeads(db, new Date());
    return LOOK_MS;
  } catch (error) {
    log.warn({ err: error }, "heads of the audit logs not logged");
    return RETRY_MS;
  }
}
