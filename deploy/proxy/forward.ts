// Forwards one request to an upstream and streams the answer back; says what happened if that does not work.
import { randomUUID } from "node:crypto";
import http, { type ClientRequest, type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import { corsHeaders, failures, type Refusal, refusalBody } from "./answers.ts";
import { requestHeaders, responseHeaders } from "./headers.ts";

export type ProxyLog = {
  warn(fields: Record<string, unknown>, message: string): void;
};

export type Upstream = {
  readonly name: "synapse" | "gate";
  readonly url: URL;
  readonly agent: http.Agent;
};

export type ForwardOptions = {
  readonly upstream: Upstream;
  readonly bodyLimitBytes: number;
  /** How long an upstream may be silent; longer than the longest long-poll. */
  readonly idleTimeoutMs: number;
  /** "http" or "https", as people see it. */
  readonly publicProtocol: string;
  readonly log: ProxyLog;
};

/** An agent that keeps connections; idle ones go before Synapse (60 s) would close them under a request. */
export function createUpstream(name: "synapse" | "gate", address: string): Upstream {
  const url = new URL(address);
  const options = { keepAlive: true, maxFreeSockets: 64, timeout: 20_000 };
  return { name, url, agent: url.protocol === "https:" ? new https.Agent(options) : new http.Agent(options) };
}

/** Answers with a refusal; a connection whose request body was not read is closed afterwards. */
export function sendRefusal(request: IncomingMessage, response: ServerResponse, refusal: Refusal, id?: string): void {
  const body = Buffer.from(refusalBody(refusal, id));
  if (!request.complete) response.setHeader("Connection", "close");
  response.writeHead(refusal.status, {
    ...corsHeaders,
    "Content-Type": "application/json",
    "Content-Length": body.length,
  });
  response.end(body);
  request.resume();
}

function hasBody(request: IncomingMessage): boolean {
  return request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0;
}

function open(request: IncomingMessage, { upstream, publicProtocol }: ForwardOptions): ClientRequest {
  const { request: start } = upstream.url.protocol === "https:" ? https : http;
  return start({
    agent: upstream.agent,
    hostname: upstream.url.hostname,
    port: upstream.url.port,
    method: request.method,
    path: request.url,
    headers: requestHeaders(request, publicProtocol),
  });
}

function sendBody(request: IncomingMessage, outgoing: ClientRequest, limitBytes: number, tooLarge: () => void): void {
  let receivedBytes = 0;
  request.on("data", (chunk: Buffer) => {
    receivedBytes += chunk.length;
    if (receivedBytes > limitBytes) tooLarge();
  });
  request.pipe(outgoing);
}

export function forward(request: IncomingMessage, response: ServerResponse, options: ForwardOptions): void {
  const { upstream, bodyLimitBytes, idleTimeoutMs, log } = options;
  if (Number(request.headers["content-length"] ?? 0) > bodyLimitBytes) {
    sendRefusal(request, response, failures.tooLarge);
    return;
  }
  const outgoing = open(request, options);
  let settled = false;

  const fail = (refusal: Refusal, cause?: Error): void => {
    if (settled) return;
    settled = true;
    request.unpipe(outgoing);
    outgoing.destroy();
    const id = cause === undefined ? undefined : randomUUID();
    if (cause !== undefined) log.warn({ requestId: id, upstream: upstream.name, err: cause }, "upstream failed");
    if (response.headersSent) response.destroy();
    else sendRefusal(request, response, refusal, id);
  };

  outgoing.setTimeout(idleTimeoutMs, () => {
    fail(failures.tooSlow, new Error(`No data for ${String(idleTimeoutMs)} ms.`));
  });
  outgoing.on("error", (error: NodeJS.ErrnoException) => {
    // The upstream may close a kept connection in the moment of its reuse: nothing was sent twice, so ask once more.
    const staleConnection = outgoing.reusedSocket && error.code === "ECONNRESET" && !hasBody(request);
    if (
      !settled &&
      staleConnection &&
      !response.headersSent &&
      (request.method === "GET" || request.method === "HEAD")
    ) {
      settled = true;
      forward(request, response, options);
      return;
    }
    fail(failures.unreachable, error);
  });
  outgoing.on("response", (incoming) => {
    incoming.on("error", (error) => {
      fail(failures.unreachable, error);
    });
    response.writeHead(incoming.statusCode ?? 502, incoming.statusMessage, responseHeaders(incoming, upstream.name));
    response.flushHeaders();
    incoming.pipe(response);
  });
  response.on("close", () => {
    if (response.writableFinished) return;
    // The client is gone: the upstream need not work for it any longer.
    settled = true;
    outgoing.destroy();
  });
  sendBody(request, outgoing, bodyLimitBytes, () => {
    fail(failures.tooLarge);
  });
}
