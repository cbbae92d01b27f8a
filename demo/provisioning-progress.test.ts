import { expect, test } from "vitest";
import { isProvisioned, provisioningSentence, type ProvisioningState } from "./provisioning-progress.ts";

const state: ProvisioningState = {
  synced: true,
  failure: null,
  accounts: 1420,
  accountsDone: 312,
  rooms: 66,
  roomsDone: 12,
  problems: 0,
};

test.each([
  [state, "provisioning: 312 of 1,420 accounts, 12 of 66 rooms"],
  [{ ...state, problems: 2 }, "provisioning: 312 of 1,420 accounts, 12 of 66 rooms, 2 with a problem"],
  [{ ...state, synced: false }, "provisioning: reading the directory"],
  [
    { ...state, synced: false, failure: "unreachable" },
    "provisioning: the directory could not be read (unreachable); it is tried again",
  ],
])("%o reads as a sentence", (given, sentence) => {
  expect(provisioningSentence(given)).toBe(sentence);
});

test("nothing is finished before the directory has been read, nor with a room missing", () => {
  const done = { ...state, accountsDone: 1420, roomsDone: 66 };
  expect(isProvisioned(done)).toBe(true);
  expect(isProvisioned({ ...done, synced: false })).toBe(false);
  expect(isProvisioned({ ...done, roomsDone: 65 })).toBe(false);
  expect(isProvisioned({ ...done, accounts: 0, accountsDone: 0 })).toBe(false);
});
