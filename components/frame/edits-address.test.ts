// A change of the frame survives its way through an address, and nonsense is refused as a whole.
import { expect, test } from "vitest";
import { decodeEdits, encodeEdits, parseFrameChange, summaryPath } from "./edits-address.ts";

const locked = { allowed: false, locked: true, reason: "Erlass für Schüler:innen ✓", sensitive: true };
const edits = {
  cells: {
    "student>teacher": locked,
    "student>groups": { ...locked, sensitive: false },
    "orgAdmin>groups": { allowed: true, locked: false, reason: null, sensitive: false },
  },
  settings: { approvalForEveryChange: true, gracePeriodDays: 30 },
};

test("what was written is what is read", () => {
  expect(decodeEdits(encodeEdits(edits))).toEqual(edits);
  const path = summaryPath(3, edits) ?? "";
  expect(path).toMatch(/^\/frame\/summary\?base=3&change=[\w-]+$/);
  expect(parseFrameChange(Object.fromEntries(new URL(path, "http://x").searchParams))).toEqual({
    baseVersion: 3,
    edits,
  });
});

const code = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
test.each([
  ["no code", "%%%"],
  ["no list", code({})],
  ["a cell that does not exist", code([[[72, 1]], [], {}])],
  [
    "a cell twice",
    code([
      [
        [1, 1],
        [1, 0],
      ],
      [],
      {},
    ]),
  ],
  ["bits that do not exist", code([[[1, 8]], [], {}])],
  ["a reason that does not exist", code([[[1, 2, 5]], [], {}])],
  ["a setting that does not exist", code([[], [], { bypass: 1 }])],
  ["a period that is no number", code([[], [], { gracePeriodDays: "30" }])],
  ["something endless", "a".repeat(7_000)],
])("%s is refused", (_, text) => {
  expect(decodeEdits(text)).toBeUndefined();
});

test("too many different reasons for one address are told before they are lost", () => {
  const cells = Object.fromEntries(
    [
      "teacher",
      "student",
      "guardian",
      "schoolManagement",
      "secretariat",
      "socialWork",
      "parentsCouncil",
      "orgAdmin",
    ].flatMap((from) =>
      ["teacher", "secretariat", "groups"].map((to, n) => [
        `${from}>${to}`,
        { ...locked, reason: `${from}${String(n)}`.padEnd(300, "x") },
      ]),
    ),
  );
  expect(summaryPath(1, { cells, settings: {} })).toBeUndefined();
});
