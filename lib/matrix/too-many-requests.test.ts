// Guarantee: a 429 of Synapse is honoured: the call comes again after the time that Synapse has named, nobody else asks
// meanwhile, and a Synapse that goes on refusing is reported instead of being asked for ever.
import { createServer, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { requestBudget } from "./budget.ts";
import { connectMatrix } from "./connection.ts";
import { reporterApi } from "./reports.ts";

const RETRY_AFTER_MS = 300;
const address = z.object({ port: z.number() });
let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise<void>((closed) => (server === undefined ? closed() : server.close(() => closed())));
  server = undefined;
});

type Asked = { readonly path: string; readonly atMs: number };

/** A Synapse that refuses the first calls, or all. */
async function refusing(refusals: number) {
  const asked: Asked[] = [];
  server = createServer((request, response) => {
    asked.push({ path: request.url ?? "", atMs: performance.now() });
    const isRefused = asked.length <= refusals;
    response.writeHead(isRefused ? 429 : 200, { "Content-Type": "application/json" });
    response.end(JSON.stringify(isRefused ? { errcode: "M_LIMIT_EXCEEDED", retry_after_ms: RETRY_AFTER_MS } : {}));
  });
  await new Promise<void>((listening) => server?.listen(0, "127.0.0.1", listening));
  const { port } = address.parse(server.address());
  const baseUrl = `http://127.0.0.1:${String(port)}`;
  const connection = connectMatrix({ baseUrl, accessToken: "t", budget: requestBudget(1) });
  const ask = (path: string) => connection.call({ method: "GET", api: "client", path }, z.object({}));
  return { asked, ask, baseUrl };
}

test("the call comes again after the time that Synapse has named, and others wait as long", async () => {
  const { asked, ask } = await refusing(1);
  await Promise.all([ask("/first"), ask("/second")]);
  expect(asked).toHaveLength(3);
  const [refused, ...later] = asked;
  for (const { atMs } of later) expect(atMs - (refused?.atMs ?? 0)).toBeGreaterThanOrEqual(RETRY_AFTER_MS - 5);
});

test("a Synapse that goes on refusing is asked four times, and then the job is told", async () => {
  const { asked, ask } = await refusing(Infinity);
  await expect(ask("/first")).rejects.toMatchObject({ status: 429, retryAfterMs: RETRY_AFTER_MS });
  expect(asked).toHaveLength(4);
});

test("a reporter who has asked too much waits alone, though in a place of the same budget", async () => {
  const { asked, baseUrl } = await refusing(1);
  const [places, pauses]: [number[], number[]] = [[], []];
  const budget = requestBudget(1);
  const counted = {
    spend: <T>(work: () => Promise<T>) => (places.push(1), budget.spend(work)),
    pause: (ms: number) => void pauses.push(ms),
  };
  expect(await reporterApi(baseUrl, "theirs", counted).forward({ kind: "room", roomId: "!r" }, "")).toBe(true);
  expect([asked.length, places.length, pauses.length]).toEqual([2, 2, 0]);
});
