// Guarantee: nobody reads by chance what they may themselves be a party of, and nothing stays closed for ever.
import { expect, test } from "vitest";
import { isWithheld } from "./withholding.ts";

const [PUPIL, MATE] = ["@u-pupil:chat.test", "@u-mate:chat.test"];

test.each([
  ["nobody known yet", { kind: "event", reporterUserId: null, targetUserId: null, isBeingChecked: true }, true],
  [
    "the sender not known yet",
    { kind: "event", reporterUserId: PUPIL, targetUserId: null, isBeingChecked: true },
    true,
  ],
  [
    "the reporter not known yet",
    { kind: "user", reporterUserId: null, targetUserId: MATE, isBeingChecked: true },
    true,
  ],
  ["both known", { kind: "event", reporterUserId: PUPIL, targetUserId: MATE, isBeingChecked: true }, false],
  [
    "a room, whose reporter is known",
    { kind: "room", reporterUserId: PUPIL, targetUserId: null, isBeingChecked: true },
    false,
  ],
  ["a room, nobody known", { kind: "room", reporterUserId: null, targetUserId: null, isBeingChecked: true }, true],
  [
    "looked into, and nobody will ever know",
    { kind: "event", reporterUserId: null, targetUserId: null, isBeingChecked: false },
    false,
  ],
] as const)("%s", (_name, parties, withheld) => {
  expect(isWithheld(parties)).toBe(withheld);
});
