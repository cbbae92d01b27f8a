// The two ways to be let in: OAuth 2 client credentials (a token that is renewed), and OAuth 1.0a (each request signed).
import { createHmac } from "node:crypto";
import OAuth from "oauth-1.0a";
import { z } from "zod";
import { OneRosterError } from "./errors.ts";
import { scopeOf, type OneRosterVersion } from "./versions.ts";

export type Authorisation = {
  /** The Authorization header for a request. */
  readonly header: (url: URL) => Promise<string>;
  /** The server refused the last one. @returns whether trying again makes sense */
  readonly renew: () => boolean;
};

/** A token is renewed this long before it ends, so that it cannot end on its way. */
const TOKEN_MARGIN_MS = 30_000;
const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().default(300),
});

export function clientCredentials(
  client: { readonly clientId: string; readonly clientSecret: string; readonly version: OneRosterVersion },
  /** Posts the form to the token endpoint and answers the decoded body. */
  requestToken: (authorization: string, form: URLSearchParams) => Promise<unknown>,
): Authorisation {
  let token: { readonly value: string; readonly renewAtMs: number } | undefined;
  return {
    async header() {
      if (token !== undefined && performance.now() < token.renewAtMs) return `Bearer ${token.value}`;
      // RFC 6749 §2.3.1: both halves are form-encoded before they are joined
      const credentials = `${formEncode(client.clientId)}:${formEncode(client.clientSecret)}`;
      const form = new URLSearchParams({ grant_type: "client_credentials", scope: scopeOf(client.version) });
      const body = await requestToken(`Basic ${Buffer.from(credentials).toString("base64")}`, form);
      const parsed = tokenAnswer.safeParse(body);
      if (!parsed.success) throw new OneRosterError("notOneRoster", "the token endpoint answered without a token");
      const { access_token: value, expires_in: lifetimeSeconds } = parsed.data;
      // monotonic: a jump of the clock must neither keep a dead token nor ask for one each time
      token = { value, renewAtMs: performance.now() + Math.max(0, lifetimeSeconds * 1_000 - TOKEN_MARGIN_MS) };
      return `Bearer ${value}`;
    },
    renew() {
      // a provider that restarts forgets its tokens long before they end
      token = undefined;
      return true;
    },
  };
}

/** RFC 5849 without a token: the consumer's key and secret alone, as OneRoster 1.1 §4.1 has it. */
export function signedRequests(
  client: { readonly clientId: string; readonly clientSecret: string },
  hash: "sha1" | "sha256",
): Authorisation {
  const oauth = new OAuth({
    consumer: { key: client.clientId, secret: client.clientSecret },
    signature_method: hash === "sha1" ? "HMAC-SHA1" : "HMAC-SHA256",
    hash_function: (text, key) => createHmac(hash, key).update(text).digest("base64"),
  });
  return {
    header: async (url) => {
      // parameters apart: the library would decode "+" in an address otherwise than a server does
      const request = {
        url: `${url.origin}${url.pathname}`,
        method: "GET",
        data: Object.fromEntries(url.searchParams),
      };
      const signed = oauth.authorize(request);
      const {
        oauth_consumer_key,
        oauth_nonce,
        oauth_signature,
        oauth_signature_method,
        oauth_timestamp,
        oauth_version,
      } = signed;
      return oauth.toHeader({
        oauth_consumer_key,
        oauth_nonce,
        oauth_signature,
        oauth_signature_method,
        oauth_timestamp,
        oauth_version,
      }).Authorization;
    },
    renew: () => false,
  };
}

const formEncode = (text: string): string => new URLSearchParams({ "": text }).toString().slice(1);
