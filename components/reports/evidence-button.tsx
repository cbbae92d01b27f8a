// Evidence behind a click: what is shown was decrypted for this reader at this moment, and that is on record.
"use client";
import { Eye, EyeOff } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRef, useState, useTransition } from "react";
import { Button } from "#components/ui/button.tsx";
import { callAction } from "#components/ui/call-action.ts";
import { ErrorNotice, type ShownError } from "#components/ui/error-notice.tsx";
import { openEvidence, openReleased } from "#lib/reports/actions.ts";
import type { OpenedEvidence } from "#lib/reports/evidence.ts";

type EvidenceButtonProps = {
  readonly evidence: { readonly id: string; readonly label: string };
  /** The text of a report is opened by the report's own id. */
  readonly of: { readonly caseId: string; readonly isReport?: true } | { readonly escalationId: string };
  readonly onOpened?: () => void;
};

export function EvidenceButton({ evidence, of, onOpened }: EvidenceButtonProps) {
  const t = useTranslations("client.reports.evidence");
  const [opened, setOpened] = useState<OpenedEvidence | null>(null);
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const inFlight = useRef(false);
  const look = () => {
    if (inFlight.current) return;
    inFlight.current = true;
    setError(null);
    startTransition(async () => {
      const { id } = evidence;
      const answer = await callAction(() => {
        if ("escalationId" in of) return openReleased({ escalationId: of.escalationId, evidenceId: id });
        return openEvidence({ caseId: of.caseId, ...(of.isReport ? { reportId: id } : { evidenceId: id }) });
      });
      inFlight.current = false;
      if (!answer.ok) {
        setError(answer.error);
        return;
      }
      setOpened(answer.value);
      onOpened?.();
    });
  };
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        {opened === null ? (
          <Button isPending={isPending} onPress={look}>
            <Eye aria-hidden className="size-5" />
            {isPending ? t("opening") : t("open", { what: evidence.label })}
          </Button>
        ) : (
          <Button onPress={() => setOpened(null)}>
            <EyeOff aria-hidden className="size-5" />
            {t("hide", { what: evidence.label })}
          </Button>
        )}
        <p className="text-sm text-ink-soft">{t("logged")}</p>
      </div>
      {error === null ? null : <ErrorNotice title={t("errorTitle")} error={error} />}
      {opened === null ? null : <Opened evidence={opened} label={evidence.label} />}
    </div>
  );
}

function Opened({ evidence, label }: { readonly evidence: OpenedEvidence; readonly label: string }) {
  const t = useTranslations("client.reports.evidence");
  if (evidence.kind === "picture") {
    return (
      // a data address that only this reader has: nothing for the image optimiser
      // eslint-disable-next-line @next/next/no-img-element
      <img src={evidence.address} alt={label} className="max-h-[70vh] max-w-full rounded-md border border-line" />
    );
  }
  if (evidence.kind === "reason") return <Quote text={evidence.text} />;
  return (
    <div className="space-y-2">
      {evidence.isEncrypted ? <p>{t("encrypted")}</p> : null}
      {evidence.text === null ? null : <Quote text={evidence.text} />}
      <details>
        <summary className="text-link inline-flex min-h-11 items-center">{t("asSent")}</summary>
        {/* reachable by keyboard, because it scrolls */}
        <pre
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          className="max-h-96 overflow-auto rounded-md bg-sunken p-4 text-sm whitespace-pre-wrap"
        >
          {evidence.json}
        </pre>
      </details>
    </div>
  );
}

function Quote({ text }: { readonly text: string }) {
  return (
    <blockquote className="prose-width rounded-md bg-sunken p-4 break-words whitespace-pre-line">{text}</blockquote>
  );
}
