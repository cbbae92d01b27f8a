// Forwards an abuse report: to the gate, and if none takes it to Synapse, where the worker finds it. The client never
// tries again, so the body is held until one of them has it.
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import { failures } from "./answers.ts";
import { type ForwardOptions, sendRefusal, type Upstream } from "./forward.ts";
import { requestHeaders, responseHeaders } from "./headers.ts";
import { reportNotTaken } from "./routes.ts";

export type ForwardReportOptions = ForwardOptions & {
  /** How long the upstream may take. */
  readonly patienceMs: number;
  /** Who gets the report if the upstream does not take it. */
  readonly otherwise: Upstream;
};

export function forwardReport(request: IncomingMessage, response: ServerResponse, options: ForwardReportOptions): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= options.bodyLimitBytes) chunks.push(chunk);
  });
  request.once("end", () => {
    if (bytes > options.bodyLimitBytes) {
      sendRefusal(request, response, failures.tooLarge);
      return;
    }
    void deliver(request, response, Buffer.concat(chunks), options);
  });
}

async function deliver(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  { upstream, otherwise, patienceMs, idleTimeoutMs, publicProtocol, log }: ForwardReportOptions,
): Promise<void> {
  const headers = requestHeaders(request, publicProtocol);
  for (const target of [upstream, otherwise]) {
    try {
      const answer = await send(target, request, {
        headers,
        body,
        idleTimeoutMs: target === otherwise ? idleTimeoutMs : patienceMs,
      });
      if (target !== otherwise && reportNotTaken.includes(answer.statusCode ?? 502)) {
        answer.resume();
        log.warn({ upstream: target.name, status: answer.statusCode }, "report not taken");
        continue;
      }
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, responseHeaders(answer, target.name));
      answer.pipe(response);
      return;
    } catch (error) {
      log.warn({ upstream: target.name, err: error }, "report not taken");
    }
  }
  sendRefusal(request, response, failures.unreachable);
}

type Sending = { readonly headers: readonly string[]; readonly body: Buffer; readonly idleTimeoutMs: number };

function send(
  to: Upstream,
  request: IncomingMessage,
  { headers, body, idleTimeoutMs }: Sending,
): Promise<IncomingMessage> {
  const { request: start } = to.url.protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    const outgoing = start({
      agent: to.agent,
      hostname: to.url.hostname,
      port: to.url.port,
      method: request.method,
      path: request.url,
      headers: [...withoutLength(headers), "Content-Length", String(body.length)],
    });
    outgoing.setTimeout(idleTimeoutMs, () => {
      outgoing.destroy(new Error(`No data for ${String(idleTimeoutMs)} ms.`));
    });
    outgoing.once("error", reject);
    outgoing.once("response", resolve);
    outgoing.end(body);
  });
}

/** The body is whole now, so its length is known and it comes in one piece. */
function withoutLength(headers: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const [name = "", value = ""] = headers.slice(index, index + 2);
    if (!/^(?:content-length|transfer-encoding)$/i.test(name)) kept.push(name, value);
  }
  return kept;
}
