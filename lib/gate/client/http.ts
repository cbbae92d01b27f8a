// How answers travel to chat clients: an ETag over the content, 304 if it is the same, compressed if the client takes it,
// and readable for web clients of another origin.
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

export type ClientAnswer = { readonly status: number; readonly text: string };

/** Smaller answers fit one packet anyway. */
const SMALLEST_COMPRESSED_BYTES = 1_024;
/** A fifth of the time of the standard level for a tenth more bytes; lists of names compress well at any level. */
const LEVEL = 2;
const compress = promisify(gzip);

/** The same that our proxy and Synapse send; the proxy replaces them. */
export const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, HEAD, POST, PUT, DELETE, OPTIONS",
  "access-control-allow-headers": "X-Requested-With, Content-Type, Authorization, Date",
} as const;

function takesGzip(request: IncomingMessage): boolean {
  const accepted = (request.headers["accept-encoding"] ?? "").split(",");
  return accepted.some((part) => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$)[0-9.]+\s*)?$/i.test(part));
}

/** Weak, because the compressed and the plain text are one content. */
function tagOf(text: string): string {
  return `W/"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
}

function knows(request: IncomingMessage, tag: string): boolean {
  const known = request.headers["if-none-match"] ?? "";
  return known.split(",").some((part) => part.trim() === "*" || part.trim().replace(/^W\//, "") === tag.slice(2));
}

/** Answers of the address book are for one person: no cache between may keep them, the client's own must ask again. */
export async function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, text }: ClientAnswer,
): Promise<void> {
  const headers: Record<string, string | number> = {
    ...CORS,
    "content-type": "application/json",
    "cache-control": "private, no-cache",
    vary: "Authorization, Accept-Encoding",
    "x-content-type-options": "nosniff",
  };
  const isReading = status === 200 && request.method !== "POST";
  if (isReading) {
    headers["etag"] = tagOf(text);
    if (knows(request, headers["etag"])) {
      response.writeHead(304, headers);
      response.end();
      return;
    }
  }
  let body = Buffer.from(text, "utf8");
  if (body.length >= SMALLEST_COMPRESSED_BYTES && takesGzip(request)) {
    body = await compress(body, { level: LEVEL });
    headers["content-encoding"] = "gzip";
  }
  if (response.destroyed) return;
  headers["content-length"] = body.length;
  // what was not read of a refused body must not be taken for the next request
  if (!request.complete) headers["connection"] = "close";
  response.writeHead(status, headers);
  response.end(request.method === "HEAD" ? undefined : body);
}
