// Starts a sync of all schools, or a dry run of one; what comes of it is told by the page's status.
"use client";
import { RefreshCw, ScanSearch } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useWork } from "#components/provisioning/live-work.tsx";
import { useStep } from "#components/ui/use-step.ts";
import { Button } from "#components/ui/button.tsx";
import { ErrorNotice } from "#components/ui/error-notice.tsx";
import { requestStateSync } from "#lib/directory/actions.ts";

export function StateSync() {
  const t = useTranslations("client.provisioning");
  const { work, askNow } = useWork();
  const [sent, setSent] = useState<"sync" | "dryRun" | null>(null);
  const { run, error, isPending } = useStep(askNow);
  const begin = (step: "sync" | "dryRun") => {
    setSent(step);
    run(() => requestStateSync({ dryRun: step === "dryRun" }));
  };
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap gap-3">
        <Button
          isPending={(isPending && sent === "sync") || work.sync !== null}
          onPress={() => {
            begin("sync");
          }}
        >
          <RefreshCw aria-hidden className="size-5" />
          {t(isPending && sent === "sync" ? "sending" : "stateSync")}
        </Button>
        <Button
          kind="quiet"
          isPending={(isPending && sent === "dryRun") || work.dryRun !== null}
          onPress={() => {
            begin("dryRun");
          }}
        >
          <ScanSearch aria-hidden className="size-5" />
          {t(isPending && sent === "dryRun" ? "sending" : "stateDryRun")}
        </Button>
      </div>
      {error === null ? null : <ErrorNotice title={t("notSent")} error={error} />}
    </div>
  );
}
