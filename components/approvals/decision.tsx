// Approve, reject with a reason, or take one's own request back. Like the submission it stands around the page, so that its answer stays.
"use client";
import { Check, Undo2, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useRef, useState, useTransition, type ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { callAction } from "#components/ui/call-action.ts";
import { ErrorNotice, type ShownError } from "#components/ui/error-notice.tsx";
import type { ActionResult } from "#lib/action/result.ts";
import { approveRequest, rejectRequest, withdrawRequest } from "#lib/policy/actions.ts";
import { DecisionDone, type Decided } from "./decision-done.tsx";
import { RejectionForm } from "./rejection-form.tsx";
import { WithdrawalForm } from "./withdrawal-form.tsx";

type DecisionProps = {
  readonly schoolId: string;
  readonly requestId: string;
  readonly contentHash: string;
  /** False once it is decided: there is nothing to do then. */
  readonly isPending: boolean;
  readonly mayApprove: boolean;
  readonly mayReject: boolean;
  readonly mayWithdraw: boolean;
  /** Why approving is not possible, in words; shown in place of the button. */
  readonly refusal: ReactNode;
  readonly children: ReactNode;
};

export function Decision({ children, isPending, ...props }: DecisionProps) {
  const [decided, setDecided] = useState<Decided | null>(null);
  const router = useRouter();
  const onDecided = (next: Decided) => {
    setDecided(next);
    // the frame's mark of an open request, and every page kept in memory, are out of date now
    router.refresh();
  };
  if (decided) return <DecisionDone schoolId={props.schoolId} decided={decided} />;
  return (
    <>
      {children}
      {isPending ? <DecisionForm {...props} onDecided={onDecided} /> : null}
    </>
  );
}

type DecisionFormProps = Omit<DecisionProps, "children" | "isPending"> & {
  readonly onDecided: (decided: Decided) => void;
};
type Step = "approve" | "reject" | "withdraw";

function DecisionForm({
  schoolId,
  requestId,
  contentHash,
  mayApprove,
  mayReject,
  mayWithdraw,
  refusal,
  onDecided,
}: DecisionFormProps) {
  const t = useTranslations("client.decision");
  /** Asked once more, or for a reason, before it is done. */
  const [asking, setAsking] = useState<"reject" | "withdraw" | null>(null);
  const [running, setRunning] = useState<Step | null>(null);
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const inFlight = useRef(false);

  function decide<T>(step: Step, action: () => Promise<ActionResult<T>>, toDecided: (value: T) => Decided) {
    if (inFlight.current) return;
    inFlight.current = true;
    setError(null);
    setRunning(step);
    startTransition(async () => {
      const answer = await callAction(action);
      inFlight.current = false;
      if (answer.ok) onDecided(toDecided(answer.value));
      else setError(answer.error);
    });
  }

  const approve = () => {
    decide(
      "approve",
      () => approveRequest({ schoolId, requestId, contentHash }),
      ({ versionNumber }) => ({ step: "approved", versionNumber }),
    );
  };
  const reject = (reason: string) => {
    decide(
      "reject",
      () => rejectRequest({ schoolId, requestId, reason }),
      () => ({ step: "rejected" }),
    );
  };

  const withdraw = () => {
    decide(
      "withdraw",
      () => withdrawRequest({ schoolId, requestId }),
      () => ({ step: "withdrawn" }),
    );
  };
  const cancel = () => {
    setAsking(null);
    setError(null);
  };

  return (
    <section aria-labelledby="decision" className="mt-10 space-y-4">
      <h2 id="decision" className="text-xl font-semibold tracking-tight">
        {t("title")}
      </h2>
      {mayApprove ? <p className="prose-width text-ink-soft">{t("approveHint")}</p> : refusal}
      {error === null ? null : <ErrorNotice title={t("errorTitle")} error={error} />}
      {asking === "reject" ? (
        <RejectionForm isPending={isPending && running === "reject"} onCancel={cancel} onReject={reject} />
      ) : asking === "withdraw" ? (
        <WithdrawalForm isPending={isPending && running === "withdraw"} onCancel={cancel} onWithdraw={withdraw} />
      ) : (
        <div className="flex flex-wrap gap-3">
          {mayApprove ? (
            <Button kind="primary" isPending={isPending && running === "approve"} onPress={approve}>
              <Check aria-hidden className="size-5" />
              {isPending && running === "approve" ? t("approving") : t("approve")}
            </Button>
          ) : null}
          {mayReject ? (
            <Button
              kind="secondary"
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
              kind="secondary"
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
    </section>
  );
}
