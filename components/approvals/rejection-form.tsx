// Saying no takes a reason: the authors read it.
"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { TextAreaField } from "#components/ui/field.tsx";
import { REASON_LENGTH } from "#lib/action/reason-length.ts";

type RejectionFormProps = {
  readonly isPending: boolean;
  readonly onReject: (reason: string) => void;
  readonly onCancel: () => void;
};

export function RejectionForm({ isPending, onReject, onCancel }: RejectionFormProps) {
  const t = useTranslations("client.decision");
  const [reason, setReason] = useState("");
  const [tooShort, setTooShort] = useState(false);
  return (
    <form
      noValidate
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        const isShort = reason.trim().length < REASON_LENGTH.least;
        setTooShort(isShort);
        if (!isShort) onReject(reason.trim());
      }}
    >
      <TextAreaField
        label={t("reason")}
        hint={t("reasonHint")}
        error={tooShort ? t("tooShort") : null}
        value={reason}
        maxLength={REASON_LENGTH.most}
        disabled={isPending}
        onChange={setReason}
      />
      <div className="flex flex-wrap gap-3">
        <Button type="submit" kind="danger" isPending={isPending}>
          {isPending ? t("rejecting") : t("confirmReject")}
        </Button>
        <Button kind="quiet" isDisabled={isPending} onPress={onCancel}>
          {t("cancel")}
        </Button>
      </div>
    </form>
  );
}
