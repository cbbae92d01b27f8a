import { describe, expect, test } from "vitest";
import {
  authoringRole,
  contentHash,
  mayApprove,
  mayReject,
  type DecisionQuestion,
  type RequestPart,
} from "./approval.ts";
import { ROLES, type Role } from "./roles.ts";

const NOW = new Date("2026-03-20T12:00:00Z");
const daysAgo = (days: number, plusMs = 0) => new Date(NOW.getTime() - days * 86_400_000 + plusMs);
const OLD = daysAgo(400);

type Part = DecisionQuestion["parts"][number];
const byAdmin: Part = { authorId: "admin", authorRole: "orgAdmin" };
const byManager: Part = { authorId: "manager", authorRole: "schoolManagement" };
const HELD = new Map<string, readonly Role[]>([
  ["admin", ["teacher", "orgAdmin"]],
  ["manager", ["schoolManagement"]],
]);

function question(
  parts: readonly Part[],
  approver: DecisionQuestion["approver"],
  overrides: Partial<DecisionQuestion> = {},
): DecisionQuestion {
  return { createdAt: daysAgo(2), parts, authorRoles: HELD, approver, approverRoleAgeDays: 7, now: NOW, ...overrides };
}
const person = (personId: string, ...roles: readonly (readonly [Role, Date])[]) => ({
  personId,
  roles: roles.map(([role, since]) => ({ role, since })),
});
const manager = person("other", ["schoolManagement", OLD]);
const admin = person("other", ["orgAdmin", OLD]);
const both = person("other", ["orgAdmin", OLD], ["schoolManagement", OLD]);
const refused = (refusal: string) => ({ allowed: false, refusal });
const allowed = (role: string) => ({ allowed: true, role });

describe("four eyes: who may approve (design §4.8)", () => {
  test.each<[string, DecisionQuestion, object]>([
    ["a manager approves an administrator's request", question([byAdmin], manager), allowed("schoolManagement")],
    ["another manager approves a manager's request", question([byManager], manager), allowed("schoolManagement")],
    ["an administrator approves a manager's request", question([byManager], admin), allowed("orgAdmin")],
    [
      "an administrator does not approve an administrator's request",
      question([byAdmin], admin),
      refused("needsManagement"),
    ],
    ["a request with parts of both needs a manager", question([byManager, byAdmin], admin), refused("needsManagement")],
    [
      "a request with parts of both, a third person as manager",
      question([byManager, byAdmin], manager),
      allowed("schoolManagement"),
    ],
    ["who holds both roles approves as management", question([byAdmin], both), allowed("schoolManagement")],
    ["the author never", question([byAdmin], person("admin", ["schoolManagement", OLD])), refused("isAuthor")],
    [
      "the author of the last of several parts never",
      question([byAdmin, byManager], person("manager", ["schoolManagement", OLD])),
      refused("isAuthor"),
    ],
    [
      "one person in both roles is still one person",
      question([{ authorId: "other", authorRole: "orgAdmin" }], both),
      refused("isAuthor"),
    ],
    ["who has no role at the school", question([byAdmin], person("other")), refused("noApprovalRole")],
    [
      "an administrator who has lost the role",
      question([{ authorId: "gone", authorRole: "orgAdmin" }], manager),
      refused("authorLostRole"),
    ],
    [
      "an author who holds another role than the one written in",
      question([{ authorId: "manager", authorRole: "orgAdmin" }], manager),
      refused("authorLostRole"),
    ],
    [
      "one of several authors has lost the role",
      question([byAdmin, { authorId: "gone", authorRole: "orgAdmin" }], manager),
      refused("authorLostRole"),
    ],
  ])("%s", (_, asked, decision) => {
    expect(mayApprove(asked)).toEqual(decision);
  });

  test.each(ROLES.filter((role) => role !== "orgAdmin" && role !== "schoolManagement"))(
    "%s approves nothing",
    (role) => {
      expect(mayApprove(question([byManager], person("other", [role, OLD])))).toEqual(refused("noApprovalRole"));
      expect(mayReject(question([byManager], person("other", [role, OLD])))).toEqual(refused("noApprovalRole"));
    },
  );
});

describe("the approver's role is older than the request and than the frame's days", () => {
  const since = (at: Date, overrides: Partial<DecisionQuestion> = {}) =>
    mayApprove(question([byAdmin], person("other", ["schoolManagement", at]), overrides));
  test.each<[string, Date, object]>([
    ["exactly seven days", daysAgo(7), allowed("schoolManagement")],
    ["a millisecond less", daysAgo(7, 1), refused("roleTooYoung")],
    ["gained today", NOW, refused("roleTooYoung")],
    ["begins in the future", daysAgo(-1), refused("roleTooYoung")],
  ])("%s", (_, at, decision) => {
    expect(since(at)).toEqual(decision);
  });
  test("a role gained after the request, however long ago", () => {
    expect(since(daysAgo(9), { createdAt: daysAgo(10) })).toEqual(refused("roleTooYoung"));
    expect(since(daysAgo(10), { createdAt: daysAgo(10) })).toEqual(refused("roleTooYoung"));
    expect(since(daysAgo(10, -1), { createdAt: daysAgo(10) })).toEqual(allowed("schoolManagement"));
  });
  test("no days in the frame still means older than the request", () => {
    expect(since(daysAgo(1), { approverRoleAgeDays: 0 })).toEqual(refused("roleTooYoung"));
    expect(since(daysAgo(3), { approverRoleAgeDays: 0 })).toEqual(allowed("schoolManagement"));
  });
  test("a role of management gained later does not lend its right to an old administrator's role", () => {
    const promoted = person("other", ["orgAdmin", OLD], ["schoolManagement", daysAgo(1)]);
    expect(mayApprove(question([byAdmin], promoted))).toEqual(refused("roleTooYoung"));
    expect(mayApprove(question([byManager], promoted))).toEqual(allowed("orgAdmin"));
  });
});

describe("saying no opens nothing, so any second person of the two roles may", () => {
  test.each<[string, DecisionQuestion, object]>([
    ["a manager", question([byAdmin], manager), allowed("schoolManagement")],
    ["another administrator", question([byAdmin], admin), allowed("orgAdmin")],
    ["somebody new in the role", question([byAdmin], person("other", ["orgAdmin", NOW])), allowed("orgAdmin")],
    [
      "also when the author has lost the role",
      question([{ authorId: "gone", authorRole: "orgAdmin" }], manager),
      allowed("schoolManagement"),
    ],
    ["but not the author", question([byManager, byAdmin], person("admin", ["orgAdmin", OLD])), refused("isAuthor")],
    ["and nobody without a role", question([byAdmin], person("other")), refused("noApprovalRole")],
  ])("%s", (_, asked, decision) => {
    expect(mayReject(asked)).toEqual(decision);
  });
});

test("a request is written as management by whoever holds it, else as administrator, by nobody else", () => {
  expect(authoringRole(["orgAdmin", "schoolManagement"])).toBe("schoolManagement");
  expect(authoringRole(["teacher", "orgAdmin"])).toBe("orgAdmin");
  expect(authoringRole(ROLES.filter((role) => role !== "orgAdmin" && role !== "schoolManagement"))).toBeUndefined();
  expect(authoringRole([])).toBeUndefined();
});

describe("the hash that an approval names", () => {
  const part: RequestPart = {
    authorId: "a",
    authorRole: "orgAdmin",
    cells: ["student>student", "guardian>student"],
    reason: "Grund",
    baseVersion: 3,
    endsOn: null,
  };
  const hash = contentHash("S", [part]);
  test.each<[string, string, RequestPart[]]>([
    ["another school", "T", [part]],
    ["another author", "S", [{ ...part, authorId: "b" }]],
    ["another role", "S", [{ ...part, authorRole: "schoolManagement" }]],
    ["a cell less", "S", [{ ...part, cells: ["student>student"] }]],
    ["another reason", "S", [{ ...part, reason: "Anderer" }]],
    ["another version", "S", [{ ...part, baseVersion: 4 }]],
    ["a last day", "S", [{ ...part, endsOn: "2027-01-31" }]],
    ["a further part", "S", [part, { ...part, cells: ["student>guardian"] }]],
    [
      "cells moved to a part of their own",
      "S",
      [
        { ...part, cells: ["student>student"] },
        { ...part, cells: ["guardian>student"] },
      ],
    ],
  ])("changes with %s", (_, school, parts) => {
    expect(contentHash(school, parts)).not.toBe(hash);
  });
  test("does not depend on the order of the cells", () => {
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(contentHash("S", [{ ...part, cells: part.cells.toReversed() }])).toBe(hash);
  });
});
