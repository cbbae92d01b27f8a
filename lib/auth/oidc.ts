// Sign-in by OpenID Connect discovery with PKCE, state and nonce. The identity provider only says who it is: the
// cookie carries the id of a session row and nothing else. What a sign-in does to our data comes in as `SignIn`.
import NextAuth, { type NextAuthOptions } from "next-auth";
import { publishConsoleUrl, readEnvironment } from "#lib/env/env.ts";
import { log } from "#lib/log/log.ts";
import { identityOf, type Identity } from "./identity.ts";
import { SESSION_LIFETIME_MS } from "./lifetimes.ts";

export type SignIn = {
  /** Null: welcome. Else the code of the sign-in page's message. */
  readonly refusal: (identity: Identity) => Promise<"AccessDenied" | "Blocked" | null>;
  /** Answers the id of the new session. */
  readonly createSession: (identity: Identity, idToken: string | undefined) => Promise<string>;
};

function readIdentity(profile: unknown): Identity | undefined {
  return identityOf(profile, readEnvironment("web").OIDC_SUBJECT_CLAIM);
}

/** Enough to read the cookie of a request. */
export function sessionCookieOptions(): NextAuthOptions {
  const env = readEnvironment("web");
  publishConsoleUrl(env.CONSOLE_URL);
  return {
    secret: env.SESSION_SECRET,
    session: { strategy: "jwt", maxAge: SESSION_LIFETIME_MS / 1000 },
    providers: [],
    callbacks: { session: ({ session, token }) => ({ ...session, user: {}, sid: token["sid"] }) },
  };
}

function signInOptions(signIn: SignIn): NextAuthOptions {
  const env = readEnvironment("web");
  const reading = sessionCookieOptions();
  return {
    ...reading,
    pages: { signIn: "/sign-in", error: "/sign-in", signOut: "/" },
    providers: [
      {
        id: "portal",
        name: "Bildungsportal",
        type: "oauth",
        wellKnown: `${env.OIDC_ISSUER.replace(/\/+$/, "")}/.well-known/openid-configuration`,
        clientId: env.OIDC_CLIENT_ID,
        clientSecret: env.OIDC_CLIENT_SECRET,
        authorization: { params: { scope: env.OIDC_SCOPE } },
        idToken: true,
        checks: ["pkce", "state", "nonce"],
        profile: (profile: unknown) => ({ id: readIdentity(profile)?.subject ?? "" }),
      },
    ],
    callbacks: {
      ...reading.callbacks,
      signIn: async ({ profile }) => {
        const identity = readIdentity(profile);
        const refusal = identity === undefined ? "AccessDenied" : await signIn.refusal(identity);
        return refusal === null ? true : `/sign-in?error=${refusal}`;
      },
      jwt: async ({ token, account, profile }) => {
        if (!account) return token;
        const identity = readIdentity(profile);
        if (!identity) throw new Error("an id token without a subject passed the sign-in check");
        return { sid: await signIn.createSession(identity, account.id_token) };
      },
    },
    logger: {
      error: (code, metadata) => {
        log.error({ code, err: metadata instanceof Error ? metadata : metadata.error }, "sign-in failed");
      },
      warn: (code) => {
        log.warn({ code }, "sign-in");
      },
      debug: () => undefined,
    },
  };
}

type RouteHandler = (request: Request, context: { params: Promise<{ nextauth: string[] }> }) => Promise<Response>;

/** next-auth's route handler; the settings are read at the first request, so that a build needs none. */
export function authRoute(signIn: SignIn): RouteHandler {
  let handle: RouteHandler | undefined;
  return async (request, context) => {
    handle ??= NextAuth(signInOptions(signIn)) as RouteHandler;
    return await handle(request, context);
  };
}
