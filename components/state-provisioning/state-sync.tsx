// Starts a sync of all schools, or a dry run of one.
"use client";
import { RefreshCw, ScanSearch } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useStep } from "#components/rooms/use-step.ts";
import { Button } from "#components/ui/button.tsx";
import { ErrorNotice } from "#components/ui/error-notice.tsx";
import { requestStateSync } from "#lib/directory/actions.ts";

export function StateSync() {
  const t = useTranslations("client.provisioning");
  const router = useRouter();
  const [sent, setSent] = useState<"sync" | "dryRun" | null>(null);
  const { run, error, isPending } = useStep(() => {
    router.refresh();
  });
  const begin = (step: "sync" | "dryRun") => {
    setSent(step);
    run(() => requestStateSync({ dryRun: step === "dryRun" }));
  };
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap gap-3">
        <Button
          isPending={isPending && sent === "sync"}
          onPress={() => {
            begin("sync");
          }}
        >
          <RefreshCw aria-hidden className="size-5" />
          {t("stateSync")}
        </Button>
        <Button
          kind="quiet"
          isPending={isPending && sent === "dryRun"}
          onPress={() => {
            begin("dryRun");
          }}
        >
          <ScanSearch aria-hidden className="size-5" />
          {t("stateDryRun")}
        </Button>
      </div>
      <p role="status" className="text-ink-soft">
        {sent === null || error !== null ? null : t(isPending ? "sending" : "stateSent")}
      </p>
      {error === null ? null : <ErrorNotice title={t("notSent")} error={error} />}
    </div>
  );
}
