// Signing out: the session row ends first, then the browser forgets its cookies, then the identity provider ends its
// own session, because school computers are shared.
import { z } from "zod";
import { sessionId } from "#lib/auth/session.ts";
import { database } from "#lib/db/shared.ts";
import { readEnvironment } from "#lib/env/env.ts";
import { log } from "#lib/log/log.ts";
import { auditSession } from "./session-audit.ts";

const DISCOVERY_TIMEOUT_MS = 3_000;
const discoverySchema = z.object({ end_session_endpoint: z.url().optional() });
const COOKIES = [
  "next-auth.session-token",
  "__Secure-next-auth.session-token",
  "next-auth.callback-url",
  "__Secure-next-auth.callback-url",
  "next-auth.csrf-token",
  "__Host-next-auth.csrf-token",
];

async function endSessionEndpoint(issuer: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${issuer.replace(/\/+$/, "")}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS),
    });
    return discoverySchema.parse(await response.json()).end_session_endpoint;
  } catch (error) {
    // our own session has ended all the same; the person lands on our page and not at the provider's
    log.warn({ err: error }, "identity provider's logout is out of reach");
    return undefined;
  }
}

/** Ends the session and answers where to go and which cookies to forget. */
export async function signOut(): Promise<{ readonly location: string; readonly forget: readonly string[] }> {
  const env = readEnvironment("web");
  const id = await sessionId();
  const session = id === undefined ? null : await database().session.findUnique({ where: { id } });
  if (session?.endedAt === null) {
    await database().$transaction(async (tx) => {
      await tx.session.update({ where: { id: session.id }, data: { endedAt: new Date(), idToken: null } });
      await auditSession(tx, session.personId, "signedOut");
    });
  }
  const endpoint = await endSessionEndpoint(env.OIDC_ISSUER);
  const home = `${env.CONSOLE_URL}/`;
  if (endpoint === undefined) return { location: home, forget: COOKIES };
  const target = new URL(endpoint);
  target.searchParams.set("post_logout_redirect_uri", home);
  target.searchParams.set("client_id", env.OIDC_CLIENT_ID);
  if (session?.idToken) target.searchParams.set("id_token_hint", session.idToken);
  return { location: target.href, forget: COOKIES };
}
