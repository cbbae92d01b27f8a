// The demo's proxy: one public address in front of Synapse and the gate, made from the route table.
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { corsHeaders, refusals, wellKnownBody, type WellKnownOptions } from "./answers.ts";
import { createUpstream, forward, type ProxyLog, sendRefusal } from "./forward.ts";
import { forwardReport } from "./forward-report.ts";
import { matchRoute } from "./match.ts";
import { type BodyClass, bodyLimitBytes, reportPatienceSeconds, type Target } from "./routes.ts";

export type ProxyOptions = {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host?: string;
  readonly synapseUrl: string;
  readonly gateUrl: string;
  /** "off" hands everything to Synapse: only to show that each refusal comes from here. */
  readonly defences: "on" | "off";
  readonly log: ProxyLog;
  readonly bodyLimitBytes?: Readonly<Record<BodyClass, number>>;
  readonly idleTimeoutMs?: number;
} & WellKnownOptions;

export type RunningProxy = {
  readonly port: number;
  stop(): Promise<void>;
};

const everythingToSynapse: Target = { to: "synapse", body: "media" };

function sendWellKnown(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { ...corsHeaders, "Content-Type": "application/json", "Content-Length": body.length });
  response.end(body);
  request.resume();
}

function createHandler(options: ProxyOptions): { handle: http.RequestListener; close: () => void } {
  const upstreams = {
    synapse: createUpstream("synapse", options.synapseUrl),
    gate: createUpstream("gate", options.gateUrl),
  };
  const limits = options.bodyLimitBytes ?? bodyLimitBytes;
  const wellKnown = Buffer.from(wellKnownBody(options));
  const publicProtocol = new URL(options.publicBaseUrl).protocol.replace(":", "");

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const { method = "", url = "" } = request;
    if ((request.headersDistinct["host"]?.length ?? 0) > 1) {
      sendRefusal(request, response, refusals.ambiguousAddress);
      return;
    }
    const target = options.defences === "off" ? everythingToSynapse : matchRoute(method, url).target;
    switch (target.to) {
      case "refusal":
        sendRefusal(request, response, refusals[target.refusal]);
        return;
      case "preflight":
        response.writeHead(204, corsHeaders).end();
        request.resume();
        return;
      case "wellKnown":
        sendWellKnown(request, response, wellKnown);
        return;
      case "synapse":
      case "gate": {
        const forwarding = {
          upstream: upstreams[target.to],
          bodyLimitBytes: limits[target.body],
          idleTimeoutMs: options.idleTimeoutMs ?? 180_000,
          publicProtocol,
          log: options.log,
        };
        if (target.body === "report") {
          const patienceMs = Math.min(forwarding.idleTimeoutMs, reportPatienceSeconds * 1_000);
          forwardReport(request, response, { ...forwarding, patienceMs, otherwise: upstreams.synapse });
        } else forward(request, response, forwarding);
      }
    }
  };
  const close = (): void => {
    upstreams.synapse.agent.destroy();
    upstreams.gate.agent.destroy();
  };
  return { handle, close };
}

function listen(server: http.Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

/** Starts the proxy; rejects with the system's error (EADDRINUSE) if the port is taken. */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const { handle, close } = createHandler(options);
  const server = http.createServer(
    { maxHeaderSize: 64 * 1024, headersTimeout: 20_000, requestTimeout: 600_000, keepAliveTimeout: 75_000 },
    handle,
  );
  // An idle connection ends, also one whose client stopped reading or sending in the middle.
  server.setTimeout(200_000);
  const port = await listen(server, options.port, options.host ?? "127.0.0.1");
  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          close();
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
