// Before every page: a request id for log and support, and a Content-Security-Policy with a fresh nonce. It guards
// nothing: who may see what is decided where data is read.
import { NextResponse, type NextRequest } from "next/server";
import { readEnvironment } from "#lib/env/env.ts";
import { newCorrelationId } from "#lib/log/log.ts";

const NONCE_BYTES = 16;
const development = process.env.NODE_ENV === "development";

let formTargets: string | undefined;

/** Browsers apply form-action to the redirect after a form as well: signing out leads to the identity provider. */
function identityProviderOrigin(): string {
  formTargets ??= new URL(readEnvironment("web").OIDC_ISSUER).origin;
  return formTargets;
}

function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'", // overlays set their position in style attributes
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    `form-action 'self' ${identityProviderOrigin()}`,
  ].join("; ");
}

export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(NONCE_BYTES))).toString("base64");
  const policy = contentSecurityPolicy(nonce);
  const requestId = newCorrelationId();
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("x-request-id", requestId);
  // where to come back to after signing in
  headers.set("x-request-path", request.nextUrl.pathname + request.nextUrl.search);
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("x-request-id", requestId);
  return response;
}

export const config = { matcher: ["/((?!_next/static|_next/image|icon.svg).*)"] };
