// Approve, reject with a reason, or take back a request to throw a switch. The page then shows what came of it.
"use client";
import { Check, Undo2, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { RejectionForm } from "#components/approvals/rejection-form.tsx";
import { WithdrawalForm } from "#components/approvals/withdrawal-form.tsx";
import { useStep } from "#components/ui/use-step.ts";
import { Button } from "#components/ui/button.tsx";
import { ErrorNotice } from "#components/ui/error-notice.tsx";
import { approveSwitch, rejectSwitch, withdrawSwitch } from "#lib/provisioning/actions.ts";

type SwitchDecisionProps = {
  readonly requestId: string;
  readonly mayApprove: boolean;
  readonly mayReject: boolean;
  readonly mayWithdraw: boolean;
};

export function SwitchDecision({ requestId, mayApprove, mayReject, mayWithdraw }: SwitchDecisionProps) {
  const t = useTranslations("client.decision");
  const own = useTranslations("client.switches");
  const router = useRouter();
  const [asking, setAsking] = useState<"reject" | "withdraw" | null>(null);
  const { run, error, isPending } = useStep(() => {
    router.refresh();
  });
  const cancel = () => {
    setAsking(null);
  };
  return (
    <div className="space-y-4">
      {mayApprove ? <p className="prose-width text-ink-soft">{own("approveHint")}</p> : null}
      {error === null ? null : <ErrorNotice title={t("errorTitle")} error={error} />}
      {asking === "reject" ? (
        <RejectionForm
          isPending={isPending}
          onCancel={cancel}
          onReject={(reason) => {
            run(() => rejectSwitch({ requestId, reason }));
          }}
        />
      ) : asking === "withdraw" ? (
        <WithdrawalForm
          isPending={isPending}
          onCancel={cancel}
          onWithdraw={() => {
            run(() => withdrawSwitch({ requestId }));
          }}
        />
      ) : (
        <div className="flex flex-wrap gap-3">
          {mayApprove ? (
            <Button
              kind="primary"
              isPending={isPending}
              onPress={() => {
                run(() => approveSwitch({ requestId }));
              }}
            >
              <Check aria-hidden className="size-5" />
              {t(isPending ? "approving" : "approve")}
            </Button>
          ) : null}
          {mayReject ? (
            <Button
              isDisabled={isPending}
              onPress={() => {
                setAsking("reject");
              }}
            >
              <X aria-hidden className="size-5" />
              {t("reject")}
            </Button>
          ) : null}
          {mayWithdraw ? (
            <Button
              isDisabled={isPending}
              onPress={() => {
                setAsking("withdraw");
              }}
            >
              <Undo2 aria-hidden className="size-5" />
              {t("withdraw")}
            </Button>
          ) : null}
        </div>
      )}
    </div>
  );
}
