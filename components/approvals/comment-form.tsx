// Adds a comment to an open request. What was typed stays until it is saved.
"use client";
import { MessageSquarePlus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useRef, useState, useTransition } from "react";
import { Button } from "#components/ui/button.tsx";
import { callAction } from "#components/ui/call-action.ts";
import { ErrorNotice, type ShownError } from "#components/ui/error-notice.tsx";
import { TextAreaField } from "#components/ui/field.tsx";
import { commentOnRequest } from "#lib/policy/actions.ts";
import { COMMENT_LENGTH } from "#lib/policy/comments.ts";

type CommentFormProps = { readonly schoolId: string; readonly requestId: string };

export function CommentForm({ schoolId, requestId }: CommentFormProps) {
  const t = useTranslations("client.comment");
  const router = useRouter();
  const [text, setText] = useState("");
  const [isEmpty, setIsEmpty] = useState(false);
  const [isSaved, setIsSaved] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const inFlight = useRef(false);

  const save = async () => {
    const answer = await callAction(() => commentOnRequest({ schoolId, requestId, text: text.trim() }));
    inFlight.current = false;
    if (!answer.ok) {
      setError(answer.error);
      return;
    }
    setText("");
    setIsSaved(true);
    router.refresh();
  };

  return (
    <form
      noValidate
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault();
        const nothing = text.trim().length < COMMENT_LENGTH.least;
        setIsEmpty(nothing);
        setIsSaved(false);
        // a second press before React has marked the first one as pending must not save twice
        if (nothing || inFlight.current) return;
        inFlight.current = true;
        setError(null);
        startTransition(save);
      }}
    >
      <TextAreaField
        label={t("label")}
        hint={t("hint")}
        error={isEmpty ? t("empty") : null}
        value={text}
        maxLength={COMMENT_LENGTH.most}
        disabled={isPending}
        onChange={(value) => {
          setText(value);
          setIsEmpty(false);
        }}
      />
      {error === null ? null : <ErrorNotice title={t("errorTitle")} error={error} />}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" isPending={isPending}>
          <MessageSquarePlus aria-hidden className="size-5" />
          {isPending ? t("sending") : t("send")}
        </Button>
        <p role="status" className="text-ink-soft">
          {isSaved ? t("saved") : null}
        </p>
      </div>
    </form>
  );
}
