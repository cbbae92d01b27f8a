// What the page of a case shows while it is open, as sentences. The server writes them, the browser only shows them.
import type { CaseOutcome, CaseSeverity, CaseState, CaseStep, ReportCategory } from "#lib/reports/case-life.ts";
import { afterStep, isOpen } from "#lib/reports/case-life.ts";
import type { CaseReport, CaseView } from "#lib/reports/case-queries.ts";
import type { ReportedPerson } from "#lib/reports/people.ts";
import { entrySentence, entryText } from "./timeline-sentence.ts";
import { due, moment, personName, personRoles, type ShownMoment, type Urgency, type Writer } from "./writer.ts";

export type ShownPerson = { readonly name: string; readonly roles: string };
export type ShownEvidence = { readonly id: string; readonly label: string; readonly kind: "event" | "screenshot" };
export type ShownReport = {
  readonly id: string;
  readonly title: string;
  readonly at: ShownMoment;
  readonly reporter: ShownPerson | null;
  /** Null if nothing was written, and while it is withheld. */
  readonly reason: string | null;
  /** How the text is called that is still closed; null if it is not. */
  readonly withheld: string | null;
  readonly notes: readonly string[];
  readonly isDoubtful: boolean;
  readonly evidence: readonly ShownEvidence[];
};
export type ShownEntry = {
  readonly id: string;
  readonly at: ShownMoment;
  readonly sentence: string;
  readonly text: string | null;
  readonly isNote: boolean;
};
export type ShownEscalation = {
  readonly id: string;
  readonly title: string;
  readonly message: string;
  readonly answer: { readonly by: string; readonly text: string; readonly wanted: string | null } | null;
  readonly mayReleaseReporter: boolean;
  readonly mayReleaseScreenshot: boolean;
  readonly released: readonly string[];
};
export type ShownEarlier = { readonly id: string; readonly title: string; readonly text: string };
export type ShownCasePage = {
  readonly version: number;
  readonly title: string;
  readonly state: CaseState;
  readonly stateText: string;
  readonly severity: CaseSeverity;
  readonly severityText: string;
  readonly category: ReportCategory;
  readonly schoolId: string | null;
  /** Schools that the case may belong to: those of its people. */
  readonly schools: readonly { readonly id: string; readonly name: string }[];
  readonly facts: readonly { readonly label: string; readonly text: string }[];
  readonly due: string;
  readonly urgency: Urgency;
  readonly owner: string;
  readonly isMine: boolean;
  readonly notices: readonly string[];
  readonly mergedInto: { readonly id: string; readonly text: string } | null;
  /** What may be done now. */
  readonly may: readonly (CaseStep | "work" | "assign" | "takeForOneself")[];
  readonly reported: ShownPerson | null;
  readonly room: { readonly name: string; readonly text: string; readonly members: readonly string[] } | null;
  readonly reports: readonly ShownReport[];
  /** Said of what this page of them leaves out, and where the next one begins. */
  readonly reportsMore: { readonly text: string; readonly next: string | null } | null;
  readonly escalations: readonly ShownEscalation[];
  readonly earlier: readonly ShownEarlier[];
  readonly entries: readonly ShownEntry[];
};

const STEPS: readonly CaseStep[] = ["take", "wait", "resume", "escalate", "resolve", "reopen"];

export function casePage(view: CaseView, writer: Writer, personId: string): ShownCasePage {
  const { t } = writer;
  const { text, urgency } = due(writer, view);
  const mayWork = view.sight === "content" && !view.isErased && view.mergedInto === null;
  return {
    version: view.version,
    title: t("reports.caseTitle", { number: String(view.number) }),
    state: view.state,
    stateText: stateText(view, writer),
    severity: view.severity,
    severityText: t(`reports.severity.${view.severity}`),
    category: view.category,
    schoolId: view.school?.id ?? null,
    schools: schoolsOf(view),
    facts: [
      { label: t("reports.fact.category"), text: t(`reports.category.${view.category}`) },
      { label: t("reports.fact.school"), text: view.school?.name ?? t("reports.noSchool") },
      { label: t("reports.fact.since"), text: moment(writer, view.createdAt).text },
      { label: t("reports.fact.due"), text },
    ],
    due: text,
    urgency,
    owner: view.assignee?.id === personId ? t("reports.me") : (view.assignee?.name ?? view.team ?? t("reports.nobody")),
    isMine: view.assignee?.id === personId,
    notices: [
      ...(view.isErased ? [t("reports.notice.erased")] : []),
      ...(view.isHeld ? [t("reports.notice.held")] : []),
      ...(view.sight === "assignment" ? [t("reports.notice.withoutContent")] : []),
    ],
    mergedInto: view.mergedInto && {
      id: view.mergedInto.id,
      text: t("reports.notice.merged", { number: String(view.mergedInto.number) }),
    },
    may: [
      ...(mayWork ? (["work", "takeForOneself"] as const) : []),
      ...(!view.isErased && view.mergedInto === null && isOpen(view.state) ? (["assign"] as const) : []),
      ...(mayWork ? STEPS.filter((step) => afterStep(view.state, step) !== null) : []),
    ],
    reported: view.reported && shownPerson(view.reported, writer),
    room: shownRoom(view, writer),
    reports: view.reports.map((report) => shownReport(report, writer)),
    reportsMore:
      view.reports.length < view.reportCount && view.sight === "content"
        ? {
            text: t("reports.moreReports", { shown: view.reports.length, count: view.reportCount }),
            next: view.nextReports,
          }
        : null,
    escalations: view.escalations.map((escalation) => shownEscalation(escalation, view, writer)),
    earlier: view.earlier.map((one) => ({
      id: one.id,
      title: t("reports.rowTitle", { number: String(one.number), category: t(`reports.category.${one.category}`) }),
      text: t("reports.earlierText", {
        name: one.personName ?? "",
        role: one.wasReporter ? "reporter" : "reported",
        when: moment(writer, one.createdAt).text,
        state: stateText(one, writer),
      }),
    })),
    entries: view.entries.map((entry) => ({
      id: entry.id,
      at: moment(writer, entry.at),
      sentence: entrySentence(entry, writer, view.id),
      text: entryText(entry),
      isNote: entry.event?.type === "note",
    })),
  };
}

function schoolsOf({ school, reported, reports }: CaseView): ShownCasePage["schools"] {
  const people = [reported, ...reports.map(({ reporter }) => reporter)];
  const held = people.flatMap(
    (person) => person?.roles.map(({ schoolId: id, schoolName: name }) => ({ id, name })) ?? [],
  );
  const all = [...(school === null ? [] : [school]), ...held];
  return [...new Map(all.map(({ id, name }) => [id, { id, name }])).values()];
}

function stateText(
  { state, outcome }: { readonly state: CaseState; readonly outcome: CaseOutcome | null },
  { t }: Writer,
) {
  return outcome === null
    ? t(`reports.state.${state}`)
    : t("reports.resolvedAs", { outcome: t(`reports.outcome.${outcome}`) });
}

function shownPerson(person: ReportedPerson, writer: Writer): ShownPerson {
  return { name: personName(writer, person), roles: personRoles(writer, person) };
}

function shownRoom(view: CaseView, writer: Writer): ShownCasePage["room"] {
  const { t } = writer;
  const { room, roomName, hasRoom, memberNames } = view;
  if (view.sight !== "content" || !hasRoom) return null;
  const name = roomName ?? room?.name ?? t("reports.room.unnamed");
  if (room === null) return { name, text: t("reports.room.unknown"), members: [] };
  return {
    name,
    text: t("reports.room.text", {
      count: room.memberCount,
      encrypted: room.encrypted ? "yes" : "no",
      when: moment(writer, new Date(room.takenAt)).text,
    }),
    members: room.members.map(({ userId, roles, level, membership }) =>
      t("reports.room.member", {
        name: personName(writer, memberNames.get(userId) ?? null),
        roles: roles.length === 0 ? t("reports.room.noRole") : roles.map((role) => t(`roles.one.${role}`)).join(", "),
        standing: membership === "invite" ? "invited" : level >= 50 ? "moderator" : "member",
      }),
    ),
  };
}

const KNOWN_PROBLEMS = [
  "noToken",
  "tokenUnknown",
  "eventNotVisible",
  "roomNotVisible",
  "unknownTarget",
  "bodyTooLarge",
  "bodyIncomplete",
  "bodyUnreadable",
  "reasonTooLong",
  "screenshotUnreadable",
  "screenshotTooLarge",
  "screenshotLeftOut",
] as const;

function shownReport(report: CaseReport, writer: Writer): ShownReport {
  const { t } = writer;
  const problem = KNOWN_PROBLEMS.find((known) => known === report.problem);
  const hasEvent = report.evidence.some(({ kind }) => kind === "event");
  return {
    id: report.id,
    title: t(`reports.kind.${report.kind}`),
    at: moment(writer, report.receivedAt),
    reporter: report.reporter && shownPerson(report.reporter, writer),
    reason: report.reason === "" ? null : report.reason,
    withheld: report.reason === null ? t("reports.evidence.reason") : null,
    notes: [
      ...(report.reason === null ? [t("reports.note.withheld")] : []),
      ...(report.standing === "received" ? [t("reports.note.received")] : []),
      ...(report.standing === "invalid" ? [t("reports.note.invalid")] : []),
      ...(report.problem === null ? [] : [t(`reports.problem.${problem ?? "other"}`)]),
      ...(report.isEncrypted ? [t("reports.note.encrypted")] : []),
      ...(!hasEvent && report.kind === "event" ? [t("reports.note.eventMissing")] : []),
      ...(report.byGate ? [] : [t("reports.note.onlyPolled")]),
      ...(report.repeats > 0 ? [t("reports.note.repeated", { count: report.repeats })] : []),
    ],
    isDoubtful: report.standing === "invalid",
    evidence: report.evidence.map(({ id, kind }) => ({ id, kind, label: t(`reports.evidence.${kind}`) })),
  };
}

function shownEscalation(one: CaseView["escalations"][number], view: CaseView, writer: Writer): ShownEscalation {
  const { t } = writer;
  const isNewest = view.escalations[0]?.id === one.id;
  return {
    id: one.id,
    title: t(one.toState ? "reports.escalation.toState" : "reports.escalation.toSchool", {
      when: moment(writer, one.createdAt).text,
    }),
    message: one.message,
    answer:
      one.answer === null || one.answeredAt === null
        ? null
        : {
            by: t("reports.escalation.answeredBy", {
              name: one.answeredBy ?? t("reports.unknownPerson"),
              when: moment(writer, one.answeredAt).text,
            }),
            text: one.answer,
            wanted:
              one.wantedMeasures.length === 0
                ? null
                : t("reports.escalation.wanted", {
                    measures: one.wantedMeasures.map((kind) => t(`reports.measure.${kind}`)).join(", "),
                  }),
          },
    mayReleaseReporter: isNewest && !one.isReporterReleased && !one.toState,
    mayReleaseScreenshot: isNewest && !one.isScreenshotReleased && !one.toState,
    released: [
      ...(one.isReporterReleased ? [t("reports.escalation.reporterReleased")] : []),
      ...(one.isScreenshotReleased ? [t("reports.escalation.screenshotReleased")] : []),
    ],
  };
}
