// One thing done about one person: a press, for the graver ones with a reason, and what came of it.
"use client";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useRef, useState, useTransition } from "react";
import { Button } from "#components/ui/button.tsx";
import { callAction } from "#components/ui/call-action.ts";
import type { ButtonKind } from "#components/ui/classes.ts";
import { ErrorNotice, type ShownError } from "#components/ui/error-notice.tsx";
import { TextAreaField } from "#components/ui/field.tsx";
import { REASON_LENGTH } from "#lib/action/reason-length.ts";
import type { ActionResult } from "#lib/action/result.ts";
import {
  confirmLandAdmin,
  dropLandAdminProposal,
  endConsoleAccess,
  grantSupport,
  proposeLandAdmin,
  removeConsoleRole,
  restoreConsoleAccess,
} from "#lib/console/actions.ts";

export type PersonStep =
  | "grantSupport"
  | "proposeLandAdmin"
  | "confirmLandAdmin"
  | "dropLandAdminProposal"
  | "removeSupport"
  | "removeLandAdmin"
  | "endConsoleAccess"
  | "restoreConsoleAccess";

const KINDS: Partial<Record<PersonStep, ButtonKind>> = {
  confirmLandAdmin: "primary",
  removeSupport: "danger",
  removeLandAdmin: "danger",
  endConsoleAccess: "danger",
};
const WITH_REASON: ReadonlySet<PersonStep> = new Set<PersonStep>(["proposeLandAdmin", "endConsoleAccess"]);
/** Taking something away shows once more whom it concerns; giving it back is easy. */
const ASKS_FIRST: ReadonlySet<PersonStep> = new Set<PersonStep>([...WITH_REASON, "removeSupport", "removeLandAdmin"]);

function perform(step: PersonStep, personId: string, reason: string): Promise<ActionResult<unknown>> {
  switch (step) {
    case "grantSupport":
      return grantSupport({ personId });
    case "proposeLandAdmin":
      return proposeLandAdmin({ personId, reason });
    case "confirmLandAdmin":
      return confirmLandAdmin({ personId });
    case "dropLandAdminProposal":
      return dropLandAdminProposal({ personId });
    case "removeSupport":
      return removeConsoleRole({ personId, role: "support" });
    case "removeLandAdmin":
      return removeConsoleRole({ personId, role: "landAdmin" });
    case "endConsoleAccess":
      return endConsoleAccess({ personId, reason });
    case "restoreConsoleAccess":
      return restoreConsoleAccess({ personId });
    default:
      return step satisfies never;
  }
}

type PersonActionProps = { readonly step: PersonStep; readonly personId: string; readonly name: string };

export function PersonAction({ step, personId, name }: PersonActionProps) {
  const t = useTranslations("client.consoleRoles");
  const [isAsking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const [tooShort, setTooShort] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const inFlight = useRef(false);
  const router = useRouter();
  const kind = KINDS[step] ?? "secondary";

  function send() {
    if (inFlight.current) return;
    inFlight.current = true;
    setError(null);
    startTransition(async () => {
      const answer = await callAction(() => perform(step, personId, reason.trim()));
      inFlight.current = false;
      if (!answer.ok) {
        setError(answer.error);
        return;
      }
      setAsking(false);
      setReason("");
      router.refresh();
    });
  }

  const notice = error === null ? null : <ErrorNotice title={t("errorTitle")} error={error} />;
  if (!isAsking) {
    return (
      <div className="space-y-3">
        <Button
          kind={kind}
          isPending={isPending}
          onPress={() => {
            if (ASKS_FIRST.has(step)) setAsking(true);
            else send();
          }}
        >
          {isPending ? t("working") : t(`step.${step}`)}
          <span className="sr-only">, {name}</span>
        </Button>
        {notice}
      </div>
    );
  }
  return (
    <form
      noValidate
      className="w-full space-y-4 rounded-md bg-sunken p-4"
      onSubmit={(event) => {
        event.preventDefault();
        const isShort = WITH_REASON.has(step) && reason.trim().length < REASON_LENGTH.least;
        setTooShort(isShort);
        if (!isShort) send();
      }}
    >
      <p className="prose-width">{t(`consequence.${step}`, { name })}</p>
      {WITH_REASON.has(step) ? (
        <TextAreaField
          label={t("reason")}
          hint={t("reasonHint")}
          error={tooShort ? t("tooShort") : null}
          value={reason}
          maxLength={REASON_LENGTH.most}
          disabled={isPending}
          onChange={setReason}
        />
      ) : null}
      {notice}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" kind={kind} isPending={isPending}>
          {isPending ? t("working") : t(`step.${step}`)}
        </Button>
        <Button
          kind="quiet"
          isDisabled={isPending}
          onPress={() => {
            setAsking(false);
            setError(null);
          }}
        >
          {t("cancel")}
        </Button>
      </div>
    </form>
  );
}
