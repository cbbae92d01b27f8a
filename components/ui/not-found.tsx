// "Not there" and "not yours" look the same.
import { Compass } from "lucide-react";
import { useTranslations } from "next-intl";
import { ButtonLink } from "./button-link.tsx";

export function NotFound() {
  const t = useTranslations("states");
  return (
    <div className="space-y-4 py-8">
      <Compass aria-hidden className="size-10 text-control" strokeWidth={1.5} />
      <h1 className="text-2xl font-semibold tracking-tight">{t("notFoundTitle")}</h1>
      <p className="prose-width text-ink-soft">{t("notFoundText")}</p>
      <ButtonLink href="/" kind="primary">
        {t("toOverview")}
      </ButtonLink>
    </div>
  );
}
