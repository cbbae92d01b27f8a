// What a sync has changed at a school, or a dry run would change, as sentences with the names behind them. Pure.
import type { Translator } from "#components/ui/translator.ts";
import type { SchoolReport } from "#lib/directory/report.ts";
import type { Names } from "#lib/directory/work-queries.ts";
import type { Role } from "#lib/policy/roles.ts";

export const REPORT_PARTS = [
  "peopleAdded",
  "peopleChanged",
  "peopleRemoved",
  "rolesAdded",
  "rolesRemoved",
  "groupsAdded",
  "groupsChanged",
  "groupsRemoved",
  "membersAdded",
  "membersRemoved",
  "held",
] as const;
export type ReportPart = (typeof REPORT_PARTS)[number];

export type ReportLine = {
  readonly part: ReportPart;
  readonly text: string;
  /** The first of them. */
  readonly names: readonly string[];
  readonly more: number;
};

/** Whether the run did, or would do, nothing at the school. */
export const isEmptyReport = (report: SchoolReport | null): boolean =>
  report === null || REPORT_PARTS.every((part) => report[part].count === 0);

export function reportLines(report: SchoolReport, names: Names, t: Translator, tense: "did" | "would"): ReportLine[] {
  const person = (id: string) => names.people.get(id) ?? id;
  const group = (id: string) => names.groups.get(id) ?? id;
  const withRole = (personId: string, role: Role) =>
    t("provisioning.report.withRole", { person: person(personId), role: t(`roles.one.${role}`) });
  const inGroup = ({ personId, groupId }: { readonly personId: string; readonly groupId: string }) =>
    t("provisioning.report.inGroup", { person: person(personId), group: group(groupId) });
  const ofPerson = ({ id }: { readonly id: string }) => person(id);
  const ofGroup = ({ id }: { readonly id: string }) => group(id);
  const ofRole = (one: { readonly personId: string; readonly role: Role }) => withRole(one.personId, one.role);
  const ofHeld = ({ personId, groupId, role }: SchoolReport["held"]["first"][number]) =>
    personId !== null && role !== null
      ? withRole(personId, role)
      : personId !== null
        ? person(personId)
        : group(groupId ?? "");
  const listed: Readonly<Record<ReportPart, readonly string[]>> = {
    peopleAdded: report.peopleAdded.first.map(ofPerson),
    peopleChanged: report.peopleChanged.first.map(ofPerson),
    peopleRemoved: report.peopleRemoved.first.map(ofPerson),
    rolesAdded: report.rolesAdded.first.map(ofRole),
    rolesRemoved: report.rolesRemoved.first.map(ofRole),
    groupsAdded: report.groupsAdded.first.map(ofGroup),
    groupsChanged: report.groupsChanged.first.map(ofGroup),
    groupsRemoved: report.groupsRemoved.first.map(ofGroup),
    membersAdded: report.membersAdded.first.map(inGroup),
    membersRemoved: report.membersRemoved.first.map(inGroup),
    held: report.held.first.map(ofHeld).filter((name) => name !== ""),
  };
  return REPORT_PARTS.filter((part) => report[part].count > 0).map((part) => {
    const { count } = report[part];
    const names = listed[part];
    return { part, text: t(`provisioning.report.${tense}.${part}`, { count }), names, more: count - names.length };
  });
}
