// Protects the probe from being blind: before a server that grants everything each check finds it open, and each refusal
// of the proxies closes its check, for the Node proxy and for nginx.
import { once } from "node:events";
import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startNginx } from "./nginx-process.ts";
import { type ProbeResult, runProbe } from "./probe.ts";
import { type RunningProxy, startProxy } from "./server.ts";

// Closed by Synapse's configuration or by the gate, not by the proxy.
const closedBehindTheProxy = [
  "Password login off",
  "User directory (v3) does not show the stranger",
  "User directory (r0) does not show the stranger",
  "User directory (unstable) does not show the stranger",
  "Public rooms empty",
  "Room search empty",
  "Public rooms without a token",
  "Address book without a token",
  "Profile of a stranger not readable",
  "Profile not readable without a token",
  "Presence off",
  "New rooms have version 11",
  "Synapse's own switches for name, picture, password are off",
  "No other name inside a room",
];
const mustStayOpen = ["(open) Encryption from device to device", "(open) Clients find the server"];

const granting = createServer((request, response) => {
  request.resume();
  response.setHeader("Content-Type", "application/json").end("{}");
});
const proxies: RunningProxy[] = [];
let ports: { node: number; nginx: number; off: number };

beforeAll(async () => {
  granting.listen(0, "127.0.0.1");
  await once(granting, "listening");
  const address = granting.address();
  const upstream = `127.0.0.1:${String(typeof address === "object" ? address?.port : address)}`;
  const publicBaseUrl = "https://chat.example.org";
  const urls = { synapseUrl: `http://${upstream}`, gateUrl: `http://${upstream}` };
  const node = { port: 0, publicBaseUrl, ...urls, log: { warn: () => undefined } };
  const started = await Promise.all([
    startProxy({ ...node, defences: "on" }),
    startNginx({ publicBaseUrl, synapse: upstream, gate: upstream }),
    startProxy({ ...node, defences: "off" }),
  ]);
  proxies.push(...started);
  ports = { node: started[0].port, nginx: started[1].port, off: started[2].port };
}, 30_000);

afterAll(async () => {
  await Promise.all(proxies.map((proxy) => proxy.stop()));
  granting.close();
});

async function openClosings(port: number): Promise<string[]> {
  const results: ProbeResult[] = await runProbe({
    baseUrl: `http://127.0.0.1:${String(port)}`,
    accessToken: "token",
    userId: "@u-1:localhost",
    strangerId: "@u-2:localhost",
    roomId: "!room:localhost",
  });
  return results.filter(({ closed }) => !closed).map(({ closing }) => closing);
}

test.each(["node", "nginx"] as const)("%s closes all that Synapse and the gate do not", async (name) => {
  expect((await openClosings(ports[name])).toSorted()).toEqual(closedBehindTheProxy.toSorted());
});

test("without the defences every check finds it open, so none is blind", async () => {
  const results = await runProbe({
    baseUrl: `http://127.0.0.1:${String(ports.off)}`,
    accessToken: "token",
    userId: "@u-1:localhost",
    strangerId: "@u-2:localhost",
    roomId: "!room:localhost",
  });
  const closed = results.filter((result) => result.closed).map(({ closing }) => closing);
  expect(closed.filter((closing) => !mustStayOpen.includes(closing))).toEqual([]);
});

test("a server that does not answer counts as open, with the reason", async () => {
  const [first] = await runProbe({
    baseUrl: "http://127.0.0.1:9",
    accessToken: "token",
    userId: "@u-1:localhost",
    strangerId: "@u-2:localhost",
    timeoutMs: 1_000,
  });
  expect(first).toMatchObject({ closed: false, got: expect.stringContaining("ECONNREFUSED") as string });
});
