// The address of the state's list says what it shows, and nonsense in it harms nobody.
import { expect, test } from "vitest";
import { parseStateFilter, stateFilterPath } from "./state-filter.ts";

const read = (path: string) => parseStateFilter(Object.fromEntries(new URL(path, "http://localhost").searchParams));

test("what is written is read again", () => {
  const filter = { text: "Am Weinberg", page: 2, onlyTroubled: true };
  expect(read(stateFilterPath(filter))).toEqual(filter);
  expect(stateFilterPath({})).toBe("/provisioning");
});

test("nonsense is the first page of all schools", () => {
  expect(parseStateFilter({ q: ["a"], page: "-1", only: "me" })).toEqual({ text: "", page: 1, onlyTroubled: false });
});
