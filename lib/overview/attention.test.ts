// The overview puts first what only the reader can do, and among it what ends soonest.
import { expect, test } from "vitest";
import { attentionOf } from "./attention.ts";
import type { SchoolOverview } from "./queries.ts";

const NOW = new Date("2026-11-21T12:00:00Z");
const inDays = (days: number) => new Date(NOW.getTime() + days * 86_400_000);

function school(id: string, more: Partial<SchoolOverview> = {}): SchoolOverview {
  return {
    school: { id, name: id, switches: { service: true, state: true, school: true } },
    roles: ["schoolManagement"],
    versionNumber: 1,
    versionCreatedAt: NOW,
    pending: null,
    pendingRequestId: null,
    accounts: { total: 3, ready: 3, problems: 0 },
    rooms: { total: 0, ready: 0, problems: 0 },
    ...more,
  };
}
const request = (id: string, days: number, mayDecide: boolean) => ({
  pending: { id, expiresAt: inDays(days), mayDecide },
  pendingRequestId: id,
});
const summary = (
  schools: SchoolOverview[],
  openProposals = 0,
  frameProposal: Parameters<typeof attentionOf>[0]["frameProposal"] = null,
) =>
  attentionOf({ schools, openProposals, frameProposal }, NOW).map((item) =>
    "school" in item ? `${item.kind} ${item.school.id}` : item.kind,
  );

test("nothing is said when nothing waits", () => {
  expect(summary([school("A")])).toEqual([]);
});

test("decisions come first, the one that ends soonest before the others", () => {
  const stuck = school("A", { accounts: { total: 3, ready: 1, problems: 2 } });
  const later = school("B", request("b", 10, true));
  const sooner = school("C", request("c", 2, true));
  expect(summary([stuck, later, sooner], 1)).toEqual(["decide C", "decide B", "confirmLandAdmin", "problems A"]);
  const [first] = attentionOf({ schools: [later, sooner], openProposals: 0, frameProposal: null }, NOW);
  expect(first).toMatchObject({ kind: "decide", isSoon: true });
});

test("a change of the state's frame waits for whoever did not write it, and its author is told that it waits", () => {
  const proposal = (isAuthor: boolean) => ({ id: "f", expiresAt: inDays(10), isAuthor });
  expect(summary([], 1, proposal(false))).toEqual(["decideFrame", "confirmLandAdmin"]);
  expect(summary([], 1, proposal(true))).toEqual(["confirmLandAdmin", "frameWaits"]);
});

test("somebody else's decision is only mentioned when it is about to lapse", () => {
  expect(summary([school("A", request("a", 10, false)), school("B", request("b", 3, false))])).toEqual(["expiring B"]);
});
