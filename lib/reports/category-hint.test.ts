// The guess reads what children write, and prefers the worse.
import { expect, test } from "vitest";
import { categoryHint } from "./category-hint.ts";

test.each([
  ["Er sagt, er bringt mich um, ich habe Angst vor dem Messer", "violence"],
  ["SUIZID!!!", "violence"],
  ["sie mobben mich und wollen mich verprügeln", "violence"],
  ["schickt Nacktbilder", "sexual"],
  ["Hakenkreuz im Profil", "extremism"],
  ["Beleidigung", "bullying"],
  ["Kettenbrief", "spam"],
  ["Bitte anschauen", "other"],
  ["", "other"],
  ["Gemeinsam zur Heilung", "other"],
] as const)("%s → %s", (reason, category) => {
  expect(categoryHint(reason)).toBe(category);
});
