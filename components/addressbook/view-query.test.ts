// Guarantee: an address gives exactly the view that it names, nonsense gives the plain one, and edits travel on while
// another draft is looked at.
import { describe, expect, test } from "vitest";
import { parseSearch, parseView } from "./view-query.ts";

const edits = [{ cell: { from: "guardian", to: "student" }, allowed: true }];
const role = { kind: "role", role: "guardian" };

describe("the view of an address", () => {
  test.each([
    [{}, { as: null, draft: null }, ""],
    [{ as: "nobody" }, { as: null, draft: null }, ""],
    [{ as: "person:" }, { as: null, draft: null }, ""],
    [{ as: `person:${"x".repeat(300)}` }, { as: null, draft: null }, ""],
    [{ as: ["guardian", "teacher"] }, { as: null, draft: null }, ""],
    [{ as: "guardian" }, { as: role, draft: null }, "as=guardian"],
    [{ as: "person:p-1" }, { as: { kind: "person", personId: "p-1" }, draft: null }, "as=person%3Ap-1"],
    [{ as: "guardian", draft: "request" }, { as: role, draft: "request" }, "as=guardian&draft=request"],
    [{ as: "guardian", on: "guardian.student" }, { as: role, draft: edits }, "as=guardian&on=guardian.student"],
    [{ as: "guardian", on: "guardian.moon" }, { as: role, draft: null }, "as=guardian"],
    [
      { as: "guardian", draft: "edits", on: "guardian.student" },
      { as: role, draft: edits },
      "as=guardian&on=guardian.student",
    ],
    [
      { as: "guardian", draft: "now", on: "guardian.student" },
      { as: role, draft: null },
      "as=guardian&draft=now&on=guardian.student",
    ],
    [
      { as: "guardian", draft: "request", on: "guardian.student" },
      { as: role, draft: "request" },
      "as=guardian&draft=request&on=guardian.student",
    ],
    [{ as: "guardian", draft: "now" }, { as: role, draft: null }, "as=guardian"],
  ])("%j", (parameters, wish, query) => {
    expect(parseView(parameters)).toEqual({ wish, query });
  });
});

test("a search takes only what there is to filter by", () => {
  expect(parseSearch({ q: "lena", role: "moon", state: "asleep", group: "x".repeat(300), after: "" })).toEqual({
    text: "lena",
    role: null,
    groupId: null,
    state: null,
    after: null,
  });
  expect(parseSearch({ role: "student", state: "locked", group: "7a" })).toMatchObject({
    role: "student",
    state: "locked",
    groupId: "7a",
  });
});
