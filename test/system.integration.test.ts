import { afterAll, beforeAll, expect, test } from "vitest";
import { directChat } from "./matrix-session.ts";
import { startTestSystem, type TestSystem } from "./system.ts";

let system: TestSystem;
beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(async () => {
  await system.stop();
});

test("the parts fit together: somebody whom no school knows is refused by the gate, through proxy and Synapse", async () => {
  const stranger = await system.signIn("u-nobody");
  const other = await system.signIn("u-other");
  const answer = await stranger.createRoom(directChat(other.userId));
  expect(answer.status).toBe(403);
  expect(answer.errcode).toMatch(/^DE\.SCHULCHAT\./);
  expect(await other.rooms("invite")).toEqual([]);
});

test("without a gate nothing is allowed, and with it back the refusal is a decision again", async () => {
  const [stranger, other] = await Promise.all([system.signIn("u-nobody"), system.signIn("u-other")]);
  await system.stopGate();
  const answer = await stranger.createRoom(directChat(other.userId));
  expect(answer).toMatchObject({ status: 403, errcode: "DE.SCHULCHAT.TRY_AGAIN" });
  await system.startGate();
  const again = await stranger.createRoom(directChat(other.userId));
  expect(again.status).toBe(403);
  expect(again.errcode).not.toBe("DE.SCHULCHAT.TRY_AGAIN");
});
