// Which mails about reports to send me, and until when none.
"use client";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { useStep } from "#components/ui/use-step.ts";
import { Button } from "#components/ui/button.tsx";
import { ErrorNotice } from "#components/ui/error-notice.tsx";
import { setCaseNotices } from "#lib/reports/notice-actions.ts";
import type { NoticeWishes } from "#lib/reports/notice-wishes.ts";

const KINDS = ["severe", "overdue", "digest"] as const;

export function NoticeSettingsForm({ initial }: { readonly initial: NoticeWishes }) {
  const t = useTranslations("client.caseNotices");
  const id = useId();
  const [wishes, setWishes] = useState(initial);
  const [isSaved, setSaved] = useState(false);
  const step = useStep(() => setSaved(true));
  const change = (changed: Partial<NoticeWishes>) => {
    setSaved(false);
    setWishes({ ...wishes, ...changed });
  };
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        step.run(() => setCaseNotices(wishes));
      }}
    >
      {KINDS.map((kind) => (
        <label key={kind} className="flex min-h-11 items-center gap-3">
          <input
            type="checkbox"
            className="size-5"
            checked={wishes[kind]}
            onChange={(event) => change({ [kind]: event.target.checked })}
          />
          {t(kind)}
        </label>
      ))}
      <div className="space-y-1">
        <label htmlFor={`${id}-quiet`} className="block font-semibold">
          {t("quiet")}
        </label>
        <p id={`${id}-hint`} className="text-ink-soft">
          {t("quietHint")}
        </p>
        <input
          id={`${id}-quiet`}
          type="date"
          value={wishes.quietUntil ?? ""}
          aria-describedby={`${id}-hint`}
          className="block min-h-11 rounded-md border border-control bg-surface px-3"
          onChange={(event) => change({ quietUntil: event.target.value === "" ? null : event.target.value })}
        />
      </div>
      {step.error === null ? null : <ErrorNotice title={t("errorTitle")} error={step.error} />}
      <Button type="submit" kind="primary" isPending={step.isPending}>
        {step.isPending ? t("saving") : t("save")}
      </Button>
      <p role="status">{isSaved && !step.isPending ? t("saved") : ""}</p>
    </form>
  );
}
