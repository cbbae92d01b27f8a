// Erklärung zur Barrierefreiheit: open to everybody, signed in or not.
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { PublicPage } from "#components/shell/public-page.tsx";
import { BackLink } from "#components/ui/back-link.tsx";
import { PageTitle } from "#components/ui/page-title.tsx";

const SECTIONS = ["standard", "checked", "known", "grid", "contact"] as const;

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("accessibility");
  return { title: t("title") };
}

export default async function AccessibilityPage() {
  const t = await getTranslations("accessibility");
  return (
    <PublicPage wide>
      <PageTitle title={t("title")} lead={t("lead")} back={<BackLink href="/">{t("back")}</BackLink>} />
      <div className="space-y-8">
        {SECTIONS.map((section) => (
          <section key={section} aria-labelledby={section} className="prose-width space-y-2">
            <h2 id={section} className="text-xl font-semibold tracking-tight">
              {t(`${section}Title`)}
            </h2>
            <p>{t(section)}</p>
          </section>
        ))}
      </div>
    </PublicPage>
  );
}
