// Leads to the identity provider and back to where the person wanted to go.
"use client";
import { LogIn } from "lucide-react";
import { useTranslations } from "next-intl";
import { signIn } from "next-auth/react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";

type SignInButtonProps = {
  readonly callbackUrl: string;
  /** Ask for the credentials again, whatever session the provider has. */
  readonly fresh: boolean;
};

type State = "ready" | "leaving" | "failed";

export function SignInButton({ callbackUrl, fresh }: SignInButtonProps) {
  const t = useTranslations("client.signIn");
  const [state, setState] = useState<State>("ready");
  const leave = async () => {
    setState("leaving");
    try {
      await signIn("portal", { callbackUrl }, fresh ? { prompt: "login", max_age: "0" } : {});
    } catch {
      setState("failed");
    }
  };
  return (
    <div className="space-y-4">
      {state === "failed" ? (
        <Notice tone="danger" live>
          <p>{t("failed")}</p>
        </Notice>
      ) : null}
      <Button
        kind="primary"
        isPending={state === "leaving"}
        onPress={() => {
          void leave();
        }}
        className="min-h-14 w-full text-lg"
      >
        <LogIn aria-hidden className="size-5" />
        {state === "leaving" ? t("pending") : t("button")}
      </Button>
    </div>
  );
}
