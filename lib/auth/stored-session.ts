// From a session's id to who asks: session row → person → roles, all read anew.
import type { Database } from "#lib/db/client.ts";
import { SESSION_IDLE_MS, SESSION_TOUCH_MS } from "./lifetimes.ts";
import type { Principal } from "./principal.ts";

/** Null when there is no such session, it is over, or its person is locked or has left. */
export async function findPrincipal(db: Database, sessionId: string, now: Date): Promise<Principal | null> {
  const session = await db.session.findFirst({
    where: {
      id: sessionId,
      endedAt: null,
      expiresAt: { gt: now },
      lastSeenAt: { gt: new Date(now.getTime() - SESSION_IDLE_MS) },
      person: { enabled: true, leftAt: null },
    },
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
  if (now.getTime() - session.lastSeenAt.getTime() > SESSION_TOUCH_MS) {
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
