// The decision on a proposal: a second state administrator approves or rejects, its author withdraws.
"use client";
import { Check, Undo2, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useRef, useState, useTransition, type ReactNode } from "react";
import { RejectionForm } from "#components/approvals/rejection-form.tsx";
import { FRAME_PATH } from "#components/shell/paths.ts";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { callAction } from "#components/ui/call-action.ts";
import { ErrorNotice, type ShownError } from "#components/ui/error-notice.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { ActionResult } from "#lib/action/result.ts";
import { approveFrame, rejectFrame, withdrawFrame } from "#lib/policy/frame-actions.ts";
import { Done } from "./done.tsx";

type Outcome = "approved" | "rejected" | "withdrawn";
type ProposalDecisionProps = {
  readonly proposalId: string;
  readonly contentHash: string;
  readonly isPending: boolean;
  readonly isAuthor: boolean;
  readonly isTooYoung: boolean;
  readonly children: ReactNode;
};

export function ProposalDecision({ children, isPending, ...props }: ProposalDecisionProps) {
  const t = useTranslations("client.frame");
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const router = useRouter();
  if (outcome) {
    return (
      <Done title={t(`outcome.${outcome}`)}>
        <Notice tone={outcome === "approved" ? "success" : "info"} live>
          <p>{t(`outcomeText.${outcome}`)}</p>
        </Notice>
        <div className="flex flex-wrap gap-3">
          <ButtonLink href={FRAME_PATH} kind="primary">
            {t("toFrame")}
          </ButtonLink>
          <ButtonLink href={`${FRAME_PATH}/history`}>{t("toHistory")}</ButtonLink>
        </div>
      </Done>
    );
  }
  return (
    <>
      {children}
      {isPending ? (
        <Form
          {...props}
          onDecided={(next) => {
            setOutcome(next);
            router.refresh();
          }}
        />
      ) : null}
    </>
  );
}

type FormProps = Omit<ProposalDecisionProps, "children" | "isPending"> & {
  readonly onDecided: (outcome: Outcome) => void;
};

function Form({ proposalId, contentHash, isAuthor, isTooYoung, onDecided }: FormProps) {
  const t = useTranslations("client.frame");
  const decision = useTranslations("client.decision");
  const [rejecting, setRejecting] = useState(false);
  const [running, setRunning] = useState<Outcome | null>(null);
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const inFlight = useRef(false);
  const isRunning = (outcome: Outcome) => isPending && running === outcome;

  function decide<T>(outcome: Outcome, action: () => Promise<ActionResult<T>>) {
    if (inFlight.current) return;
    inFlight.current = true;
    setError(null);
    setRunning(outcome);
    startTransition(async () => {
      const answer = await callAction(action);
      inFlight.current = false;
      if (answer.ok) onDecided(outcome);
      else setError(answer.error);
    });
  }

  return (
    <section aria-labelledby="decision" className="mt-10 space-y-4">
      <h2 id="decision" className="text-xl font-semibold tracking-tight">
        {decision("title")}
      </h2>
      <p className="prose-width text-ink-soft">
        {t(isAuthor ? "authorHint" : isTooYoung ? "tooYoungHint" : "approveHint")}
      </p>
      {error === null ? null : <ErrorNotice title={decision("errorTitle")} error={error} />}
      {rejecting ? (
        <RejectionForm
          isPending={isRunning("rejected")}
          onCancel={() => {
            setRejecting(false);
            setError(null);
          }}
          onReject={(reason) => {
            decide("rejected", () => rejectFrame({ proposalId, reason }));
          }}
        />
      ) : (
        <div className="flex flex-wrap gap-3">
          {isAuthor ? (
            <Button
              isPending={isRunning("withdrawn")}
              onPress={() => {
                decide("withdrawn", () => withdrawFrame({ proposalId }));
              }}
            >
              <Undo2 aria-hidden className="size-5" />
              {t("withdraw")}
            </Button>
          ) : null}
          {isAuthor || isTooYoung ? null : (
            <Button
              kind="primary"
              isPending={isRunning("approved")}
              onPress={() => {
                decide("approved", () => approveFrame({ proposalId, contentHash }));
              }}
            >
              <Check aria-hidden className="size-5" />
              {isRunning("approved") ? decision("approving") : decision("approve")}
            </Button>
          )}
          {isAuthor ? null : (
            <Button
              isDisabled={isPending}
              onPress={() => {
                setRejecting(true);
              }}
            >
              <X aria-hidden className="size-5" />
              {decision("reject")}
            </Button>
          )}
        </div>
      )}
    </section>
  );
}
