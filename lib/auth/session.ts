// The one choke point of the session: cookie → session row → person → roles, all read anew on every request.
import { cache } from "react";
import { redirect } from "next/navigation";
import { getServerSession } from "next-auth";
import { z } from "zod";
import { database } from "#lib/db/shared.ts";
import { SESSION_IDLE_MS, SESSION_TOUCH_MS } from "./lifetimes.ts";
import { sessionCookieOptions } from "./oidc.ts";
import { hasConsoleAccess, type Principal } from "./principal.ts";

const sessionSchema = z.object({ sid: z.string().min(1) });

/** The session id of this request's cookie, whether it still lives or not. */
export async function sessionId(): Promise<string | undefined> {
  return sessionSchema.safeParse(await getServerSession(sessionCookieOptions())).data?.sid;
}

async function readPrincipal(): Promise<Principal | null> {
  const id = await sessionId();
  if (id === undefined) return null;
  const now = new Date();
  const session = await database().session.findFirst({
    where: {
      id,
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
    await database().session.updateMany({ where: { id, endedAt: null }, data: { lastSeenAt: now } });
  }
  const { person } = session;
  return {
    personId: person.id,
    displayName: person.displayName,
    sessionId: id,
    authenticatedAt: session.authenticatedAt,
    schoolRoles: person.affiliations,
    consoleRoles: person.consoleRoles.map(({ role }) => role),
  };
}

/** Null when nobody is signed in, or the session was ended on the server. Read once a request. */
export const currentPrincipal = cache(readPrincipal);

/** For pages: signed in and with access to the console, or sent to where that is explained. */
export async function requirePrincipal(): Promise<Principal> {
  const principal = await currentPrincipal();
  if (!principal) redirect("/sign-in");
  if (!hasConsoleAccess(principal)) redirect("/no-access");
  return principal;
}
