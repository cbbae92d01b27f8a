// The refusal of an action: its text, its id, and the one step that leads on (sign in again, or load anew).
"use client";
import { useTranslations } from "next-intl";
import type { ActionError, ErrorCode } from "#lib/action/result.ts";
import { buttonClass } from "./classes.ts";
import { Notice } from "./notice.tsx";

/** Without an id, because nobody took the request: no network, or a page of an older build. */
export type ShownError = ActionError | "offline" | "outdated";

const NEEDS_RELOAD: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "staleVersion",
  "cellLocked",
  "nothingChanged",
  "requestOpen",
  "requestChanged",
  "requestDecided",
  "requestVoid",
  "requestExpired",
  "notAuthor",
  "authorLostRole",
  "proposalOpen",
]);

function signInPath(code: ErrorCode): string {
  const here = window.location.pathname + window.location.search;
  const query = new URLSearchParams(
    code === "signInTooOld" ? { fresh: "1", callbackUrl: here } : { callbackUrl: here },
  );
  return `/sign-in?${query.toString()}`;
}

export function ErrorNotice({ title, error }: { readonly title: string; readonly error: ShownError }) {
  const t = useTranslations("errors");
  const failure = useTranslations("client.failure");
  if (typeof error === "string") {
    return (
      <Notice tone="danger" title={title} live>
        <p>{failure(error)}</p>
        {error === "outdated" ? <ReloadLink>{failure("reload")}</ReloadLink> : null}
      </Notice>
    );
  }
  const { code, id } = error;
  return (
    <Notice tone="danger" title={title} live>
      <p>{t(code)}</p>
      <p className="text-ink-soft tabular-nums">{failure("id", { id })}</p>
      {code === "signedOut" || code === "signInTooOld" ? (
        // a full load: the identity provider's page is next anyway
        <a href={signInPath(code)} className={buttonClass("primary", "mt-2")}>
          {failure("signIn")}
        </a>
      ) : null}
      {NEEDS_RELOAD.has(code) ? <ReloadLink>{failure("reload")}</ReloadLink> : null}
    </Notice>
  );
}

function ReloadLink({ children }: { readonly children: string }) {
  return (
    <a href={window.location.href} className={buttonClass("secondary", "mt-2")}>
      {children}
    </a>
  );
}
