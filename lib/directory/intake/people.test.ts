// Whom a Matrix id in a message may mean.
import { expect, test } from "vitest";
import { isForMessages, newPersonId, readUserId } from "./people.ts";

const options = { prefix: "sso_", serverName: "chat.example" };

test.each([
  ["@sso_5f2a:chat.example", { localpart: "sso_5f2a", key: "5f2a" }],
  ["@other:chat.example", { localpart: "other", key: "other" }],
  ["@sso_5f2a:elsewhere.example", { reason: "foreignServer" }],
  ["@sso_a:b:chat.example", { reason: "foreignServer" }],
  ["@sso_5f2a:chat.example:8448", { reason: "foreignServer" }],
  ["@SSO_5F2A:chat.example", { reason: "invalidLocalpart" }],
  ["@sso_:chat.example", { reason: "invalidLocalpart" }],
  ["@idm_provisioning_bot:chat.example", { reason: "reservedLocalpart" }],
])("%s", (userId, expected) => {
  expect(readUserId(userId, options)).toMatchObject(expected);
});

test("messages make nobody at a localpart of the directory or of Synapse's guests", () => {
  expect(["u-abc", "123", "sso_123", "user"].map(isForMessages)).toEqual([false, false, true, true]);
});

test("only the rule that names the directory's id uses it", () => {
  expect(newPersonId("5f2a", "sso_5f2a", "directoryId")).toBe("5f2a");
  expect(newPersonId("5f2a", "sso_5f2a", "subject")).toBe("amqp:sso_5f2a");
});
