// The address of a list says what it shows, and nonsense in it harms nobody.
import { expect, test } from "vitest";
import { filterQuery, parseFilter } from "./filter.ts";

test("what is written is read again", () => {
  const filter = { state: "failed", text: "Mia & Co", page: 3 } as const;
  expect(parseFilter(Object.fromEntries(new URLSearchParams(filterQuery(filter))))).toEqual(filter);
  expect(filterQuery({})).toBe("");
});

test.each([
  [{}, { state: null, text: "", page: 1 }],
  [
    { state: "gone", q: ["a", "b"], page: "0" },
    { state: null, text: "", page: 1 },
  ],
  [{ page: "1.5" }, { state: null, text: "", page: 1 }],
  [
    { q: "x".repeat(300), page: "99999999" },
    { state: null, text: "x".repeat(100), page: 1 },
  ],
])("%o is %o", (parameters, filter) => {
  expect(parseFilter(parameters)).toEqual(filter);
});
