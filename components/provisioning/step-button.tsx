// One step of the provisioning pages that asks for work: trying something again, a sync, a dry run. The answer stands
// beside the button; what comes of it is told by the page's status.
"use client";
import { RotateCw, RefreshCw, ScanSearch } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useStep } from "#components/ui/use-step.ts";
import { Button } from "#components/ui/button.tsx";
import type { ButtonKind } from "#components/ui/classes.ts";
import { ErrorNotice } from "#components/ui/error-notice.tsx";
import { requestSync } from "#lib/directory/actions.ts";
import { retryProvisioning } from "#lib/provisioning/actions.ts";
import { useWork } from "./live-work.tsx";

export type Step =
  | { readonly kind: "retry"; readonly what: Parameters<typeof retryProvisioning>[0]["what"] }
  | { readonly kind: "sync" }
  | { readonly kind: "dryRun"; readonly asServed: boolean };

const ICONS = { retry: RotateCw, sync: RefreshCw, dryRun: ScanSearch } as const;

type StepButtonProps = {
  readonly schoolId: string;
  readonly step: Step;
  /** Whom it is about, for those who hear the button by itself. */
  readonly about?: string;
  readonly look?: ButtonKind;
};

export function StepButton({ schoolId, step, about, look = "secondary" }: StepButtonProps) {
  const t = useTranslations("client.provisioning");
  const { work, askNow } = useWork();
  const [isSent, setSent] = useState(false);
  const { run, error, isPending } = useStep(() => {
    setSent(true);
    askNow();
  });
  const Icon = ICONS[step.kind];
  const isRunning = step.kind === "retry" ? false : work[step.kind] !== null;
  const begin = () => {
    if (step.kind === "retry") run(() => retryProvisioning({ schoolId, what: step.what }));
    else if (step.kind === "sync") run(() => requestSync({ schoolId, dryRun: false }));
    else run(() => requestSync({ schoolId, dryRun: true, asServed: step.asServed }));
  };
  return (
    <div className="space-y-2">
      <div className="flex flex-wrap items-center gap-3">
        <Button kind={look} isPending={isPending || isRunning} onPress={begin}>
          <Icon aria-hidden className="size-5" />
          {t(isPending ? "sending" : step.kind)}
          {about === undefined ? null : <span className="sr-only">: {about}</span>}
        </Button>
        {isSent && step.kind === "retry" && !isPending && error === null ? (
          <span role="status" className="text-ink-soft">
            {t("sent")}
          </span>
        ) : null}
      </div>
      {error === null ? null : <ErrorNotice title={t("notSent")} error={error} />}
    </div>
  );
}
