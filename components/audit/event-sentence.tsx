// Each event of the audit log as a sentence. A new event without one does not compile.
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { AuditEvent } from "#lib/audit/events.ts";

const bold = (chunks: ReactNode) => <strong className="font-semibold">{chunks}</strong>;

export function EventSentence({ event, actor }: { readonly event: AuditEvent; readonly actor: string }) {
  const t = useTranslations("audit.event");
  const by = { actor, b: bold };
  switch (event.type) {
    case "policyChanged":
      return t.rich("policyChanged", { ...by, count: event.edits.length, version: event.version });
    case "requestSubmitted":
      return t.rich("requestSubmitted", { ...by, count: event.cells.length });
    case "requestExtended":
      return t.rich("requestExtended", { ...by, count: event.cells.length });
    case "requestApproved":
      return t.rich("requestApproved", { ...by, count: event.cells.length, version: event.version });
    case "requestRejected":
      return t.rich("requestRejected", by);
    case "requestVoided":
      return t("requestVoided");
    case "requestExpired":
      return t("requestExpired");
    case "firstVersion":
      return t("firstVersion", { version: event.version });
    case "invitationsWithdrawn":
      return t("invitationsWithdrawn", event);
    case "actionRefused":
      return t.rich("actionRefused", { ...by, action: event.action });
    case "signedIn":
      return t.rich("signedIn", by);
    case "signedOut":
      return t.rich("signedOut", by);
    case "consoleRoleGranted":
      return t.rich("consoleRoleGranted", { ...by, role: event.role });
    default:
      return event satisfies never;
  }
}
