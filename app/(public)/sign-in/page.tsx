// Signing in: one button, and what went wrong the last time, if something did.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { PublicPage } from "#components/shell/public-page.tsx";
import { safeCallback } from "#components/shell/paths.ts";
import { signInErrorText } from "#components/sign-in/error-text.ts";
import { SESSION_ENDED_COOKIE } from "#components/sign-in/session-ended.ts";
import { SignInButton } from "#components/sign-in/sign-in-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";
import { currentPrincipal } from "#lib/auth/session.ts";

type SignInPageProps = { readonly searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("states");
  return { title: t("toSignIn") };
}

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const { callbackUrl, fresh, error, ended } = await searchParams;
  const note = (await cookies()).get(SESSION_ENDED_COOKIE)?.value;
  const target = safeCallback(callbackUrl ?? note);
  const isFresh = fresh === "1";
  if (!isFresh && error === undefined && (await currentPrincipal())) redirect(target);
  const t = await getTranslations("signIn");
  return (
    <PublicPage>
      <PageTitle title={t(isFresh ? "freshTitle" : "title")} lead={t(isFresh ? "freshLead" : "lead")} />
      {error === undefined ? null : (
        <div className="mb-6">
          <Notice tone="danger" title={t("errorTitle")}>
            <p>{signInErrorText(t, error)}</p>
          </Notice>
        </div>
      )}
      {error === undefined && !isFresh ? <Ended isIdle={ended === "idle" || note !== undefined} ended={ended} /> : null}
      <SignInButton callbackUrl={target} fresh={isFresh} />
      <p className="mt-6 text-ink-soft">{t("hint")}</p>
      <p className="mt-2 text-ink-soft">{t("shared")}</p>
    </PublicPage>
  );
}

/** Why somebody who was signed in stands here. */
async function Ended({ isIdle, ended }: { readonly isIdle: boolean; readonly ended: string | string[] | undefined }) {
  if (!isIdle && ended === undefined) return null;
  const t = await getTranslations("signIn");
  return (
    <div className="mb-6">
      <Notice tone="info" title={t("idleTitle")}>
        <p>{isIdle ? t("idle") : t("errors.SessionRequired")}</p>
      </Notice>
    </div>
  );
}
