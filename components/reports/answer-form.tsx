// The school's answer to support, and which measures it asks for. It acts on nothing itself.
"use client";
import { Send } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useStep } from "#components/ui/use-step.ts";
import { Button } from "#components/ui/button.tsx";
import { ErrorNotice } from "#components/ui/error-notice.tsx";
import { TextAreaField } from "#components/ui/field.tsx";
import { answerEscalation } from "#lib/reports/actions.ts";
import { CASE_TEXT } from "#lib/reports/limits.ts";

const WISHES = ["redact", "warn", "suspend", "removeFromRoom", "lock", "closeRoom"] as const;
type Wish = (typeof WISHES)[number];

export function AnswerForm({ escalationId }: { readonly escalationId: string }) {
  const t = useTranslations("client.reports.answer");
  const reports = useTranslations("client.reports");
  const router = useRouter();
  const [text, setText] = useState("");
  const [isShort, setShort] = useState(false);
  const [wanted, setWanted] = useState<readonly Wish[]>([]);
  const step = useStep(() => {
    router.refresh();
  });
  return (
    <form
      noValidate
      className="space-y-5"
      onSubmit={(event) => {
        event.preventDefault();
        const tooShort = text.trim().length < CASE_TEXT.leastReason;
        setShort(tooShort);
        if (!tooShort) step.run(() => answerEscalation({ escalationId, text: text.trim(), wanted }));
      }}
    >
      <TextAreaField
        label={t("label")}
        hint={t("hint")}
        error={isShort ? reports("tooShort") : null}
        value={text}
        maxLength={CASE_TEXT.most}
        disabled={step.isPending}
        onChange={setText}
      />
      <fieldset>
        <legend className="font-semibold">{t("wanted")}</legend>
        <p className="text-ink-soft">{t("wantedHint")}</p>
        <div className="mt-1 grid sm:grid-cols-2">
          {WISHES.map((wish) => (
            <label key={wish} className="flex min-h-11 items-center gap-3">
              <input
                type="checkbox"
                checked={wanted.includes(wish)}
                className="size-5"
                onChange={(event) => {
                  setWanted((before) =>
                    event.target.checked ? [...before, wish] : before.filter((other) => other !== wish),
                  );
                }}
              />
              {t(`wishes.${wish}`)}
            </label>
          ))}
        </div>
      </fieldset>
      {step.error === null ? null : <ErrorNotice title={reports("errorTitle")} error={step.error} />}
      <Button type="submit" kind="primary" isPending={step.isPending}>
        <Send aria-hidden className="size-5" />
        {step.isPending ? reports("sending") : t("send")}
      </Button>
    </form>
  );
}
