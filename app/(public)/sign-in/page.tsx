// Signing in: one button, and what went wrong the last time, if something did.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { redirect } from "next/navigation";
import { PublicPage } from "#components/shell/public-page.tsx";
import { safeCallback } from "#components/shell/paths.ts";
import { signInErrorText } from "#components/sign-in/error-text.ts";
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
  const { callbackUrl, fresh, error } = await searchParams;
  const target = safeCallback(callbackUrl);
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
      <SignInButton callbackUrl={target} fresh={isFresh} />
      <p className="mt-6 text-ink-soft">{t("hint")}</p>
      <p className="mt-2 text-ink-soft">{t("shared")}</p>
    </PublicPage>
  );
}
