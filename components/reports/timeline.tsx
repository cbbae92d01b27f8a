// Everything that happened with a case, newest first, and the field for a note above it.
"use client";
import { MessageSquarePlus, StickyNote } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useStep } from "#components/ui/use-step.ts";
import { Button } from "#components/ui/button.tsx";
import { ErrorNotice } from "#components/ui/error-notice.tsx";
import { TextAreaField } from "#components/ui/field.tsx";
import { noteCase } from "#lib/reports/actions.ts";
import { CASE_TEXT } from "#lib/reports/limits.ts";
import type { ShownCasePage } from "./case-state.ts";
import { When } from "./when.tsx";

type TimelineProps = { readonly caseId: string; readonly page: ShownCasePage; readonly onChanged: () => void };

export function Timeline({ caseId, page, onChanged }: TimelineProps) {
  const t = useTranslations("client.reports");
  return (
    <section aria-labelledby="timeline" className="space-y-5">
      <h2 id="timeline" className="text-xl font-semibold tracking-tight">
        {t("timeline")}
      </h2>
      {page.may.includes("work") ? <NoteForm caseId={caseId} onChanged={onChanged} /> : null}
      <ol className="space-y-4 border-l-2 border-line pl-5">
        {page.entries.map(({ id, at, sentence, text, isNote }) => (
          <li key={id} className="relative">
            <span
              aria-hidden
              className={`absolute top-1.5 -left-[1.7rem] size-3 rounded-full border-2 border-paper ${isNote ? "bg-accent" : "bg-control"}`}
            />
            <p className="prose-width">
              {isNote ? <StickyNote aria-hidden className="mr-1.5 inline size-4 text-accent" /> : null}
              {sentence}{" "}
              <span className="text-ink-soft">
                <When at={at} />
              </span>
            </p>
            {text === null ? null : (
              <p
                className={`prose-width mt-1 break-words whitespace-pre-line ${isNote ? "rounded-md bg-sunken p-3" : "text-ink-soft"}`}
              >
                {text}
              </p>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function NoteForm({ caseId, onChanged }: { readonly caseId: string; readonly onChanged: () => void }) {
  const t = useTranslations("client.reports.note");
  const reports = useTranslations("client.reports");
  const [text, setText] = useState("");
  const [isEmpty, setEmpty] = useState(false);
  const step = useStep(() => {
    setText("");
    onChanged();
  });
  return (
    <form
      id="note"
      noValidate
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault();
        const nothing = text.trim() === "";
        setEmpty(nothing);
        if (!nothing) step.run(() => noteCase({ caseId, text: text.trim() }));
      }}
    >
      <TextAreaField
        label={t("label")}
        hint={t("hint")}
        error={isEmpty ? t("empty") : null}
        value={text}
        maxLength={CASE_TEXT.most}
        disabled={step.isPending}
        onChange={setText}
      />
      {step.error === null ? null : <ErrorNotice title={reports("errorTitle")} error={step.error} />}
      <Button type="submit" isPending={step.isPending}>
        <MessageSquarePlus aria-hidden className="size-5" />
        {step.isPending ? reports("sending") : t("send")}
      </Button>
    </form>
  );
}
