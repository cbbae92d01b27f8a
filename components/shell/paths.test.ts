// Ids stay inside their segment, and nobody is led off the console after signing in.
import { describe, expect, test } from "vitest";
import { fromSegment, requestPath, safeCallback, schoolPath } from "./paths.ts";

test("an id with a slash stays one segment and comes back whole", () => {
  expect(schoolPath("DE/1?x", "audit")).toBe("/schools/DE%2F1%3Fx/audit");
  expect(requestPath("a", "b/c")).toBe("/schools/a/approvals/b%2Fc");
  expect(fromSegment("DE%2F1%3Fx")).toBe("DE/1?x");
  expect(fromSegment("%E0%A4%A")).toBe("");
});

describe("safeCallback", () => {
  test.each(["/", "/schools/a/matrix?base=3&on=student.student"])("%s is ours", (path) => {
    expect(safeCallback(path)).toBe(path);
  });
  test.each([undefined, "", "//evil.example", "/\\evil.example", "https://evil.example", "/a\\b", "/a b", ["/a"]])(
    "%s is not",
    (path) => {
      expect(safeCallback(path)).toBe("/");
    },
  );
});
