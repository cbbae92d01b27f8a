// "Nobody can approve" is said exactly when the transaction that approves would refuse everybody until the end.
import { describe, expect, test } from "vitest";
import type { ApprovalRole } from "./approval.ts";
import { approvability, type ApprovabilityQuestion, type Holder } from "./approvers.ts";
import type { Role } from "./roles.ts";

const NOW = new Date("2026-03-20T12:00:00Z");
const DAY_MS = 86_400_000;
const days = (count: number) => new Date(NOW.getTime() + count * DAY_MS);
const OLD = days(-400);

const holder = (personId: string, since: Date, ...roles: Role[]): Holder => ({
  personId,
  roles: roles.map((role) => ({ role, since })),
});
const admin = holder("admin", OLD, "orgAdmin");
const admin2 = holder("admin2", OLD, "orgAdmin");
const manager = holder("manager", OLD, "schoolManagement");
const manager2 = holder("manager2", OLD, "schoolManagement");
const both = holder("both", OLD, "orgAdmin", "schoolManagement");

type Author = readonly [personId: string, role: ApprovalRole];
function question(
  authors: readonly Author[],
  holders: readonly Holder[],
  more: Partial<ApprovabilityQuestion> = {},
): ApprovabilityQuestion {
  return {
    createdAt: days(-2),
    expiresAt: days(12),
    parts: authors.map(([authorId, authorRole]) => ({ authorId, authorRole })),
    authorRoles: new Map(holders.map(({ personId, roles }) => [personId, roles.map(({ role }) => role)])),
    holders,
    approverRoleAgeDays: 7,
    now: NOW,
    ...more,
  };
}
const byAdmin: Author = ["admin", "orgAdmin"];
const byManager: Author = ["manager", "schoolManagement"];
const byBoth: Author = ["both", "schoolManagement"];
const atOnce = { possible: true, from: null };
const later = (from: Date) => ({ possible: true, from });
const nobody = (obstacle: string) => ({ possible: false, obstacle });

describe("whether anybody can approve (design §4.8)", () => {
  test.each<[string, ApprovabilityQuestion, object]>([
    ["an administrator asks, there is a manager", question([byAdmin], [admin, manager]), atOnce],
    [
      "an administrator asks, the only other is an administrator",
      question([byAdmin], [admin, admin2]),
      nobody("noManagement"),
    ],
    ["an administrator asks, alone at the school", question([byAdmin], [admin]), nobody("noManagement")],
    ["a manager asks, there is an administrator", question([byManager], [manager, admin]), atOnce],
    ["a manager asks, there is another manager", question([byManager], [manager, manager2]), atOnce],
    ["one person holds both roles", question([byBoth], [both]), nobody("onePerson")],
    ["a manager asks, alone at the school", question([byManager], [manager]), nobody("onePerson")],
    ["one person holds both roles, and there is a second administrator", question([byBoth], [both, admin]), atOnce],
    [
      "manager and administrator have both written",
      question([byAdmin, byManager], [admin, manager]),
      nobody("onlyAuthors"),
    ],
    ["… and a second manager has not", question([byAdmin, byManager], [admin, manager, manager2]), atOnce],
    [
      "… but a second administrator does not help",
      question([byAdmin, byManager], [admin, admin2, manager]),
      nobody("onlyAuthors"),
    ],
    [
      "the manager's role ripens before the end",
      question([byAdmin], [admin, holder("m", days(-3), "schoolManagement")]),
      later(days(4)),
    ],
    [
      "… the earlier of two",
      question(
        [byAdmin],
        [admin, holder("m", days(-3), "schoolManagement"), holder("n", days(-5), "schoolManagement")],
      ),
      later(days(2)),
    ],
    [
      "the manager's role ripens only after the end",
      question([byAdmin], [admin, holder("m", days(-3), "schoolManagement")], { expiresAt: days(3) }),
      nobody("rolesTooNew"),
    ],
    [
      "… exactly at the end",
      question([byAdmin], [admin, holder("m", days(-3), "schoolManagement")], { expiresAt: days(4) }),
      nobody("rolesTooNew"),
    ],
    [
      "the manager's role is younger than the request",
      question([byAdmin], [admin, holder("m", days(-1), "schoolManagement")]),
      nobody("rolesTooNew"),
    ],
    ["the author is no longer there", question([byAdmin], [manager]), nobody("authorLostRole")],
    [
      "the author has another role now",
      question([byAdmin], [holder("admin", OLD, "schoolManagement"), manager]),
      nobody("authorLostRole"),
    ],
    ["nobody is left at all", question([byAdmin], []), nobody("authorLostRole")],
  ])("%s", (_, asked, answer) => {
    expect(approvability(asked)).toEqual(answer);
  });

  test("before submitting, roles that are old enough count although the request is made only now", () => {
    expect(approvability(question([byAdmin], [admin, manager], { createdAt: NOW }))).toEqual(atOnce);
  });
});
