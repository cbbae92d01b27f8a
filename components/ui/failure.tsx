// What an error boundary shows: what happened, that nothing is lost, the id for support, and a second try.
"use client";
import { CloudOff } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { startTransition } from "react";
import { buttonClass } from "./classes.ts";

export type FailureProps = { readonly error: Error & { readonly digest?: string }; readonly reset: () => void };

export function Failure({ error, reset }: FailureProps) {
  const t = useTranslations("client.failure");
  const router = useRouter();
  return (
    <div role="alert" className="space-y-4 py-8">
      <CloudOff aria-hidden className="size-10 text-danger" strokeWidth={1.5} />
      <h1 className="text-2xl font-semibold tracking-tight">{t("title")}</h1>
      <p className="prose-width text-ink-soft">{t("text")}</p>
      {error.digest === undefined ? null : (
        <p className="text-ink-soft tabular-nums">{t("id", { id: error.digest })}</p>
      )}
      {/* a plain button: boundaries are loaded with every page */}
      <button
        type="button"
        className={buttonClass("primary")}
        onClick={() => {
          startTransition(() => {
            router.refresh();
            reset();
          });
        }}
      >
        {t("again")}
      </button>
    </div>
  );
}
