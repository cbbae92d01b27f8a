// Which headers cross the proxy: the connection's own stay behind, and what tells where a request came from is written
// by the proxy alone, because a client could forge it.
import type { IncomingMessage } from "node:http";
import { corsHeaders } from "./answers.ts";

const hopByHop = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const origin = new Set([
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-real-ip",
]);

function crossing(message: IncomingMessage, dropped: (name: string) => boolean): string[] {
  const named = new Set((message.headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase()));
  const kept: string[] = [];
  for (let index = 0; index + 1 < message.rawHeaders.length; index += 2) {
    const name = message.rawHeaders[index] ?? "";
    const lower = name.toLowerCase();
    if (hopByHop.has(lower) || named.has(lower) || dropped(lower)) continue;
    kept.push(name, message.rawHeaders[index + 1] ?? "");
  }
  return kept;
}

/** Headers of a client's request for the upstream, as a flat list; repeated ones stay repeated. */
export function requestHeaders(request: IncomingMessage, publicProtocol: string): string[] {
  const address = (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  const headers = crossing(request, (name) => origin.has(name));
  if (request.headers["transfer-encoding"] !== undefined) headers.push("Transfer-Encoding", "chunked");
  if (request.headers.host === undefined) headers.push("Host", "localhost");
  headers.push("X-Forwarded-For", address, "X-Forwarded-Proto", publicProtocol);
  return headers;
}

/** Headers of an upstream's answer for the client; the gate's answers get the proxy's CORS headers instead of its own. */
export function responseHeaders(response: IncomingMessage, upstream: "synapse" | "gate"): string[] {
  if (upstream === "synapse") return crossing(response, () => false);
  const headers = crossing(response, (name) => name.startsWith("access-control-"));
  return [...headers, ...Object.entries(corsHeaders).flat()];
}
