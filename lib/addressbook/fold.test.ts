// Guarantee: however somebody writes a name, the one who is meant is found, and nothing typed is a wildcard.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fold, matchRanges, searchWords } from "./fold.ts";

describe("names that are one", () => {
  test.each([
    ["Müller", "Mueller"],
    ["Müller", "MULLER"],
    ["Groß", "Gross"],
    ["GROẞ", "gross"],
    ["Schäfer-Lüdenscheidt", "schaefer luedenscheidt"],
    ["Ångström", "angstrom"],
    ["Łukasz Øster", "lukasz oster"],
    ["Yılmaz İpek", "YILMAZ ipek"],
    ["Ægir", "aegir"],
    ["Renée", "Rene\u0301e"],
    ["ﬁnn", "Finn"],
    ["Ελένη", "ΕΛΕΝΗ"],
    ["Ольга Ёлкина", "ольга елкина"],
    ["محمّد", "محمد"],
  ])("%s and %s", (one, other) => {
    expect(fold(one)).toBe(fold(other));
  });
});

describe("what was typed becomes words", () => {
  test.each([
    ["Berger, Anna", ["berger", "anna"]],
    ["  anna\tBERGER\n", ["anna", "berger"]],
    ["O'Brien", ["o", "brien"]],
    ["%_\\'\";--", []],
    ["100%", ["100"]],
    ["\u202eanna\u0000", ["anna"]],
    ["anna anna", ["anna"]],
    ["", []],
  ])("%j", (text, words) => {
    expect(searchWords(text)).toEqual(words);
  });

  test("nothing that LIKE or SQL would understand is left of any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        expect(searchWords(text).filter((word) => /[%_\\'"\s\0]/u.test(word))).toEqual([]);
      }),
    );
  });
});

describe("the part of a shown name that was looked for", () => {
  const marked = (name: string, text: string): string[] =>
    matchRanges(name, searchWords(text)).map(({ start, end }) => name.slice(start, end));

  test.each([
    ["Müller, Anna", "mueller", ["Müller"]],
    ["Mueller, Anna", "mül", ["Muel"]],
    ["Groß, Ida", "gros", ["Groß"]],
    ["Berger, Anna-Lena", "lena ber", ["Ber", "Lena"]],
    ["Hannah Anna", "anna", ["Anna"]],
    ["Johanna", "anna", ["anna"]],
    ["Rene\u0301e", "renee", ["Rene\u0301e"]],
    ["Berger", "xyz", []],
  ])("%s: %s", (name, text, parts) => {
    expect(marked(name, text)).toEqual(parts);
  });

  test("ranges lie inside the text, in order, without overlaps", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 30 }), fc.string({ maxLength: 10 }), (name, text) => {
        let last = 0;
        for (const { start, end } of matchRanges(name, searchWords(text))) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(name.length);
      }),
    );
  });
});
