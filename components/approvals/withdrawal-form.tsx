// The second press of withdrawing a request: it cannot be undone.
"use client";
import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { Button } from "#components/ui/button.tsx";

type WithdrawalFormProps = {
  readonly isPending: boolean;
  readonly onWithdraw: () => void;
  readonly onCancel: () => void;
};

export function WithdrawalForm({ isPending, onWithdraw, onCancel }: WithdrawalFormProps) {
  const t = useTranslations("client.decision");
  const question = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    question.current?.focus();
  }, []);
  return (
    <div className="space-y-4">
      <p ref={question} tabIndex={-1} className="prose-width outline-none">
        {t("withdrawAsk")}
      </p>
      <div className="flex flex-wrap gap-3">
        <Button kind="danger" isPending={isPending} onPress={onWithdraw}>
          {isPending ? t("withdrawing") : t("confirmWithdraw")}
        </Button>
        <Button kind="quiet" isDisabled={isPending} onPress={onCancel}>
          {t("cancel")}
        </Button>
      </div>
    </div>
  );
}
