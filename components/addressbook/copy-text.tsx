// Copies a text, and says that it did; where the browser forbids it, the text can be selected by hand.
"use client";
import { Check, Copy } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { buttonClass } from "#components/ui/classes.ts";

export function CopyText({ text, label }: { readonly text: string; readonly label: string }) {
  const t = useTranslations("client.addressbook");
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState("copied");
    } catch {
      setState("failed");
    }
  };
  const Icon = state === "copied" ? Check : Copy;
  return (
    <span className="inline-flex flex-wrap items-center gap-2">
      <button type="button" className={buttonClass("secondary")} onClick={() => void copy()}>
        <Icon aria-hidden className="size-5" />
        {label}
      </button>
      <span role="status" className="text-sm text-ink-soft">
        {state === "idle" ? null : t(state === "copied" ? "copied" : "notCopied")}
      </span>
    </span>
  );
}
