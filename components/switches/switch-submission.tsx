// The last step of throwing a switch: a reason where a second person decides, the button, and what came of it.
"use client";
import { Check, Send } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useStep } from "#components/ui/use-step.ts";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { ErrorNotice } from "#components/ui/error-notice.tsx";
import { TextAreaField } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { REASON_LENGTH } from "#lib/action/reason-length.ts";
import { schoolPath } from "#components/shell/paths.ts";
import { setChannelMode, setSchoolSwitch, setStateSwitch } from "#lib/provisioning/actions.ts";
import type { PlannedSwitch } from "#lib/provisioning/switches.ts";

type SwitchSubmissionProps = {
  readonly schoolId: string;
  readonly planned: PlannedSwitch;
  readonly needsSecondPerson: boolean;
  /** It holds already: by this very form, which then says so, or by somebody who was quicker. */
  readonly isSo: boolean;
  readonly children: ReactNode;
};

export function SwitchSubmission({ children, isSo, ...props }: SwitchSubmissionProps) {
  const [isDone, setDone] = useState(false);
  const router = useRouter();
  if (isDone) return <SwitchDone {...props} />;
  return (
    <>
      {children}
      {isSo ? null : (
        <SubmissionForm
          {...props}
          onDone={() => {
            setDone(true);
            // pages kept in memory are out of date now
            router.refresh();
          }}
        />
      )}
    </>
  );
}

type Submitted = Omit<SwitchSubmissionProps, "children" | "isSo">;
type SubmissionFormProps = Submitted & { readonly onDone: () => void };

function SubmissionForm({ schoolId, planned, needsSecondPerson, onDone }: SubmissionFormProps) {
  const t = useTranslations("client.switches");
  const [reason, setReason] = useState("");
  const [tooShort, setTooShort] = useState(false);
  const { run, error, isPending } = useStep(onDone);
  const send = () => {
    const text = reason.trim();
    const isShort = needsSecondPerson && text.length < REASON_LENGTH.least;
    setTooShort(isShort);
    if (isShort) return;
    if (planned.name === "channel") {
      const { alias, twoWay } = planned;
      run(() => setChannelMode({ schoolId, alias, twoWay }));
    } else if (planned.name === "state") {
      const { on } = planned;
      run(() => setStateSwitch({ schoolId, on }));
    } else {
      const { name, on } = planned;
      run(() => setSchoolSwitch({ schoolId, name, on, ...(needsSecondPerson && { reason: text }) }));
    }
  };
  return (
    <form
      noValidate
      className="mt-8 space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {needsSecondPerson ? (
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
      {error === null ? null : <ErrorNotice title={t("notSaved")} error={error} />}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" kind="primary" isPending={isPending}>
          {needsSecondPerson ? <Send aria-hidden className="size-5" /> : <Check aria-hidden className="size-5" />}
          {t(isPending ? "sending" : needsSecondPerson ? "ask" : wordOf(planned))}
        </Button>
        <ButtonLink href={backOf(schoolId, planned)} kind="quiet">
          {t("cancel")}
        </ButtonLink>
      </div>
    </form>
  );
}

function wordOf(planned: PlannedSwitch) {
  if (planned.name === "channel") return planned.twoWay ? "confirmTwoWay" : "confirmOneWay";
  return planned.on ? "confirmOn" : "confirmOff";
}
const backOf = (schoolId: string, { name }: PlannedSwitch): string =>
  schoolPath(schoolId, name === "channel" ? "provisioning/rooms" : "switches");

function SwitchDone({ schoolId, planned, needsSecondPerson }: Submitted) {
  const t = useTranslations("client.switches");
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  return (
    <div className="space-y-6 py-4">
      <h1 ref={heading} tabIndex={-1} className="text-2xl font-semibold tracking-tight outline-none sm:text-3xl">
        {t(needsSecondPerson ? "askedTitle" : "doneTitle")}
      </h1>
      <Notice tone={needsSecondPerson ? "waiting" : "success"} live>
        <p>{t(needsSecondPerson ? "asked" : "done")}</p>
      </Notice>
      <div className="flex flex-wrap gap-3">
        {needsSecondPerson ? null : (
          <ButtonLink href={schoolPath(schoolId, "provisioning")} kind="primary">
            {t("toProvisioning")}
          </ButtonLink>
        )}
        <ButtonLink href={backOf(schoolId, planned)} kind={needsSecondPerson ? "primary" : "secondary"}>
          {t(planned.name === "channel" ? "toRooms" : "toSwitches")}
        </ButtonLink>
      </div>
    </div>
  );
}
