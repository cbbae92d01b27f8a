// Only what a server says about recipient or content ends a mail; everything else waits for better times.
import { expect, test } from "vitest";
import { MailRefused } from "./errors.ts";
import { mailErrorOf } from "./verdict.ts";

test.each([
  ["no such person", { code: "EENVELOPE", responseCode: 550, command: "RCPT TO" }, "refused 550"],
  ["content not wanted", { code: "EMESSAGE", responseCode: 554, command: "DATA" }, "refused 554"],
  ["an address that is none", { code: "EENVELOPE", command: "API" }, "refused address"],
  ["busy", { code: "EENVELOPE", responseCode: 451, command: "RCPT TO" }, "later 451"],
  ["our sender is not welcome", { code: "EENVELOPE", responseCode: 553, command: "MAIL FROM" }, "later 553"],
  ["our password is wrong", { code: "EAUTH", responseCode: 535, command: "AUTH PLAIN" }, "later 535"],
  ["nobody there", { code: "ESOCKET", command: "CONN" }, "later ESOCKET"],
  ["no answer", { code: "ETIMEDOUT", command: "CONN" }, "later ETIMEDOUT"],
  ["no protocol", "boom", "later unknown"],
])("%s", (_, error, verdict) => {
  const judged = mailErrorOf(error);
  expect(`${judged instanceof MailRefused ? "refused" : "later"} ${judged.code}`).toBe(verdict);
});

test("what the server said about the recipient is not carried on", () => {
  const error = Object.assign(new Error("550 anna.berger@schule.example unknown"), {
    code: "EENVELOPE",
    responseCode: 550,
    command: "RCPT TO",
  });
  expect(JSON.stringify(mailErrorOf(error)) + String(mailErrorOf(error).stack)).not.toContain("anna.berger");
});
