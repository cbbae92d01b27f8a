// A version in an address is a number that the database can be asked for, or it is nothing.
import { expect, test } from "vitest";
import { parseVersion } from "./query.ts";

test.each(["1", "42", "1000000000"])("%s", (text) => {
  expect(parseVersion(text)).toBe(Number(text));
});
test.each([undefined, "", "0", "-1", "1.5", "01", "1e3", "1000000001", "99999999999", "'; --", ["1", "2"]])(
  "%j is none",
  (parameter) => {
    expect(parseVersion(parameter)).toBeUndefined();
  },
);
