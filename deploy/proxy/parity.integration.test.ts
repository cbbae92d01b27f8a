// Protects "one route table is the proxy": the Node proxy and Debian's nginx, before the same two upstreams, take the
// same decision for every listed request and behave alike at their limits.
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { corsHeaders, failures, refusals } from "./answers.ts";
import { routeCases } from "./cases.ts";
import { startNginx } from "./nginx-process.ts";
import { type RunningProxy, startProxy } from "./server.ts";

const publicBaseUrl = "https://chat.example.org";
const limits = { normal: 1_000, media: 5_000, report: 6_000 };
const seen = z.object({
  upstream: z.string(),
  method: z.string(),
  url: z.string(),
  body: z.number(),
  headers: z.record(z.string(), z.string()),
});

type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** A request written by hand: every library would straighten the addresses that are meant to be crooked. */
async function send(port: number, method: string, target: string, lines: string[] = [], body = ""): Promise<Answer> {
  const socket = connect(port, "127.0.0.1");
  socket.setTimeout(10_000, () => socket.destroy(new Error(`No answer to ${method} ${target}`)));
  const head = [`${method} ${target} HTTP/1.1`, "Host: chat.example.org", "Connection: close", ...lines];
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  await once(socket, "close");
  const [headText = "", ...rest] = Buffer.concat(chunks).toString().split("\r\n\r\n");
  const [statusLine = "", ...headerLines] = headText.split("\r\n");
  const headers = headerLines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  expect(headers.map(([name]) => name)).toHaveLength(new Set(headers.map(([name]) => name)).size);
  return {
    status: Number(statusLine.split(" ")[1]),
    headers: Object.fromEntries(headers),
    body: rest.join("\r\n\r\n"),
  };
}

function json(answer: Answer): unknown {
  const text = answer.body;
  return JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
}

const gone: string[] = [];

function echo(upstream: "synapse" | "gate") {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url = "", headers } = request;
    response.on("close", () => {
      if (!response.writableFinished) gone.push(url);
    });
    if (url.includes("reset") && (upstream === "gate" || !url.includes("report"))) {
      request.socket.destroy();
      return;
    }
    if (url.includes("hang")) return;
    if (url.includes("stream")) {
      response.write("first;");
      await once(request.on("end", () => undefined).resume(), "end");
      if (!url.includes("never")) response.end("second");
      return;
    }
    const failing = upstream === "gate" ? /%24answer-(\d+)/.exec(url)?.[1] : undefined;
    if (failing !== undefined) {
      await once(request.on("end", () => undefined).resume(), "end");
      response.writeHead(Number(failing), { "Content-Type": "application/json" }).end("{}");
      return;
    }
    let body = 0;
    for await (const chunk of request) body += Buffer.byteLength(chunk as Buffer);
    const flat = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    // Both send CORS headers, as Synapse does: they must not stand twice in the answer.
    response.writeHead(200, { ...corsHeaders, "Content-Type": "application/json" });
    response.end(JSON.stringify({ upstream, method, url, body, headers: flat }));
  };
}

async function startEcho(upstream: "synapse" | "gate"): Promise<{ server: Server; address: string }> {
  const handle = echo(upstream);
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return { server, address: `127.0.0.1:${String(typeof address === "object" ? address?.port : address)}` };
}

const proxies = new Map<string, RunningProxy>();
const echoes: Server[] = [];
const warnings: Record<string, unknown>[] = [];
const log = {
  warn: (fields: Record<string, unknown>): void => {
    warnings.push(fields);
  },
};

function portOf(name: string): number {
  const proxy = proxies.get(name);
  if (proxy === undefined) throw new Error(`${name} did not start.`);
  return proxy.port;
}

beforeAll(async () => {
  const [synapse, gate] = await Promise.all([startEcho("synapse"), startEcho("gate")]);
  echoes.push(synapse.server, gate.server);
  const common = { publicBaseUrl, bodyLimitBytes: limits };
  const node = { ...common, port: 0, defences: "on", log } as const;
  const [synapseUrl, gateUrl] = [`http://${synapse.address}`, `http://${gate.address}`];
  const deadUrl = "http://127.0.0.1:9";
  proxies.set("node", await startProxy({ ...node, synapseUrl, gateUrl }));
  proxies.set("nginx", await startNginx({ ...common, synapse: synapse.address, gate: gate.address }));
  proxies.set("node, upstreams down", await startProxy({ ...node, synapseUrl: deadUrl, gateUrl: deadUrl }));
  proxies.set("nginx, upstreams down", await startNginx({ ...common, synapse: "127.0.0.1:9", gate: "127.0.0.1:9" }));
  proxies.set("node, impatient", await startProxy({ ...node, idleTimeoutMs: 100, synapseUrl, gateUrl }));
  proxies.set("node, off", await startProxy({ ...node, defences: "off", synapseUrl, gateUrl }));
}, 30_000);

afterAll(async () => {
  await Promise.all([...proxies.values()].map((proxy) => proxy.stop()));
  for (const server of echoes) {
    server.closeAllConnections();
    server.close();
  }
});

/** What a proxy did with a request, in the words of the cases. */
function outcome(answer: Answer): string {
  if (answer.status === 204) return "preflight";
  if (answer.body === "" && answer.status === 200) return "empty";
  const content = json(answer);
  const echoed = seen.safeParse(content);
  if (echoed.success) return echoed.data.upstream;
  if (z.looseObject({ "m.homeserver": z.unknown() }).safeParse(content).success) return "wellKnown";
  const { errcode, error } = z.object({ errcode: z.string(), error: z.string() }).parse(content);
  const found = Object.entries(refusals).find(
    ([, refusal]) => refusal.status === answer.status && refusal.errcode === errcode && refusal.error === error,
  );
  return found?.[0] ?? `${String(answer.status)} ${errcode}`;
}

describe.each(["node", "nginx"])("%s", (name) => {
  test.each(routeCases)("$method $url → $expected", async ({ method, url, expected }) => {
    const answer = await send(portOf(name), method, url);
    expect(outcome(answer)).toBe(method === "HEAD" ? "empty" : expected);
    expect(answer.headers).toMatchObject({ "access-control-allow-origin": "*" });
    if (expected === "synapse" && method !== "HEAD") expect(seen.parse(json(answer))).toMatchObject({ method, url });
  });

  test("tells the upstream where a request came from, whatever the client says", async () => {
    const forged = [
      "X-Forwarded-For: 10.0.0.1",
      "X-Forwarded-Proto: gopher",
      "X-Real-IP: 10.0.0.1",
      "Forwarded: for=x",
    ];
    const answer = await send(portOf(name), "GET", "/_matrix/client/versions", [...forged, "Authorization: Bearer t"]);
    const { headers } = seen.parse(json(answer));
    expect(headers).toMatchObject({
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "https",
      authorization: "Bearer t",
    });
    expect(headers).toMatchObject({ host: "chat.example.org" });
    expect(Object.keys(headers)).not.toContain("x-real-ip");
    expect(Object.keys(headers)).not.toContain("forwarded");
  });

  test("refuses two Host headers, which the servers behind it could read differently", async () => {
    const answer = await send(portOf(name), "GET", "/_matrix/client/versions", ["Host: other.example.org"]);
    expect(outcome(answer)).toBe("ambiguousAddress");
  });

  test("passes bodies up to the limit, announced or in chunks, and refuses larger ones", async () => {
    const post = async (path: string, bytes: number): Promise<Answer> =>
      send(portOf(name), "POST", path, [`Content-Length: ${String(bytes)}`], "x".repeat(bytes));
    const message = await post("/_matrix/client/v3/createRoom", limits.normal);
    expect(seen.parse(json(message)).body).toBe(limits.normal);
    const file = await post("/_matrix/media/v3/upload", limits.media);
    expect(seen.parse(json(file)).body).toBe(limits.media);
    for (const path of ["/_matrix/client/v3/createRoom", "/_matrix/media/v3/upload"]) {
      const refused = await post(path, limits.media + 1);
      expect(refused.status).toBe(failures.tooLarge.status);
      expect(json(refused)).toMatchObject({ errcode: failures.tooLarge.errcode, error: failures.tooLarge.error });
    }
    const inChunks = ["Transfer-Encoding: chunked"];
    const small = await send(portOf(name), "POST", "/_matrix/media/v3/upload", inChunks, "3\r\nabc\r\n0\r\n\r\n");
    expect(seen.parse(json(small)).body).toBe(3);
    const large = `${(limits.normal + 1).toString(16)}\r\n${"x".repeat(limits.normal + 1)}\r\n0\r\n\r\n`;
    const refused = await send(portOf(name), "POST", "/_matrix/client/v3/createRoom", inChunks, large);
    expect(refused.status).toBe(failures.tooLarge.status);
  });

  test.each(["answer-429", "answer-502", "answer-503", "answer-504", "reset"])(
    "a report that the gate does not take goes to Synapse as it came: %s",
    async (event) => {
      const url = `/_matrix/client/v3/rooms/%21r/report/%24${event}`;
      const lines = [`Content-Length: ${String(limits.report)}`, "Authorization: Bearer t"];
      const answer = await send(portOf(name), "POST", url, lines, "x".repeat(limits.report));
      const { upstream, method, url: seenUrl, body, headers } = seen.parse(json(answer));
      expect({ upstream, method, url: seenUrl, body }).toEqual({
        upstream: "synapse",
        method: "POST",
        url,
        body: limits.report,
      });
      expect(headers).toMatchObject({ authorization: "Bearer t", "x-forwarded-for": "127.0.0.1" });
    },
  );

  test("a report that the gate has answered stays its own", async () => {
    for (const status of [200, 400]) {
      const url = `/_matrix/client/v3/rooms/%21r/report/%24answer-${String(status)}`;
      const answer = await send(portOf(name), "POST", url, ["Content-Length: 2"], "{}");
      expect([answer.status, json(answer)]).toEqual([status, {}]);
    }
  });

  test("hands on what an upstream has written so far, and tells it when the client is gone", async () => {
    const url = `/_matrix/client/v3/sync?stream=never&${name}`;
    const socket = connect(portOf(name), "127.0.0.1");
    socket.write(`GET ${url} HTTP/1.1\r\nHost: x\r\n\r\n`);
    let received = "";
    while (!received.includes("first;")) received += String((await once(socket, "data"))[0]);
    socket.destroy();
    await expect.poll(() => gone, { timeout: 5_000 }).toContain(url);
  });

  test("answers the same JSON when an upstream is down, with an id for the log", async () => {
    for (const path of ["/_matrix/client/versions", "/_matrix/client/v3/publicRooms"]) {
      const answer = await send(portOf(`${name}, upstreams down`), "GET", path);
      expect(answer.status).toBe(failures.unreachable.status);
      const { errcode, error } = failures.unreachable;
      expect(json(answer)).toEqual({ errcode, error, request_id: expect.stringMatching(/^[0-9a-f-]{32,}$/) as string });
      expect(answer.headers).toMatchObject({ "access-control-allow-origin": "*" });
    }
    const dropped = await send(portOf(name), "POST", "/_matrix/client/v3/reset");
    expect(dropped.status).toBe(failures.unreachable.status);
  });
});

test("the id of a failure stands in the log", async () => {
  const answer = await send(portOf("node, upstreams down"), "GET", "/_matrix/client/versions");
  const { request_id: id } = z.object({ request_id: z.string() }).parse(json(answer));
  expect(warnings.map(({ requestId }) => requestId)).toContain(id);
});

test("an upstream that stays silent for too long is an error of its own", async () => {
  const answer = await send(portOf("node, impatient"), "GET", "/_matrix/client/v3/hang");
  expect(answer.status).toBe(failures.tooSlow.status);
  expect(json(answer)).toMatchObject({ errcode: "M_UNKNOWN", error: failures.tooSlow.error });
});

test("without the defences everything goes to Synapse, so that a test can show what they are for", async () => {
  for (const { method, url } of routeCases.filter(
    (line) => line.expected === "roomSetting" || line.expected === "gate",
  )) {
    const answer = await send(portOf("node, off"), method, url);
    expect(seen.parse(json(answer))).toMatchObject({ upstream: "synapse", method, url });
  }
});

test("a taken port is an error with the system's name", async () => {
  const taken = {
    publicBaseUrl,
    defences: "on",
    log,
    synapseUrl: "http://127.0.0.1:9",
    gateUrl: "http://127.0.0.1:9",
  } as const;
  await expect(startProxy({ ...taken, port: portOf("node") })).rejects.toMatchObject({ code: "EADDRINUSE" });
});
