// What an event changed, cell by cell, with the reason that was given.
import { useLocale, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { ruleSentences, settingName, settingSentence } from "#components/frame/item-sentences.ts";
import { endText, keySentence } from "#components/matrix/sentences.ts";
import { requestPath } from "#components/shell/paths.ts";
import { ERROR_CODES, type ErrorCode } from "#lib/action/result.ts";
import type { AuditEvent } from "#lib/audit/events.ts";
import { describeDay } from "#lib/i18n/when.ts";
import { IntentLink } from "#components/ui/intent-link.tsx";

type Edit = { readonly key: string; readonly allowed: boolean };

function editsOf(event: AuditEvent): readonly Edit[] {
  if ("edits" in event) return event.edits;
  return "cells" in event ? event.cells.map((key) => ({ key, allowed: true })) : [];
}

function isErrorCode(code: string): code is ErrorCode {
  return ERROR_CODES.some((known) => known === code);
}

export function EventDetails({ event, schoolId }: { readonly event: AuditEvent; readonly schoolId: string }) {
  const t = useTranslations();
  const locale = useLocale();
  const edits = editsOf(event);
  const parts: ReactNode[] = [];
  if (edits.length > 0) {
    parts.push(
      <ul key="edits" className="list-disc pl-5">
        {edits.map(({ key, allowed }) => (
          <li key={key}>{keySentence(t, key, allowed)}</li>
        ))}
      </ul>,
    );
  }
  if (event.type === "policyChanged" && event.ends && event.ends.length > 0) {
    parts.push(
      <ul key="ends" className="list-disc pl-5">
        {event.ends.map((key) => (
          <li key={key}>
            {keySentence(t, key)}: {endText(t, locale, event.endsOn ?? null)}
          </li>
        ))}
      </ul>,
    );
  }
  if ("rules" in event) {
    parts.push(
      <ul key="rules" className="list-disc pl-5">
        {event.rules.map((rule) => (
          <li key={rule.key}>
            {keySentence(t, rule.key)}: {ruleSentences(t, rule).join(" ")}
          </li>
        ))}
        {event.settings.map((setting) => (
          <li key={setting.name}>
            {settingName(t, setting.name)}: {settingSentence(t, setting)}
          </li>
        ))}
      </ul>,
    );
  }
  if ("reason" in event) {
    parts.push(
      <p key="reason" className="whitespace-pre-line">
        {t("audit.reason", { reason: event.reason })}
      </p>,
    );
  }
  if ("endsOn" in event && event.endsOn) {
    parts.push(<p key="endsOn">{t("change.endsOn", { day: describeDay(event.endsOn, locale) })}</p>);
  }
  if (event.type === "requestCommented") {
    parts.push(
      <p key="text" className="whitespace-pre-line">
        „{event.text}“
      </p>,
    );
  }
  if (event.type === "actionRefused" && isErrorCode(event.code))
    parts.push(<p key="code">{t(`errors.${event.code}`)}</p>);
  if ("requestId" in event) {
    parts.push(
      <IntentLink
        key="request"
        href={requestPath(schoolId, event.requestId)}
        className="text-link inline-flex min-h-11 items-center"
      >
        {t("audit.request")}
      </IntentLink>,
    );
  }
  if (parts.length === 0) return null;
  return (
    <details>
      <summary className="text-link inline-flex min-h-11 items-center">{t("audit.details")}</summary>
      <div className="prose-width space-y-2 pb-2">{parts}</div>
    </details>
  );
}
