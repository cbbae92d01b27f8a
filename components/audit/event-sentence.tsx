// Each event of the audit log as a sentence. A new event without one does not compile.
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { AuditEvent } from "#lib/audit/events.ts";

const bold = (chunks: ReactNode) => <strong className="font-semibold">{chunks}</strong>;

type EventSentenceProps = {
  readonly event: AuditEvent;
  readonly actor: string;
  /** The name of the person whom the event is about, if it is about one. */
  readonly person?: string | null;
};

export function EventSentence({ event, actor, person }: EventSentenceProps) {
  const t = useTranslations("audit.event");
  const by = { actor, b: bold };
  const about = { ...by, person: person ?? "" };
  switch (event.type) {
    case "policyChanged":
      return t.rich("policyChanged", {
        ...by,
        count: event.edits.length + (event.ends?.length ?? 0),
        version: event.version,
      });
    case "requestSubmitted":
      return t.rich("requestSubmitted", { ...by, count: event.cells.length });
    case "requestExtended":
      return t.rich("requestExtended", { ...by, count: event.cells.length });
    case "requestApproved":
      return t.rich("requestApproved", { ...by, count: event.cells.length, version: event.version });
    case "requestRejected":
      return t.rich("requestRejected", by);
    case "requestWithdrawn":
      return t.rich("requestWithdrawn", by);
    case "requestCommented":
      return t.rich("requestCommented", by);
    case "requestVoided":
      return t("requestVoided");
    case "requestExpired":
      return t("requestExpired");
    case "frameChanged":
      return t.rich("frameChanged", { ...by, count: event.edits.length, version: event.version });
    case "frameWritten":
      return t.rich("frameWritten", { ...by, frame: event.frameVersion, schools: event.schools });
    case "frameProposed":
      return t.rich("frameProposed", { ...by, count: event.rules.length + event.settings.length });
    case "frameProposalRejected":
      return t.rich("frameProposalRejected", by);
    case "frameProposalWithdrawn":
      return t.rich("frameProposalWithdrawn", by);
    case "frameProposalVoided":
      return t("frameProposalVoided");
    case "frameProposalExpired":
      return t("frameProposalExpired");
    case "openingEnded":
      return t("openingEnded", {
        count: event.edits.length,
        locked: event.version === null ? "yes" : "no",
        version: event.version ?? 0,
      });
    case "firstVersion":
      return t("firstVersion", { version: event.version });
    case "invitationsWithdrawn":
      return t("invitationsWithdrawn", event);
    case "roomReviewStarted":
      return t.rich("roomReviewStarted", by);
    case "roomsMadeReadOnly":
      return t.rich("roomsMadeReadOnly", { ...by, count: event.rooms.length });
    case "roomsMadeWritable":
      return t.rich("roomsMadeWritable", { ...by, count: event.rooms.length });
    case "moderatorsAppointed":
      return t("moderatorsAppointed", { count: event.people.length });
    case "roomLeftWithoutModerator":
      return t("roomLeftWithoutModerator");
    case "channelModeAdopted":
      return t("channelModeAdopted", { twoWay: event.twoWay ? "yes" : "no" });
    case "schoolSwitched":
      return t.rich("schoolSwitched", { ...by, name: event.switchName, on: event.on ? "yes" : "no" });
    case "channelSwitched":
      return t.rich("channelSwitched", { ...by, twoWay: event.twoWay ? "yes" : "no" });
    case "switchRequested":
      return t.rich("switchRequested", { ...by, name: event.switchName });
    case "switchApproved":
      return t.rich("switchApproved", { ...by, name: event.switchName });
    case "switchRejected":
      return t.rich("switchRejected", { ...by, name: event.switchName });
    case "switchWithdrawn":
      return t.rich("switchWithdrawn", { ...by, name: event.switchName });
    case "switchExpired":
      return t("switchExpired", { name: event.switchName });
    case "provisioningRetried":
      return t.rich("provisioningRetried", { ...by, jobs: event.jobs });
    case "syncRequested":
      return t.rich("syncRequested", { ...by, dryRun: event.dryRun ? "yes" : "no" });
    case "heldChangesReleased":
      return t.rich("heldChangesReleased", { ...by, count: event.changes.length });
    case "roomsTriedAgain":
      return t.rich("roomsTriedAgain", { ...by, count: event.rooms.length });
    case "actionRefused":
      return t.rich("actionRefused", { ...by, action: event.action });
    case "signedIn":
      return t.rich("signedIn", by);
    case "signedOut":
      return t.rich("signedOut", by);
    case "consoleRoleGranted":
      return t.rich("consoleRoleGranted", { ...about, role: event.role });
    case "consoleRoleRemoved":
      return t.rich("consoleRoleRemoved", { ...about, role: event.role });
    case "landAdminProposed":
      return t.rich("landAdminProposed", about);
    case "landAdminProposalDropped":
      return t.rich("landAdminProposalDropped", about);
    case "consoleAccessEnded":
      return t.rich("consoleAccessEnded", { ...about, sessions: event.sessions });
    case "consoleAccessRestored":
      return t.rich("consoleAccessRestored", about);
    case "caseMeasureRequested":
    case "caseMeasureConfirmed":
    case "caseMeasureTakenBack":
      return t.rich(event.type, { ...by, number: String(event.number), measure: event.measure });
    case "caseHoldSet":
    case "caseHoldLifted":
    case "caseExported":
      return t.rich(event.type, { ...by, number: String(event.number) });
    case "caseNoticesSet":
      return t.rich("caseNoticesSet", by);
    case "caseErased":
      return t("caseErased", { number: String(event.number) });
    case "caseChanged":
      return t.rich("caseChanged", { ...by, number: String(event.number), step: event.step });
    case "evidenceViewed":
      return t.rich("evidenceViewed", { ...by, number: String(event.number) });
    case "caseReleased":
      return t.rich("caseReleased", { ...by, number: String(event.number), what: event.what });
    case "inboxViewChanged":
      return t.rich("inboxViewChanged", { ...by, name: event.name, change: event.change });
    case "auditExported":
      return t.rich("auditExported", { ...by, entries: event.entries });
    case "addressListExported":
      return t.rich("addressListExported", { ...by, people: event.people });
    default:
      return event satisfies never;
  }
}
