import { expect, test } from "vitest";
import { ROLES } from "#lib/policy/roles.ts";
import { chatUsers, consoleLogins, formatTable } from "./table.ts";

test("every role of the matrix and every role of the console has somebody to sign in as", () => {
  expect(chatUsers().filter(([title]) => title !== "")).toHaveLength(ROLES.length);
  expect(consoleLogins().filter(([title]) => title !== "")).toHaveLength(4);
});

test("columns line up, umlauts included", () => {
  const rows = [
    ["a", "länger", "x"],
    ["breiter", "b", "y"],
  ] as const;
  expect(formatTable([{ title: "Titel", rows }])).toBe("\nTitel\n  a        länger  x\n  breiter  b       y");
});
