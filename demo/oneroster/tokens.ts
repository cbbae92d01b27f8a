/** OAuth 2.0 client credentials for the demo's OneRoster server (RFC 6749, section 4.4): one client, short-lived opaque tokens. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { unescape } from "node:querystring";
import { readForm } from "../http.ts";
import { type DemoVersion, SCOPE_ROOTS } from "./versions.ts";

const ROSTER_SCOPES = ["roster.readonly", "roster-core.readonly"];
const OTHER_SCOPES = ["roster-demographics.readonly", "resource.readonly"];

export type TokenAnswer = {
  readonly status: number;
  readonly body: object;
};

export type TokenState = "valid" | "unknown" | "insufficientScope";

export type TokenIssuer = {
  issue(request: IncomingMessage): Promise<TokenAnswer>;
  check(authorization: string | undefined): TokenState;
  /** Forgets all tokens, as a provider does when it restarts. */
  revokeAll(): void;
};

export function createTokenIssuer(client: {
  clientId: string;
  clientSecret: string;
  tokenLifetimeSeconds: number;
  version: DemoVersion;
}): TokenIssuer {
  const inFull = (names: readonly string[]): Set<string> =>
    new Set(names.map((name) => `${SCOPE_ROOTS[client.version]}${name}`));
  const rosterScopes = inFull(ROSTER_SCOPES);
  const knownScopes = inFull([...ROSTER_SCOPES, ...OTHER_SCOPES]);
  const tokens = new Map<string, { expiresAtMs: number; scopes: readonly string[] }>();
  const refuse = (status: number, error: string, description: string): TokenAnswer => ({
    status,
    body: { error, error_description: description },
  });

  return {
    async issue(request) {
      let form: URLSearchParams;
      try {
        form = await readForm(request);
      } catch {
        return refuse(400, "invalid_request", "The form could not be read.");
      }
      const credentials = basicCredentials(request.headers.authorization) ?? {
        id: form.get("client_id") ?? "",
        secret: form.get("client_secret") ?? "",
      };
      const known = same(credentials.id, client.clientId) && same(credentials.secret, client.clientSecret);
      if (!known) return refuse(401, "invalid_client", "The client id or secret is wrong.");
      if (form.get("grant_type") !== "client_credentials") {
        return refuse(400, "unsupported_grant_type", "Only client_credentials is supported.");
      }
      const scopes = (form.get("scope") ?? "").split(" ").filter((scope) => scope !== "");
      if (scopes.length === 0 || scopes.some((scope) => !knownScopes.has(scope))) {
        return refuse(400, "invalid_scope", `Name one or more of: ${[...knownScopes].join(" ")}`);
      }
      const now = Date.now();
      for (const [token, { expiresAtMs }] of tokens) if (expiresAtMs <= now) tokens.delete(token);
      const token = randomBytes(32).toString("base64url");
      tokens.set(token, { expiresAtMs: now + client.tokenLifetimeSeconds * 1000, scopes });
      return {
        status: 200,
        body: {
          access_token: token,
          token_type: "Bearer",
          expires_in: client.tokenLifetimeSeconds,
          scope: scopes.join(" "),
        },
      };
    },

    check(authorization) {
      const token = /^Bearer ([\w-]+)$/i.exec(authorization ?? "")?.[1];
      const grant = token === undefined ? undefined : tokens.get(token);
      if (grant === undefined || grant.expiresAtMs <= Date.now()) return "unknown";
      return grant.scopes.some((scope) => rosterScopes.has(scope)) ? "valid" : "insufficientScope";
    },

    revokeAll() {
      tokens.clear();
    },
  };
}

/** Both halves are form-encoded before they are joined (RFC 6749, section 2.3.1). */
function basicCredentials(authorization: string | undefined): { id: string; secret: string } | undefined {
  const encoded = /^Basic (.+)$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const [id = "", secret = ""] = Buffer.from(encoded, "base64").toString("utf8").split(/:(.*)/s);
  const decode = (text: string): string => unescape(text.replaceAll("+", " "));
  return { id: decode(id), secret: decode(secret) };
}

function same(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
