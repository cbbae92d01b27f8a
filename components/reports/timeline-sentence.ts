// Each event of a case's timeline as a sentence. A new event without one does not compile.
import { describeDay } from "#lib/i18n/when.ts";
import type { CaseEntryView } from "#lib/reports/case-queries.ts";
import type { Writer } from "./writer.ts";

export function entrySentence(entry: CaseEntryView, { t, locale }: Writer, caseId: string): string {
  const { event, named } = entry;
  const actor =
    entry.actorName ?? t(entry.actorRole === "system" ? "reports.timeline.system" : "reports.unknownPerson");
  if (event === null) return t("reports.timeline.unreadable");
  const other = named ?? "?";
  switch (event.type) {
    case "reported":
      return t("reports.timeline.reported", { channel: event.channel });
    case "reportRepeated":
    case "reportInvalid":
    case "holdLifted":
    case "resumed":
    case "note":
    case "reopened":
    case "exported":
    case "holdSet":
    case "evidenceViewed":
      return t(`reports.timeline.${event.type}`, { actor });
    case "assigned":
      return event.personId === null && event.team === null
        ? t("reports.timeline.unassigned", { actor })
        : event.personId !== null && event.personId === entry.actorId
          ? t("reports.timeline.took", { actor })
          : t("reports.timeline.assigned", { actor, name: other });
    case "categorised":
      return t("reports.timeline.categorised", {
        actor,
        before: t(`reports.category.${event.before}`),
        after: t(`reports.category.${event.after}`),
      });
    case "severitySet":
      return t("reports.timeline.severitySet", {
        actor,
        before: t(`reports.severity.${event.before}`),
        after: t(`reports.severity.${event.after}`),
      });
    case "schoolSet":
      return t("reports.timeline.schoolSet", { actor, name: other });
    case "waiting":
      return t("reports.timeline.waiting", { actor, day: describeDay(event.until, locale) });
    case "escalated":
      return t("reports.timeline.escalated", { actor, to: event.toState ? "state" : "school" });
    case "escalationAnswered":
      return t("reports.timeline.escalationAnswered", { actor });
    case "released":
      return t("reports.timeline.released", { actor, what: event.what });
    case "measureRequested":
    case "measureDone":
    case "measureFailed":
    case "measureConfirmed":
    case "measureReverted":
      return t(`reports.timeline.${event.type}`, { actor, measure: t(`reports.measure.${event.kind}`) });
    case "merged":
      return event.fromId === caseId
        ? t("reports.timeline.mergedInto", { actor, number: other })
        : t("reports.timeline.mergedFrom", { actor, number: other });
    case "split":
      return event.newCaseId === caseId
        ? t("reports.timeline.splitOff", { actor })
        : t("reports.timeline.split", { actor, count: event.reportIds.length, number: other });
    case "resolved":
      return t("reports.timeline.resolved", { actor, outcome: t(`reports.outcome.${event.outcome}`) });
    case "woken":
    case "erased":
      return t(`reports.timeline.${event.type}`);
    default:
      return event satisfies never;
  }
}

/** What somebody wrote with it; null if nothing. */
export function entryText({ event }: CaseEntryView): string | null {
  if (event === null) return null;
  const text = "text" in event ? event.text : "reason" in event ? event.reason : "";
  return text === "" ? null : text;
}
