// Who signed in is what the token says, and an address counts only if somebody has verified it.
import { expect, test } from "vitest";
import { identityOf } from "./identity.ts";

test.each([
  ["verified", { email: "a@land.example", email_verified: true }, "a@land.example"],
  ["not verified", { email: "a@land.example", email_verified: false }, null],
  ["nobody says whether", { email: "a@land.example" }, null],
  ["verified by a word", { email: "a@land.example", email_verified: "true" }, null],
  ["no address at all", { email: "Almut", email_verified: true }, null],
  ["none", { email_verified: true }, null],
])("an address that is %s", (_, claims, email) => {
  expect(identityOf({ sub: "s-1", auth_time: 60, ...claims }, "sub")).toEqual({
    subject: "s-1",
    authenticatedAt: new Date(60_000),
    email,
  });
});

test("without the configured claim it is nobody, and without auth_time the sign-in is old", () => {
  expect(identityOf({ sub: "s-1" }, "sourced_id")).toBeUndefined();
  expect(identityOf({ sub: "" }, "sub")).toBeUndefined();
  expect(identityOf("s-1", "sub")).toBeUndefined();
  expect(identityOf({ sub: "s-1" }, "sub")?.authenticatedAt).toEqual(new Date(0));
});
