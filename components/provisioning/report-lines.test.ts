// A report says what changes in sentences, with names where somebody knows them.
import { createTranslator } from "next-intl";
import { expect, test } from "vitest";
import type { Translator } from "#components/ui/translator.ts";
import type { SchoolReport } from "#lib/directory/report.ts";
import de from "../../messages/de.json" with { type: "json" };
import { isEmptyReport, reportLines } from "./report-lines.ts";

const t: Translator = createTranslator({ locale: "de", messages: de });
const none = { count: 0, first: [] };
const EMPTY: SchoolReport = {
  ...{ peopleAdded: none, peopleChanged: none, peopleRemoved: none, rolesAdded: none, rolesRemoved: none },
  ...{ groupsAdded: none, groupsChanged: none, groupsRemoved: none, membersAdded: none, membersRemoved: none },
  ...{ held: none, jobs: 0 },
};
const names = { people: new Map([["p1", "Mia Muster"]]), groups: new Map([["g1", "7a"]]) };

test("nothing changes: nothing is said", () => {
  expect(isEmptyReport(null)).toBe(true);
  expect(isEmptyReport(EMPTY)).toBe(true);
  expect(reportLines(EMPTY, names, t, "would")).toEqual([]);
});

test("each part has its sentence, names are resolved, and what is not listed is counted", () => {
  const report: SchoolReport = {
    ...EMPTY,
    peopleRemoved: {
      count: 3,
      first: [
        { id: "p1", name: null },
        { id: "p2", name: null },
      ],
    },
    rolesAdded: { count: 1, first: [{ personId: "p1", role: "teacher" }] },
    membersAdded: { count: 1, first: [{ personId: "p1", groupId: "g1", role: "student" }] },
  };
  expect(isEmptyReport(report)).toBe(false);
  const lines = reportLines(report, names, t, "would");
  expect(lines.map(({ part, more }) => [part, more])).toEqual([
    ["peopleRemoved", 1],
    ["rolesAdded", 0],
    ["membersAdded", 0],
  ]);
  expect(lines.map((line) => line.names)).toEqual([
    ["Mia Muster", "p2"],
    ["Mia Muster (Lehrkraft)"],
    ["Mia Muster in 7a"],
  ]);
  expect(reportLines(report, names, t, "did")[0]?.text).not.toBe(lines[0]?.text);
});

test("held changes of a whole school have no name of their own", () => {
  const item = { kind: "membersRemoved", rule: "noMembersLeft", personId: null, groupId: null, role: null } as const;
  const [line] = reportLines({ ...EMPTY, held: { count: 1, first: [item] } }, names, t, "did");
  expect(line).toMatchObject({ part: "held", names: [], more: 1 });
});
