// The probe from outside against the whole system: through the Node proxy and through Debian's nginx, which one route
// table makes, everything that must be closed is closed.
import { afterAll, beforeAll, expect, test } from "vitest";
import { startNginx } from "#deploy/proxy/nginx-process.ts";
import { runProbe } from "#deploy/proxy/probe.ts";
import type { RunningProxy } from "#deploy/proxy/server.ts";
import { openChatSchool, type ChatSchool } from "../chat-school.ts";
import { ownRoom } from "../rooms.ts";
import { startTestSystem, type TestSystem } from "../system.ts";

let system: TestSystem;
let people: ChatSchool["people"];
let nginx: RunningProxy;
beforeAll(async () => {
  system = await startTestSystem({ defences: "on" });
  ({ people } = await openChatSchool(system));
  nginx = await startNginx({
    publicBaseUrl: system.chatUrl,
    synapse: new URL(system.synapseUrl).host,
    gate: new URL(system.gateUrl).host,
  });
});
afterAll(async () => {
  await nginx.stop();
  await system.stop();
});

test.each(["Node", "nginx"])("behind %s everything is closed", async (proxy) => {
  const { pupila, foreignpupil } = people;
  const results = await runProbe({
    baseUrl: proxy === "Node" ? system.chatUrl : `http://127.0.0.1:${String(nginx.port)}`,
    accessToken: pupila.accessToken,
    userId: pupila.userId,
    strangerId: foreignpupil.userId,
    roomId: await ownRoom(system, pupila),
  });
  expect(results.filter(({ closed }) => !closed)).toEqual([]);
  expect(results.length).toBeGreaterThan(45);
});
