// The language is chosen once, by the rules of HTTP.
import { describe, expect, test } from "vitest";
import { negotiateLocale } from "./locales.ts";

describe("negotiateLocale", () => {
  test.each([
    [null, "de"],
    ["", "de"],
    ["de-AT,de;q=0.9,en;q=0.8", "de"],
    ["en-GB,en;q=0.9,de;q=0.8", "en"],
    ["fr,en;q=0.4,de;q=0.5", "de"],
    ["tr,uk;q=0.8", "de"],
    ["en;q=0, de;q=0.1", "de"],
    ["de;q=nonsense, en;q=0.2", "en"],
  ])("%s → %s", (header, locale) => {
    expect(negotiateLocale(header)).toBe(locale);
  });
});
