// Guarantee: one slip is forgiven wherever it is, two are not, and the database's hints never lose a name that counts.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isAlmostPrefix, matchesWithTypo, typoHints } from "./typo.ts";

describe("one slip", () => {
  test.each([
    ["meier", "meyer", true],
    ["muler", "muller", true],
    ["mulller", "muller", true],
    ["mluler", "muller", true],
    ["berg", "berger", true],
    ["bregr", "berger", false],
    ["schmdi", "schmidt", true],
    ["anan", "anna", true],
    ["anna", "otto", false],
    ["xerge", "berger", true],
    ["bergerx", "berger", true],
  ])("%s for %s: %s", (word, name, expected) => {
    expect(isAlmostPrefix(word, name)).toBe(expected);
  });
});

/** All texts that one slip makes of a word. */
function slips(word: string, letter: string, at: number): string[] {
  const [before, after] = [word.slice(0, at), word.slice(at)];
  return [
    before + letter + after.slice(1),
    before + letter + after,
    before + after.slice(1),
    before + (after[1] ?? "") + (after[0] ?? "") + after.slice(2),
  ];
}

test("whatever slip is made in a name, it is found and a hint points to it", () => {
  const letter = fc.constantFrom(..."abcdef");
  fc.assert(
    fc.property(fc.string({ unit: letter, minLength: 5, maxLength: 12 }), letter, fc.nat(11), (name, wrong, place) => {
      for (const typed of slips(name, wrong, place % name.length)) {
        expect(isAlmostPrefix(typed, name), `${typed} for ${name}`).toBe(true);
        expect(
          typoHints(typed).some((hint) => ` ${name}`.includes(hint)),
          `hint of ${typed} for ${name}`,
        ).toBe(true);
      }
    }),
  );
});

test.each([
  [["berger", "ana"], " berger anna", false], // too short to be a slip
  [["bergre", "anna"], " berger anna", true],
  [["bergre", "anan"], " berger anna", false], // two slips
  [["anna", "berger"], " berger anna", true],
])("%j in%s: %s", (words, name, expected) => {
  expect(matchesWithTypo(words, name, (word) => name.includes(` ${word} `) || name.endsWith(` ${word}`))).toBe(
    expected,
  );
});
