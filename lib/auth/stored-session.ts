// From a session's id to who asks: session row → person → roles, all read anew.
import type { Database } from "#lib/db/client.ts";
import { SESSION_IDLE_MS, SESSION_TOUCH_MS } from "./lifetimes.ts";
import type { Principal } from "./principal.ts";

/** What a session that still lives satisfies: not ended, not over, not idle, its person neither locked, gone nor blocked. */
function living(sessionId: string, now: Date) {
  return {
    id: sessionId,
    endedAt: null,
    expiresAt: { gt: now },
    lastSeenAt: { gt: new Date(now.getTime() - SESSION_IDLE_MS) },
    person: { enabled: true, leftAt: null, accessBlock: null },
  };
}

export type FindOptions = {
  /** False for what a page asks by itself: a browser left open must not keep its session alive. */
  readonly touch?: boolean;
};

/** Null when there is no such session, it is over, or its person is locked, has left or may not use the console. */
export async function findPrincipal(
  db: Database,
  sessionId: string,
  now: Date,
  { touch = true }: FindOptions = {},
): Promise<Principal | null> {
  const session = await db.session.findFirst({
    where: living(sessionId, now),
    include: {
      person: {
        include: {
          affiliations: { where: { school: { leftAt: null } }, select: { schoolId: true, role: true, since: true } },
          consoleRoles: { select: { role: true } },
        },
      },
    },
  });
  if (!session) return null;
  if (touch && now.getTime() - session.lastSeenAt.getTime() > SESSION_TOUCH_MS) {
    await db.session.updateMany({ where: { id: sessionId, endedAt: null }, data: { lastSeenAt: now } });
  }
  const { person } = session;
  return {
    personId: person.id,
    displayName: person.displayName,
    sessionId,
    authenticatedAt: session.authenticatedAt,
    schoolRoles: person.affiliations,
    consoleRoles: person.consoleRoles.map(({ role }) => role),
  };
}

export type RemainingTime = {
  readonly remainingMs: number;
  /** False when the session ends because the school day's limit is reached: going on needs a new sign-in. */
  readonly extendable: boolean;
};

/**
 * How long a session lives on without a request. Null when it does not live any more.
 * @param touch counts this as a request, to the millisecond
 */
export async function remainingTime(
  db: Database,
  sessionId: string,
  now: Date,
  { touch }: { readonly touch: boolean },
): Promise<RemainingTime | null> {
  const where = living(sessionId, now);
  if (touch) await db.session.updateMany({ where, data: { lastSeenAt: now } });
  const session = await db.session.findFirst({ where, select: { lastSeenAt: true, expiresAt: true } });
  if (!session) return null;
  const idleEndMs = session.lastSeenAt.getTime() + SESSION_IDLE_MS;
  const endMs = session.expiresAt.getTime();
  return { remainingMs: Math.min(idleEndMs, endMs) - now.getTime(), extendable: idleEndMs <= endMs };
}
