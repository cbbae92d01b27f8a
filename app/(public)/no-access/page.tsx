// A person whom the portal knows and who has nothing to do in the console: said kindly, and nothing else shown.
import { LogOut } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { redirect } from "next/navigation";
import { PublicPage } from "#components/shell/public-page.tsx";
import { buttonClass } from "#components/ui/classes.ts";
import { PageTitle } from "#components/ui/page-title.tsx";
import { hasConsoleAccess } from "#lib/auth/principal.ts";
import { currentPrincipal } from "#lib/auth/session.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("noAccess");
  return { title: t("title") };
}

export default async function NoAccessPage() {
  const principal = await currentPrincipal();
  if (!principal) redirect("/sign-in");
  if (hasConsoleAccess(principal)) redirect("/");
  const t = await getTranslations();
  return (
    <PublicPage>
      <PageTitle title={t("noAccess.title")} lead={t("noAccess.hello", { name: principal.displayName })} />
      <div className="space-y-3">
        <p>{t("noAccess.text")}</p>
        <p>{t("noAccess.chat")}</p>
        <p className="text-ink-soft">{t("noAccess.help")}</p>
      </div>
      <form action="/api/sign-out" method="post" className="mt-8">
        <button type="submit" className={buttonClass("primary")}>
          <LogOut aria-hidden className="size-5" />
          {t("shell.signOut")}
        </button>
      </form>
    </PublicPage>
  );
}
