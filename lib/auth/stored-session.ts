// From a session's id to who asks: session row → person → roles, all read anew, in one question, because every page and
// every action asks it.
import { z } from "zod";
import type { Database } from "#lib/db/client.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { ConsoleRole, Role } from "#prisma/generated/enums.ts";
import { SESSION_IDLE_MS, SESSION_TOUCH_MS } from "./lifetimes.ts";
import type { Principal } from "./principal.ts";

/** A session `s` that still lives, of a person `p`: not ended, not over, not idle, nor the person locked, gone or blocked. */
function living(sessionId: string, now: Date): Prisma.Sql {
  return Prisma.sql`s.id = ${sessionId} AND s.ended_at IS NULL AND s.expires_at > ${now}
    AND s.last_seen_at > ${new Date(now.getTime() - SESSION_IDLE_MS)} AND p.enabled AND p.left_at IS NULL
    AND NOT EXISTS (SELECT FROM console_access_block WHERE console_access_block.person_id = p.id)`;
}

const principalRow = z.array(
  z.object({
    personId: z.string(),
    displayName: z.string(),
    authenticatedAt: z.date(),
    lastSeenAt: z.date(),
    schoolRoles: z.array(z.object({ schoolId: z.string(), role: z.enum(Role), since: z.coerce.date() })),
    consoleRoles: z.array(z.enum(ConsoleRole)),
  }),
);
const timeRow = z.array(z.object({ lastSeenAt: z.date(), expiresAt: z.date() }));

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
  const rows: unknown = await db.$queryRaw`
    SELECT p.id AS "personId", p.display_name AS "displayName", s.authenticated_at AS "authenticatedAt",
      s.last_seen_at AS "lastSeenAt",
      (SELECT coalesce(jsonb_agg(jsonb_build_object('schoolId', a.school_id, 'role', a.role, 'since', a.since)
          ORDER BY a.school_id, a.role), '[]')
        FROM affiliation a JOIN school ON school.id = a.school_id
        WHERE a.person_id = p.id AND school.left_at IS NULL) AS "schoolRoles",
      ARRAY (SELECT g.role::text FROM console_role_grant g WHERE g.person_id = p.id ORDER BY g.role) AS "consoleRoles"
    FROM session s JOIN person p ON p.id = s.person_id WHERE ${living(sessionId, now)}`;
  const [found] = principalRow.parse(rows);
  if (found === undefined) return null;
  const { lastSeenAt, ...principal } = found;
  if (touch && now.getTime() - lastSeenAt.getTime() > SESSION_TOUCH_MS) {
    await db.session.updateMany({ where: { id: sessionId, endedAt: null }, data: { lastSeenAt: now } });
  }
  return { ...principal, sessionId };
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
  const alive = living(sessionId, now);
  if (touch) {
    await db.$executeRaw`UPDATE session s SET last_seen_at = ${now} FROM person p WHERE p.id = s.person_id AND ${alive}`;
  }
  const rows: unknown = await db.$queryRaw`
    SELECT s.last_seen_at AS "lastSeenAt", s.expires_at AS "expiresAt"
    FROM session s JOIN person p ON p.id = s.person_id WHERE ${alive}`;
  const [session] = timeRow.parse(rows);
  if (session === undefined) return null;
  const idleEndMs = session.lastSeenAt.getTime() + SESSION_IDLE_MS;
  const endMs = session.expiresAt.getTime();
  return { remainingMs: Math.min(idleEndMs, endMs) - now.getTime(), extendable: idleEndMs <= endMs };
}
