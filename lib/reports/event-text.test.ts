import { expect, test } from "vitest";
import { describeEvent } from "./event-text.ts";

test.each([
  [{ type: "m.room.message", content: { body: "du bist blöd" } }, "du bist blöd", false],
  [{ type: "m.room.encrypted", content: { ciphertext: "AwgA" } }, null, true],
  [{ type: "m.room.message", content: { body: 7 } }, null, false],
  [{ type: "m.room.message", content: { body: "<script>alert(1)</script>" } }, "<script>alert(1)</script>", false],
  [{}, null, false],
])("an event is shown by its text, or as encrypted: %j", (event, text, isEncrypted) => {
  expect(describeEvent(JSON.stringify(event))).toMatchObject({ text, isEncrypted });
});

test("what is no JSON is shown as it is", () => {
  expect(describeEvent("{")).toEqual({ text: null, isEncrypted: false, json: "{" });
});
