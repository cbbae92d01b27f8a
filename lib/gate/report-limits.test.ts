// Protects "one pupil's flood takes nobody else's report": whoever shares the address keeps their share.
import { expect, test } from "vitest";
import { ReportShares } from "./report-limits.ts";

const START = 120_000;
const token = (name: string) => `syt_${name}_0123456789abcdef`;
const limits = { perReporter: 2, tokenlessPerAddress: 2, bytesPerAddress: 1_000 };

test("beyond the share of a minute one reporter's texts are kept alone, and others at the same address lose nothing", () => {
  const shares = new ReportShares(limits);
  const of = (name: string, now = START) => shares.of("school", token(name), now);
  expect([of("a"), of("a"), of("a"), of("a")]).toEqual(["whole", "whole", "text", "text"]);
  expect(of("b")).toBe("whole");
  expect(of("a", START + 59_999)).toBe("text");
  expect(of("a", START + 60_000)).toBe("whole");
});

test.each([
  ["no token", null],
  ["an empty one", ""],
  ["one that is too short to be one", "x"],
  ["one with what no token has", "syt_abcdefgh ijklmnop"],
])("%s: an address has its share, and no reporter at the same address is counted for it", (_, none) => {
  const shares = new ReportShares(limits);
  const of = (shown: string | null) => shares.of("school", shown, START);
  expect([of(none), of(none), of(none)]).toEqual(["whole", "whole", "nothing"]);
  expect(of(token("a"))).toBe("whole");
  expect(shares.of("home", none, START)).toBe("whole");
});

test("what an address hands in is bounded, whatever tokens it names: first the pictures go, and last the texts", () => {
  const shares = new ReportShares(limits);
  shares.kept("school", 999, START);
  expect(shares.of("school", token("a"), START)).toBe("whole");
  shares.kept("school", 1, START);
  expect(shares.of("school", token("b"), START)).toBe("text");
  expect(shares.of("home", token("b"), START)).toBe("whole");
  shares.kept("school", 1_000, START);
  expect(shares.of("school", token("c"), START)).toBe("nothing");
  expect(shares.of("school", token("c"), START + 60_000)).toBe("whole");
});
