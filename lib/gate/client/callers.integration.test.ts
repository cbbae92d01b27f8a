// Tokens are remembered briefly: a revoked one is refused within a minute, and a guess is never remembered.
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { startWhoamiServer, type WhoamiServer } from "#test/whoami-server.ts";
import { Callers } from "./callers.ts";

const REFUSED = { status: 401, errcode: "M_UNKNOWN_TOKEN" };
const AWAY = { status: 503 };

let synapse: WhoamiServer;
beforeAll(async () => {
  synapse = await startWhoamiServer();
});
afterEach(() => vi.useRealTimers());
afterAll(async () => {
  await synapse.stop();
});
const newCallers = () => new Callers({ synapseUrl: synapse.url, serverName: "chat.example" });

test("many requests ask Synapse once, also at the same time", async () => {
  synapse.tokens.set("a", "@u-a:chat.example");
  const callers = newCallers();
  const before = synapse.asked();
  const all = await Promise.all(Array.from({ length: 20 }, () => callers.localpartOf("Bearer a")));
  expect(new Set(all)).toEqual(new Set(["u-a"]));
  await callers.localpartOf("Bearer a");
  expect(synapse.asked()).toBe(before + 1);
});

test("a revoked token is refused within 60 seconds, however often it is used", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  synapse.tokens.set("b", "@u-b:chat.example");
  const callers = newCallers();
  await callers.localpartOf("Bearer b");
  synapse.tokens.delete("b");
  for (let second = 0; second < 29; second += 1) {
    vi.advanceTimersByTime(1_000);
    await callers.localpartOf("Bearer b");
  }
  vi.advanceTimersByTime(30_000);
  await expect(callers.localpartOf("Bearer b")).rejects.toMatchObject(REFUSED);
});

test("an unknown token is asked for again: it may be valid a moment later", async () => {
  const callers = newCallers();
  await expect(callers.localpartOf("Bearer c")).rejects.toMatchObject(REFUSED);
  synapse.tokens.set("c", "@u-c:chat.example");
  expect(await callers.localpartOf("Bearer c")).toBe("u-c");
});

test("guessed tokens do not become a flood at Synapse", async () => {
  const callers = newCallers();
  const before = synapse.asked();
  const answers = await Promise.allSettled(
    Array.from({ length: 500 }, (_, index) => callers.localpartOf(`Bearer guess-${index}`)),
  );
  expect(synapse.asked() - before).toBeLessThanOrEqual(64);
  expect(answers.filter(({ status }) => status === "fulfilled")).toEqual([]);
  expect(await callers.localpartOf("Bearer a")).toBe("u-a");
});

test("Synapse is away: try later, and nothing of it is remembered", async () => {
  const away = await startWhoamiServer();
  away.tokens.set("a", "@u-a:chat.example");
  await away.stop();
  const callers = new Callers({ synapseUrl: away.url, serverName: "chat.example" });
  for (const _ of [1, 2]) await expect(callers.localpartOf("Bearer a")).rejects.toMatchObject(AWAY);
});
