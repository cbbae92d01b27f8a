/** OAuth 1.0a for the demo's OneRoster server (RFC 5849 without a token): computes each signature anew and compares. */
import { createHmac, timingSafeEqual } from "node:crypto";

const HASHES: Readonly<Record<string, string>> = { "HMAC-SHA1": "sha1", "HMAC-SHA256": "sha256" };
/** How far the clocks may differ. */
const MAX_AGE_SECONDS = 300;

export type SignatureChecker = {
  readonly check: (method: string, url: URL, authorization: string | undefined) => boolean;
};

/** A nonce is good once. */
export function createSignatureChecker(client: { clientId: string; clientSecret: string }): SignatureChecker {
  const nonces = new Set<string>();
  return {
    check(method, url, authorization) {
      const signed = readHeader(authorization);
      const hash = HASHES[signed.get("oauth_signature_method") ?? ""];
      const nonce = signed.get("oauth_nonce") ?? "";
      const ageSeconds = Math.abs(Date.now() / 1_000 - Number(signed.get("oauth_timestamp")));
      if (signed.get("oauth_consumer_key") !== client.clientId || hash === undefined) return false;
      if (nonce === "" || nonces.has(nonce) || !(ageSeconds <= MAX_AGE_SECONDS)) return false;
      nonces.add(nonce);
      const base = signatureBase(method, url, signed);
      const wanted = createHmac(hash, `${encode(client.clientSecret)}&`)
        .update(base)
        .digest();
      const given = Buffer.from(signed.get("oauth_signature") ?? "", "base64");
      return given.length === wanted.length && timingSafeEqual(given, wanted);
    },
  };
}

function readHeader(authorization: string | undefined): Map<string, string> {
  const fields = new Map<string, string>();
  if (!/^OAuth /i.test(authorization ?? "")) return fields;
  for (const [, name = "", value = ""] of (authorization ?? "").matchAll(/(\w+)="([^"]*)"/g)) {
    fields.set(name, decodeURIComponent(value));
  }
  return fields;
}

/** RFC 5849 §3.4.1. */
function signatureBase(method: string, url: URL, signed: ReadonlyMap<string, string>): string {
  const pairs = [...url.searchParams, ...signed].filter(([name]) => name !== "oauth_signature" && name !== "realm");
  const parameters = pairs
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join("&");
  return [method.toUpperCase(), encode(`${url.origin}${url.pathname}`), encode(parameters)].join("&");
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
