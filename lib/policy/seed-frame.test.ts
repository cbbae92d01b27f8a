import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseFrame } from "./seed-frame.ts";

const text = readFileSync(new URL("../../prisma/frame.json", import.meta.url), "utf8");

test("the shipped frame has all 72 cells, no sensitive one open, and each lock gives its reason", () => {
  const { cells } = parseFrame(text);
  expect(cells).toHaveLength(72);
  expect(cells.filter(({ sensitive }) => sensitive)).toHaveLength(5);
  expect(cells.filter(({ sensitive, allowed }) => sensitive && allowed)).toEqual([]);
  expect(cells.filter(({ locked, reason }) => locked && (reason ?? "") === "")).toEqual([]);
  expect(cells.find(({ fromRole, toTarget }) => fromRole === "student" && toTarget === "groups")).toMatchObject({
    allowed: true,
    locked: true,
  });
});

test.each([
  ["a role that does not exist", text.replace('"guardian": [', '"guardians": [')],
  ["a lock on a cell that does not exist", text.replace("student>groups", "student>group")],
  ["pupils' contact with each other not sensitive", text.replace(/"student>student",\s*/, "")],
])("a frame is refused that has %s", (_, broken) => {
  expect(broken).not.toBe(text);
  expect(() => parseFrame(broken)).toThrow();
});
