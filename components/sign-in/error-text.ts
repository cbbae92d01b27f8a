// The text for a failed sign-in; the codes are next-auth's (`?error=`).
import type { getTranslations } from "next-intl/server";

const KNOWN = ["AccessDenied", "Blocked", "OAuthCallback", "OAuthSignin", "SessionRequired", "Configuration"] as const;

type Texts = Awaited<ReturnType<typeof getTranslations<"signIn">>>;

export function signInErrorText(t: Texts, error: string | string[]): string {
  return t(`errors.${KNOWN.find((code) => code === error) ?? "other"}`);
}
