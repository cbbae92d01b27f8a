// A proxy before Synapse that breaks one chosen call in one chosen way, so that a test can interrupt whatever speaks
// HTTP at every place: before the request, after it, before its answer, or with an answer that lies.
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";

export type CutMode =
  /** The server never hears of it. */
  | "beforeRequest"
  /** The server gets all of it, and nobody waits for what it does. */
  | "afterRequest"
  /** The server has done it and answered; the answer is lost. */
  | "beforeAnswer"
  /** The server has done it; the client is told 500. */
  | "error500"
  /** The server never hears of it; the client is told that there is no such address. */
  | "unrecognized"
  /** The server has done it; the client never hears again, until its own time limit. */
  | "silence";

export type ProxiedCall = {
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly body: string;
};

export type Cut = {
  readonly mode: CutMode;
  /** Which call: its number since the last `reset`, from 1, or the first that fits. Once only. */
  readonly at: number | ((call: ProxiedCall) => boolean);
};

export type CuttingProxy = {
  readonly baseUrl: string;
  /** Every call since the last `reset`, in order. */
  readonly calls: readonly ProxiedCall[];
  /** True once the chosen call has been cut. */
  readonly hasCut: () => boolean;
  readonly cutOnce: (cut: Cut) => void;
  readonly reset: () => void;
  /** As if nothing listened there: every connection breaks at once. */
  readonly setAway: (away: boolean) => void;
  /** Calls that were under way at the same time since the last `reset`, at most: of all, or among those for which `of` says the same. */
  readonly mostParallel: (of?: (call: ProxiedCall) => string | undefined) => number;
  readonly stop: () => Promise<void>;
};

const addressSchema = z.object({ port: z.number() });
const UPSTREAM_TIMEOUT_MS = 30_000;

type Answer = { readonly status: number; readonly headers: IncomingMessage["headers"]; readonly body: string };

export async function startCuttingProxy(targetUrl: string): Promise<CuttingProxy> {
  const target = new URL(targetUrl);
  let calls: ProxiedCall[] = [];
  let wanted: Cut | undefined;
  let hasCut = false;
  let isAway = false;
  let spans: { readonly call: ProxiedCall; readonly fromMs: number; toMs: number }[] = [];

  function cutOf(call: ProxiedCall): CutMode | undefined {
    if (wanted === undefined) return undefined;
    const { at, mode } = wanted;
    if (typeof at === "number" ? at !== call.number : !at(call)) return undefined;
    wanted = undefined;
    hasCut = true;
    return mode;
  }

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = "GET", url: path = "/" } = incoming;
    if (isAway) {
      incoming.socket.destroy();
      return;
    }
    const body = await text(incoming);
    const call = { number: calls.length + 1, method, path, body };
    calls.push(call);
    const mode = cutOf(call);
    const span = { call, fromMs: performance.now(), toMs: Infinity };
    spans.push(span);
    outgoing.on("close", () => (span.toMs = performance.now()));
    if (mode === "beforeRequest") {
      incoming.socket.destroy();
      return;
    }
    if (mode === "unrecognized") {
      outgoing.writeHead(404, { "Content-Type": "application/json" }).end('{"errcode":"M_UNRECOGNIZED"}');
      return;
    }
    const answered = forward(target, incoming, body);
    if (mode === "afterRequest") {
      incoming.socket.destroy();
      await answered;
      return;
    }
    const answer = await answered;
    if (mode === "beforeAnswer") incoming.socket.destroy();
    else if (mode === "error500") outgoing.writeHead(500, { "Content-Type": "application/json" }).end("{}");
    else if (mode !== "silence") outgoing.writeHead(answer.status, passedOn(answer.headers)).end(answer.body);
  }

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => {
      // what stands behind is away: so are we
      incoming.socket.destroy();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = addressSchema.parse(server.address());
  return {
    baseUrl: `http://127.0.0.1:${String(port)}`,
    get calls() {
      return calls;
    },
    hasCut: () => hasCut,
    cutOnce: (cut) => {
      wanted = cut;
      hasCut = false;
    },
    reset: () => {
      calls = [];
      spans = [];
      wanted = undefined;
      hasCut = false;
    },
    setAway: (away) => {
      isAway = away;
      if (away) server.closeAllConnections();
    },
    mostParallel: (of = () => "") => mostAtOnce(spans.map(({ call, ...span }) => ({ ...span, group: of(call) }))),
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}

type Span = { readonly group: string | undefined; readonly fromMs: number; readonly toMs: number };

/** Within one group; what belongs to none does not count. */
function mostAtOnce(spans: readonly Span[]): number {
  const inGroups = spans.filter(({ group }) => group !== undefined);
  const atOnce = ({ group, fromMs }: Span): number =>
    inGroups.filter((other) => other.group === group && other.fromMs <= fromMs && other.toMs > fromMs).length;
  return Math.max(0, ...inGroups.map(atOnce));
}

/** The body comes as a whole, so lengths and encodings of the way do not count. */
function passedOn(headers: IncomingMessage["headers"]): Record<string, string> {
  const kept = ["content-type", "retry-after"].flatMap((name) => {
    const value = headers[name];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  return Object.fromEntries(kept);
}

async function forward(target: URL, incoming: IncomingMessage, body: string): Promise<Answer> {
  return await new Promise<Answer>((resolve, reject) => {
    const { host: _host, connection: _connection, "accept-encoding": _encoding, ...headers } = incoming.headers;
    const { hostname, port } = target;
    const options = {
      hostname,
      port,
      method: incoming.method,
      path: incoming.url,
      headers,
      timeout: UPSTREAM_TIMEOUT_MS,
    };
    const upstream = httpRequest(options, (response) => {
      text(response).then(
        (received) => resolve({ status: response.statusCode ?? 502, headers: response.headers, body: received }),
        reject,
      );
    });
    upstream.on("timeout", () => upstream.destroy(new Error("no answer in time")));
    upstream.on("error", reject);
    upstream.end(body);
  });
}
